"""Work cut to the processor's cache: several passes over a small piece find it there."""

from __future__ import annotations

import numpy as np

from .. import backend

PIECE_BYTES = 1 << 18  # of one array; a pass reads a few of them, and together they fill a usual L2


def cache_slices(count: int, bytes_each: int, array):
    """Slices of range(count), each of at most PIECE_BYTES.

    On a GPU, which has no such cache, one slice for all.
    """
    step = max(1, PIECE_BYTES // max(1, bytes_each)) if backend.of(array) is np else count
    for start in range(0, count, max(1, step)):
        yield slice(start, min(start + step, count))
