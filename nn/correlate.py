"""The three array kernels behind every convolution here, as matrix products.

With x (N, H, W, I) already padded, w (kh, kw, I, O) and stride s, the (cross-)correlation is

    y[n, r, c, o] = sum over i, j, q of  x[n, s r + i, s c + j, q] w[i, j, q, o]

`correlate` computes it, `correlate_input` and `correlate_weight` are its two adjoints: what the gradient of y does to x
and to w. A transposed convolution is `correlate_input` used forward, so `conv.py` needs nothing else.

Each is done on strips of output rows. A strip's windows are laid out as the rows of a matrix (im2col: one row per output
cell, kh kw I numbers), small enough to stay in the L2 cache until the matrix product has used it; strips are shared
between threads.
"""

from __future__ import annotations

import threading

import numpy as np

from . import backend

STRIP_BYTES = 1 << 19  # a strip's matrix: half of a usual L2 cache of 1 MiB

_workspace = threading.local()


def correlate(x, w, stride: int = 1):
    """The correlation of x (N, H, W, I), w (kh, kw, I, O): (N, OH, OW, O), OH = (H - kh) // stride + 1."""
    xp = backend.of(x)
    kh, kw, _, channels = w.shape
    windows = _windows(x, kh, kw, stride)  # (N, OH, OW, kh, kw I)
    n, oh, ow = windows.shape[:3]
    y = xp.empty((n, oh, ow, channels), x.dtype)
    kernel = w.reshape(-1, channels)  # (kh kw I, O)

    def job(images, rows):
        for a, b in _strips(images, rows, ow * len(kernel) * x.itemsize, oh, xp):
            xp.matmul(_columns(windows[a, b], xp), kernel, out=y[a, b].reshape(-1, channels))

    _split(job, n, oh, xp)
    return y


def correlate_weight(x, g, kh: int, kw: int, stride: int = 1):
    """The gradient of w, given x (N, H, W, I) and the gradient g (N, OH, OW, O) of y: (kh, kw, I, O)."""
    xp = backend.of(x)
    windows = _windows(x, kh, kw, stride)[:, : g.shape[1], : g.shape[2]]
    n, oh, ow, channels = g.shape

    def job(images, rows):
        total = None
        for a, b in _strips(images, rows, ow * kh * kw * x.shape[3] * x.itemsize, oh, xp):
            part = _columns(windows[a, b], xp).T @ g[a, b].reshape(-1, channels)  # (kh kw I, O)
            total = part if total is None else xp.add(total, part, out=total)
        return total

    return sum(_split(job, n, oh, xp)).reshape(kh, kw, x.shape[3], channels)


