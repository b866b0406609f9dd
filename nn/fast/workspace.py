"""Arrays that a thread uses again and again: fresh pages cost as much time as the arithmetic done on them."""

from __future__ import annotations

import math
import threading

import numpy as np

from .. import backend

KEPT_BYTES = 1 << 26  # of padded arrays, on each thread

_mine = threading.local()


def buffer(name: str, shape: tuple[int, ...], like):
    """An uninitialised array of like's dtype, overwritten by the next `buffer` of that name; on a GPU a fresh one (CuPy keeps a pool)."""
    xp = backend.of(like)
    if xp is not np:
        return xp.empty(shape, like.dtype)
    views = _mine.__dict__.setdefault("views", {})
    key = name, shape, like.dtype
    if key not in views:
        if len(views) > 5000:
            views.clear()
        buffers = _mine.__dict__.setdefault("buffers", {})
        size = math.prod(shape) * like.itemsize
        if name not in buffers or buffers[name].nbytes < size:
            for old in [k for k in views if k[0] == name]:
                del views[old]
            buffers[name] = np.empty(size, np.uint8)
        views[key] = buffers[name][:size].view(like.dtype).reshape(shape)
    return views[key]


def zeros(shape: tuple[int, ...], like):
    """Zeros that nobody may write to: one array seen as often as the shape asks."""
    xp = backend.of(like)
    row = _mine.__dict__.setdefault("zeros", {})
    key = xp, shape[-1], like.dtype
    if key not in row:
        if len(row) > 100:
            row.clear()
        row[key] = xp.zeros(shape[-1], like.dtype)
    return xp.broadcast_to(row[key], shape)


def padded(x, top: int, left: int, height: int, width: int):
    """x (N, h, w, C) with zeros around it: (N, height, width, C), x's first cell at (top, left); what does not fit is cut off.

    The zeros of an earlier call are still there, so that only x is copied. Overwritten by the next call with the same sizes.
    """
    xp = backend.of(x)
    n, h, w, c = x.shape
    h, w = min(h, height - top), min(w, width - left)
    inside = slice(None), slice(top, top + h), slice(left, left + w)
    if xp is not np:
        array = xp.zeros((n, height, width, c), x.dtype)
    else:
        kept = _mine.__dict__.setdefault("padded", {})
        key = top, left, height, width, h, w, c, x.dtype
        array = kept.get(key)
        if array is None or len(array) < n:
            if (
                sum(a.nbytes for a in kept.values()) > KEPT_BYTES
            ):  # sizes vary without end where images do
                kept.clear()
            array = kept[key] = np.zeros((n, height, width, c), x.dtype)
        array = array[:n]
    array[inside] = x[:, :h, :w]
    return array


def windows(x, shape: tuple[int, ...], strides: tuple[int, ...], offset: int = 0):
    """A view of contiguous x: as_strided, without its cost in Python; offset in bytes."""
    xp = backend.of(x)
    if xp is not np:
        return xp.lib.stride_tricks.as_strided(x.ravel()[offset // x.itemsize :], shape, strides)
    return np.ndarray(shape, x.dtype, x, offset, strides)
