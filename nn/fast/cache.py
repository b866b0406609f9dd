"""Cut an array into pieces so small that several passes over a piece find it in the cache."""

from __future__ import annotations

import numpy as np

from .. import backend

# Bytes of a piece of one array. A pass reads a few arrays; their pieces together fill a usual L2
# cache of 1 MB.
PIECE_BYTES = 1 << 18


def cache_slices(count: int, bytes_each: int, array):
    """Yield slices of range(count) of at most PIECE_BYTES each; on a GPU one slice of all."""
    step = max(1, PIECE_BYTES // max(1, bytes_each)) if backend.of(array) is np else count
    for start in range(0, count, max(1, step)):
        yield slice(start, min(start + step, count))
