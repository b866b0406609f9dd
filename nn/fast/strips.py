"""Convolution in strips: the im2col of `nn.conv`, with as many windows at a time as fit the cache.

Two ideas:

- *Strips.* A strip of the matrix of windows is made and used before the next one is made. It is so
  small that it is still in the L2 cache when it is used.
- *Bands.* With few channels the product is too narrow for BLAS, and copying kh kw numbers for each
  input number costs more than the product. So `group` outputs side by side share one wider window,
  and the kernel becomes a band matrix: each output has a copy of the kernel, moved along by one
  stride, with zeros beside it. With 3x3 kernels and 4 outputs in a group, a number is copied 4.5
  times instead of 9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .. import backend
from ..pool import Pair
from . import workspace
from .epilogue import NO_EPILOGUE, Epilogue
from .layouts import lay_out

# By choice; python -m benchmarks.kernels prints what strips and bands gain with them.
STRIP_BYTES = 1 << 20  # of a strip's matrix of windows: a usual L2 cache
STRIP_KERNELS = 4  # how many kernels a strip must at least outweigh: each product reads one anew
MIN_RUN = 12  # input numbers for a group; shorter runs of memory are slow to copy
MIN_WIDTH = 16  # columns of a product; with fewer, BLAS is slower than with zeros added
MAX_GROUP = 4  # outputs that share a window; more would multiply too many zeros
SHORT_ROW = 16  # outputs; in such a row a group that is not full would be mostly waste


@dataclass(frozen=True)
class WindowGrid:
    """How windows lie over an image; each pair is (rows, columns), in cells.

    kernel      size of a window
    strides     from one window to the next
    pad_before  zeros before the image; negative where the first window begins inside it
    count       number of windows
    """

    kernel: Pair
    strides: Pair
    pad_before: Pair
    count: Pair


def correlate(x, w, stride: int, pad_before: Pair, out: Pair, epilogue: Epilogue = NO_EPILOGUE):
    """`nn.conv.correlate`, with an epilogue."""
    group = choose_group(w.shape[2:], out[1], x, must_divide=False)
    band = lay_out(band_kernel, w, stride, group)
    groups = out[0], -(-out[1] // group)
    grid = WindowGrid(band.shape[:2], (stride, stride * group), pad_before, groups)
    return multiply_strips(x, band, grid, epilogue)[:, :, : out[1]]


def correlate_weight(x, g, kernel: Pair, stride: int, pad_before: Pair):
    """`nn.conv.correlate_weight`."""
    return correlate_both(x, None, g, kernel, stride, pad_before)[1]


def correlate_both(x, w, g, kernel: Pair, stride: int, pad_before: Pair):
    """(`correlate` of x and w, `correlate_weight` of x and g), with x laid out once for both.

    x (N, H, W, I), w (kh, kw, I, O) or None for none, g (N, OH, OW, G); G may differ from O.
    """
    xp = backend.of(x)
    (n, oh, ow, channels), inputs, (kh, kw) = g.shape, x.shape[3], kernel
    narrower = channels if w is None else min(channels, w.shape[3])
    group = choose_group((inputs, narrower), ow, x)
    g = xp.ascontiguousarray(g).reshape(n, oh, ow // group, group * channels)
    window = kh, stride * (group - 1) + kw
    grid = WindowGrid(window, (stride, stride * group), pad_before, g.shape[1:3])
    total = xp.zeros((kh * window[1] * inputs, group * channels), x.dtype)
    y = None
    if w is not None:
        y = xp.empty((n, oh, ow, w.shape[3]), x.dtype)
        matrix = band_kernel(w, stride, group).reshape(len(total), -1)
    for images, rows, columns in strips(x, grid, total.shape[1]):
        if w is not None:
            xp.matmul(columns, matrix, out=y[images, rows].reshape(-1, matrix.shape[1]))
        total += columns.T @ g[images, rows].reshape(-1, group * channels)
    band = total.reshape(kh, window[1], inputs, group, channels)
    gw = sum(band[:, stride * t : stride * t + kw, :, t] for t in range(group))
    return y, gw


def multiply_strips(x, band, grid: WindowGrid, epilogue: Epilogue):
    """y (N, OH, groups * G, O) from x and a band (kh, window, I, G, O), one product a strip."""
    xp = backend.of(x)
    *_, group, outputs = band.shape
    matrix = band.reshape(-1, group * outputs)
    y = xp.empty((len(x), *grid.count, group * outputs), x.dtype)
    of_row = epilogue.tile(grid.count[1] * group)
    for images, rows, columns in strips(x, grid, group * outputs):
        part = y[images, rows]
        xp.matmul(columns, matrix, out=part.reshape(-1, group * outputs))
        of_row.apply(part.reshape(-1, grid.count[1] * group * outputs))
    return y.reshape(len(x), grid.count[0], -1, outputs)


def band_kernel(w, stride: int, group: int):
    """w (kh, kw, I, O) for `group` outputs: (kh, stride (group - 1) + kw, I, group, O)."""
    kh, kw, inputs, outputs = w.shape
    width = stride * (group - 1) + kw
    band = backend.of(w).zeros((kh, width, inputs, group, outputs), w.dtype)
    for t in range(group):
        band[:, stride * t : stride * t + kw, :, t] = w
    return band


def choose_group(channels: Pair, across: int, x, must_divide: bool = True) -> int:
    """How many outputs side by side share a window: a power of 2; 1 on a GPU.

    channels     (inputs, outputs); the fewer, the larger the group
    across       outputs in a row
    must_divide  whether a row must consist of whole groups
    """
    (inputs, outputs), group = channels, 1
    if backend.of(x) is not np:
        return group
    must_divide = must_divide or across <= SHORT_ROW
    while group < MAX_GROUP and (group * outputs < MIN_WIDTH or group * inputs < MIN_RUN):
        too_wide = group * outputs > 2 * MIN_WIDTH
        if too_wide or (must_divide and across % (2 * group)):
            break
        group *= 2
    return group


def strips(x, grid: WindowGrid, outputs: int):
    """Yield (images, rows, matrix (cells, kh kw I)): the windows of some images, or rows of one.

    outputs  columns of the matrix that a strip is multiplied by
    The next strip overwrites the matrix. On a GPU, which is faster with few large products,
    everything is one strip.
    """
    xp = backend.of(x)
    top, left = grid.pad_before
    x, pad_before = x[:, max(0, -top) :, max(0, -left) :], (max(0, top), max(0, left))
    (n, h, wide, c), (kh, kw) = x.shape, grid.kernel
    (down, right), (oh, ow) = grid.strides, grid.count
    unpadded = pad_before == (0, 0) and x.flags.c_contiguous
    if grid.kernel == grid.strides == (1, 1) and unpadded and grid.count == (h, wide):
        yield slice(0, n), slice(0, oh), x.reshape(-1, c)  # the windows of a 1x1 kernel
        return
    covered = down * (oh - 1) + kh, right * (ow - 1) + kw
    row_bytes = ow * kh * kw * c * x.itemsize
    strip_bytes = max(STRIP_BYTES, STRIP_KERNELS * kh * kw * c * outputs * x.itemsize)
    rows = max(1, strip_bytes // row_bytes) if xp is np else oh
    step = (max(1, rows // oh) if xp is np else n) if n else 1
    for first in range(0, n, step):
        images = slice(first, min(first + step, n))
        padded = x[images]
        if not (unpadded and covered == (h, wide)):
            padded = workspace.padded(padded, pad_before, covered)
        sn, sh, sw, sc = padded.strides
        shape = images.stop - first, oh, ow, kh, kw * c  # kw cells lie side by side in memory
        windows = workspace.windows(padded, shape, (sn, down * sh, right * sw, sh, sc))
        for r in range(0, oh, rows):
            part = slice(r, min(r + rows, oh))
            cells = windows[:, part]
            columns = workspace.buffer("columns", cells.shape, x)
            columns[...] = cells
            yield images, part, columns.reshape(-1, kh * kw * c)
