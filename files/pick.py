"""An even choice of a few among many."""

from __future__ import annotations

import numpy as np


def pick_evenly(count: int, most: int) -> list[int]:
    """All indices 0..count - 1, or `most` evenly spaced ones, with the first and last; rising."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(int)).tolist()