def correlate_input(g, w, shape: tuple[int, int], stride: int = 1):
    """The gradient of x, given the gradient g (N, OH, OW, O) of y: (N, H, W, I) with H, W = shape.

    At stride 1 this is itself a correlation: of g, padded by k - 1, with w turned by half a turn and its channels
    swapped. At larger strides each g's kh x kw patch g w^T is added where it came from.
    """
    xp = backend.of(g)
    kh, kw, inputs, channels = w.shape
    n, oh, ow = g.shape[:3]
    if stride == 1 and (oh + kh - 1, ow + kw - 1) == tuple(shape):
        turned = w[::-1, ::-1].swapaxes(2, 3)  # (kh, kw, O, I)
        return correlate(pad(g, kh - 1, kh - 1, kw - 1, kw - 1), xp.ascontiguousarray(turned))
    x = xp.zeros((n, *shape, inputs), g.dtype)
    kernel = xp.ascontiguousarray(w.reshape(-1, channels).T)  # (O, kh kw I)

    def job(images, rows):
        if rows != slice(0, oh):  # patches overlap, so an image is never shared between threads
            images = slice(images.start, images.stop if rows.start == 0 else images.start)
        for a, b in _strips(images, slice(0, oh), ow * kernel.size // channels * g.itemsize, oh, xp):
            patches = (g[a, b].reshape(-1, channels) @ kernel).reshape(-1, b.stop - b.start, ow, kh, kw, inputs)
            for i in range(kh):
                down = slice(stride * b.start + i, stride * (b.stop - 1) + i + 1, stride)
                for j in range(kw):
                    x[a, down, j : stride * (ow - 1) + j + 1 : stride] += patches[:, :, :, i, j]

    _split(job, n, oh, xp)
    return x


def pad(x, top: int, bottom: int, left: int, right: int):
    """x (N, H, W, C) with a border of zeros; x itself where there is none to add."""
    if not (top or bottom or left or right):
        return x
    n, h, w, c = x.shape
    y = backend.of(x).empty((n, top + h + bottom, left + w + right, c), x.dtype)
    y[:, :top] = 0
    y[:, top + h :] = 0
    y[:, top : top + h, :left] = 0
    y[:, top : top + h, left + w :] = 0
    y[:, top : top + h, left : left + w] = x
    return y


def _windows(x, kh: int, kw: int, stride: int):
    """All windows of x as a view (N, OH, OW, kh, kw I): kw cells beside each other are one run of memory."""
    n, h, w, c = x.shape
    if kh > h or kw > w:
        raise ValueError(f"a {kh}x{kw} kernel does not fit into {h}x{w} cells")
    xp = backend.of(x)
    x = xp.ascontiguousarray(x)
    sn, sh, sw, sc = x.strides
    shape = n, (h - kh) // stride + 1, (w - kw) // stride + 1, kh, kw * c
    return xp.lib.stride_tricks.as_strided(x, shape, (sn, stride * sh, stride * sw, sh, sc))


def _columns(windows, xp):
    """The windows of a strip as a matrix (cells, kh kw I), in a workspace that this thread uses again and again."""
    if windows.shape[3] == 1 and windows.flags.c_contiguous:  # 1x1 kernels: x is the matrix
        return windows.reshape(-1, windows.shape[4])
    if xp is not np:
        return windows.reshape(-1, windows.shape[3] * windows.shape[4])
    buffer = getattr(_workspace, "buffer", None)
    bytes_ = windows.size * windows.itemsize
    if buffer is None or buffer.nbytes < bytes_:
        buffer = _workspace.buffer = np.empty(max(bytes_, STRIP_BYTES), np.uint8)
    columns = buffer[:bytes_].view(windows.dtype).reshape(windows.shape)
    np.copyto(columns, windows)
    return columns.reshape(-1, windows.shape[3] * windows.shape[4])


def _split(job, images: int, rows: int, xp) -> list:
    """Run job(images, rows) on all threads: each has a share of the images, or of the rows of a lone image."""
    if xp is not np:
        return [job(slice(0, images), slice(0, rows))]
    if images >= backend.threads() or rows < 16:
        return backend.run([lambda s=s: job(s, slice(0, rows)) for s in backend.shares(images)])
    jobs = [(slice(i, i + 1), s) for i in range(images) for s in backend.shares(rows)]
    return [part for part in backend.run([lambda i=i, s=s: job(i, s) for i, s in jobs]) if part is not None]


def _strips(images: slice, rows: slice, row_bytes: int, height: int, xp):
    """Cut a share into (images, rows) slices whose matrices fit STRIP_BYTES: some images whole, or rows of one.

    A GPU has no such cache to fit and wants few large products: there the share is one strip.
    """
    if xp is not np:
        yield images, rows
        return
    count = max(1, STRIP_BYTES // row_bytes)
    if count >= height and rows == slice(0, height):
        step = count // height
        for i in range(images.start, images.stop, step):
            yield slice(i, min(i + step, images.stop)), rows
    else:
        for i in range(images.start, images.stop):
            for r in range(rows.start, rows.stop, count):
                yield slice(i, i + 1), slice(r, min(r + count, rows.stop))
