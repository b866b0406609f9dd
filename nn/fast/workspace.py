"""Arrays that each thread keeps and reuses: fresh pages cost as much time as the arithmetic."""

from __future__ import annotations

import math
import threading

import numpy as np

from .. import backend

# What each thread keeps at most: far more than any one net needs; by choice. The detector's images
# have ever new sizes, so without a limit memory would grow.
PADDED_LIMIT_BYTES = 1 << 26  # of padded arrays
MAX_BUFFER_VIEWS = 5000  # views of buffers
MAX_ZERO_ROWS = 100  # rows of zeros

_of_thread = threading.local()


def buffer(name: str, shape: tuple[int, ...], like):
    """An uninitialised array of like's dtype; the next `buffer` of that name overwrites it.

    On a GPU a fresh one: CuPy keeps a memory pool of its own.
    """
    xp = backend.of(like)
    if xp is not np:
        return xp.empty(shape, like.dtype)
    views = _of_thread.__dict__.setdefault("views", {})
    key = name, shape, like.dtype
    if key not in views:
        if len(views) > MAX_BUFFER_VIEWS:
            views.clear()
        buffers = _of_thread.__dict__.setdefault("buffers", {})
        size = math.prod(shape) * like.itemsize
        if name not in buffers or buffers[name].nbytes < size:
            for old in [k for k in views if k[0] == name]:
                del views[old]
            buffers[name] = np.empty(size, np.uint8)
        views[key] = buffers[name][:size].view(like.dtype).reshape(shape)
    return views[key]


def zeros(shape: tuple[int, ...], like):
    """Zeros of that shape, read-only: one row in memory, broadcast."""
    xp = backend.of(like)
    rows = _of_thread.__dict__.setdefault("zeros", {})
    key = xp, shape[-1], like.dtype
    if key not in rows:
        if len(rows) > MAX_ZERO_ROWS:
            rows.clear()
        rows[key] = xp.zeros(shape[-1], like.dtype)
    return xp.broadcast_to(rows[key], shape)


def padded(x, pad_before: tuple[int, int], size: tuple[int, int]):
    """x (N, h, w, C) with zeros around it: (N, *size, C), x's first cell at `pad_before`.

    What does not fit is cut off. An array of an earlier call still has its zeros, so only x is
    copied. The next call with the same sizes overwrites the result.
    """
    xp = backend.of(x)
    (n, h, w, c), (top, left), (height, width) = x.shape, pad_before, size
    h, w = min(h, height - top), min(w, width - left)
    if xp is not np:
        array = xp.zeros((n, height, width, c), x.dtype)
    else:
        kept = _of_thread.__dict__.setdefault("padded", {})
        key = top, left, height, width, h, w, c, x.dtype
        array = kept.get(key)
        if array is None or len(array) < n:
            if sum(a.nbytes for a in kept.values()) > PADDED_LIMIT_BYTES:
                kept.clear()
            array = kept[key] = np.zeros((n, height, width, c), x.dtype)
        array = array[:n]
    array[:, top : top + h, left : left + w] = x[:, :h, :w]
    return array


def windows(x, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0):
    """A view of contiguous x like `as_strided`'s, which is slower; strides and offset in bytes."""
    xp = backend.of(x)
    if xp is not np:
        flat = x.ravel()[offset // x.itemsize :]
        return xp.lib.stride_tricks.as_strided(flat, shape, strides)
    return np.ndarray(shape, x.dtype, x, offset, strides)
