"""Where a path leads."""

from __future__ import annotations

import os
from pathlib import Path


def real_path(path: str | os.PathLike) -> Path:
    """Where symbolic links lead; unlike Path.resolve, not an error for a circle of them."""
    return Path(os.path.realpath(path))
