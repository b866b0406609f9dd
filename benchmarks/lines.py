"""What a benchmark prints: one JSON line for each figure."""

from __future__ import annotations

import json


def print_line(**figures) -> None:
    """Print the figures by name as a JSON line, at once: a benchmark may run for hours."""
    print(json.dumps(figures), flush=True)
