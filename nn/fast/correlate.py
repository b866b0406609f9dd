"""The three array kernels behind every convolution here, as matrix products of laid-out windows (im2col).

With x (N, H, W, I), zeros around it, w (kh, kw, I, O) and stride s, the (cross-)correlation is

    y[n, r, c, o] = sum over i, j, q of  x[n, s r + i - top, s c + j - left, q] w[i, j, q, o]

where `corner` = (top, left) says how many zeros lie before the first row and column. `correlate` computes it;
`correlate_input` and `correlate_weight` are its two adjoints: what the gradient of y does to x and to w. A transposed
convolution is `correlate_input` used forward, so `conv.py` needs nothing else. In its plainest form (`reference` below) a
window is laid out as one row of a matrix, kh kw I numbers, and the whole is one matrix product.

What is done for speed here changes none of the arithmetic:
- *Strips.* The matrix is made and used a piece at a time, small enough to stay in the L2 cache between the two.
- *Groups.* With few channels the product is too narrow for BLAS, and the copying, kh kw numbers for each one, costs more
  than the product. So `group` outputs side by side share one window, and the kernel becomes a band: the same
  numbers, moved along by one cell for each output, zeros beside them. At 8 channels and 4 outputs a row is copied 4.5-fold, not 9-fold.
- *Phases.* The gradient of x at stride s is not scattered but gathered: rows r = p (mod s) of x depend on kernel rows
  i = r + top (mod s) only; for each p it is a correlation at stride 1 with those rows of the kernel, turned. Nothing is added
  to memory twice.

`winograd.py` does 3x3 kernels with many channels in fewer multiplications.
"""

from __future__ import annotations

import numpy as np

from .. import backend
from ..activations import leak
from . import workspace

STRIP_BYTES = 1 << 20  # a strip's matrix: a usual L2 cache
KERNELS = 4  # a strip is this much larger than the kernel, which each product reads anew
RUN = 12  # inputs side by side that a window grows by: shorter runs of memory are slow to copy
WIDTH = 16  # outputs side by side from which a product is fast enough to be worth no more zeros


def reference(x, w, stride: int, corner: tuple[int, int], out: tuple[int, int]):
    """`correlate` in five lines, on NumPy alone: what it means, and what the tests hold against it."""
    (n, h, wide, c), (kh, kw, _, outputs), (top, left), (oh, ow) = x.shape, w.shape, corner, out
    padded = np.zeros(
        (n, max(top + h, stride * (oh - 1) + kh), max(left + wide, stride * (ow - 1) + kw), c),
        x.dtype,
    )
    padded[:, top : top + h, left : left + wide] = x
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(1, 2))[
        :, ::stride, ::stride
    ][:, :oh, :ow]  # (N, OH, OW, I, kh, kw)
    columns = windows.transpose(0, 1, 2, 4, 5, 3).reshape(
        -1, kh * kw * c
    )  # (N OH OW, kh kw I): one row a window
    return (columns @ w.reshape(-1, outputs)).reshape(n, oh, ow, outputs)


def correlate(
    x, w, stride: int, corner: tuple[int, int], out: tuple[int, int], b=None, slope: float = 1
):
    """The correlation of x (N, H, W, I) with w (kh, kw, I, O): y (N, OH, OW, O), OH, OW = out.

    b (O,) is added, where given, and LeakyReLU of that slope applied (an array (O,): PReLU), while a piece of y is in the cache.
    """
    group = _group(w.shape, out[1], x, whole=False)
    band = _band(w, stride, group)
    return _gather(
        x, band, (stride, stride * group), corner, (out[0], -(-out[1] // group)), b, slope
    )[:, :, : out[1]]


def correlate_weight(x, g, kernel: tuple[int, int], stride: int, corner: tuple[int, int]):
    """The gradient of w, given x (N, H, W, I) and the gradient g (N, OH, OW, O) of y: (kh, kw, I, O)."""
    return correlate_both(x, None, g, kernel, stride, corner)[1]


def correlate_both(x, w, g, kernel: tuple[int, int], stride: int, corner: tuple[int, int]):
    """(`correlate` of x and w, `correlate_weight` of x and g), with x laid out once for both; g (N, OH, OW, G) may have other channels."""
    xp = backend.of(x)
    (n, oh, ow, outputs), inputs, (kh, kw) = g.shape, x.shape[3], kernel
    group = _group((kh, kw, inputs, outputs if w is None else min(outputs, w.shape[3])), ow, x)
    g = xp.ascontiguousarray(g).reshape(n, oh, ow // group, group * outputs)
    window = kh, stride * (group - 1) + kw
    total = xp.zeros((kh * window[1] * inputs, group * outputs), x.dtype)
    if w is not None:
        y = xp.empty((n, oh, ow, w.shape[3]), x.dtype)
        matrix = _band(w, stride, group).reshape(len(total), -1)
    for images, rows, columns in _strips(
        x, window, (stride, stride * group), corner, g.shape[1:3], total.shape[1]
    ):
        if w is not None:
            xp.matmul(columns, matrix, out=y[images, rows].reshape(-1, matrix.shape[1]))
        total += columns.T @ g[images, rows].reshape(-1, group * outputs)
    band = total.reshape(kh, window[1], inputs, group, outputs)
    return y if w is not None else None, sum(
        band[:, stride * t : stride * t + kw, :, t] for t in range(group)
    )


def correlate_input(
    g, w, size: tuple[int, int], stride: int, corner: tuple[int, int], b=None, slope: float = 1
):
    """The gradient of x, given the gradient g (N, OH, OW, O) of y: (N, H, W, I), H, W = size. b (I,) and slope as in `correlate`."""
    (_, _, inputs, outputs), (h, wide), (top, left) = w.shape, size, corner
    if stride == 1:
        return correlate(g, turn(w), 1, turned_corner(w, corner), size, b, slope)
    x = backend.of(g).empty((len(g), h, wide, inputs), g.dtype)
    step = (
        stride if inputs >= WIDTH else 1
    )  # columns have phases too, or with few channels make a band
    for p in range(min(stride, h)):
        rows, first_row = _reach(p, 1, stride, w.shape[0], top)
        for q in range(min(step, wide)):
            cells = 1 if step > 1 else stride
            across = -(-(wide - q) // stride)
            group = 1 if step > 1 else _group((0, 0, outputs, inputs * stride), across, g)
            columns, first_column = _reach(q, cells * group, stride, w.shape[1], left)
            place = x[:, p::stride, q::step]
            if not rows or not columns:
                place[...] = 0 if b is None else backend.of(b).maximum(b, slope * b)
                continue
            height, width = (1 + max(last for *_, last in reach) for reach in (rows, columns))
            band = backend.of(w).zeros((height, width, outputs, cells * group, inputs), w.dtype)
            for _, i, r in rows:
                for t, j, c in columns:
                    band[r, c, :, t] = w[i, j].T
            y = _gather(
                g,
                band,
                (1, group),
                (-first_row, -first_column),
                (-(-(h - p) // stride), across // group),
                b,
                slope,
            )
            place[...] = y[:, :, : place.shape[2]]
    return x


def _reach(
    phase: int, cells: int, stride: int, taps: int, before: int
) -> tuple[list[tuple[int, int, int]], int]:
    """Along one axis: which cells of g reach `cells` cells of x, from cell `phase` on, through which kernel cell.

    x's cell t hears from g's cell (t + before - i) / stride through kernel cell i, where that is a whole number. Gives (t - phase, i,
    that cell counted from the first), and the first, which is negative where it lies ahead of the one that lies over t.
    """
    found = [
        (t, i, (phase + t + before - i) // stride)
        for t in range(cells)
        for i in range(taps)
        if (phase + t + before - i) % stride == 0
    ]
    first = min((cell for *_, cell in found), default=0)
    return [(t, i, cell - first) for t, i, cell in found], first


def turn(w):
    """The kernel of the adjoint at stride 1: w (kh, kw, I, O) turned half round, channels exchanged: (kh, kw, O, I)."""
    return w[::-1, ::-1].swapaxes(2, 3)


def turned_corner(w, corner: tuple[int, int]) -> tuple[int, int]:
    """The corner of the adjoint at stride 1."""
    return w.shape[0] - 1 - corner[0], w.shape[1] - 1 - corner[1]


def _gather(
    x,
    band,
    strides: tuple[int, int],
    corner: tuple[int, int],
    out: tuple[int, int],
    b,
    slope: float,
):
    """A product for each strip: y (N, OH, groups * G, O) from band (kh, window, I, G, O), with out = (OH, groups)."""
    xp = backend.of(x)
    kh, window, _, group, outputs = band.shape
    matrix = band.reshape(-1, group * outputs)
    y = xp.empty((len(x), *out, group * outputs), x.dtype)
    # what is added to each cell, for a whole row of cells: NumPy is fastest along long runs
    wide, slope = (
        v if v is None or isinstance(v, float | int) else xp.tile(v, out[1] * group)
        for v in (b, slope)
    )
    for images, rows, columns in _strips(x, (kh, window), strides, corner, out, group * outputs):
        part = y[images, rows]
        xp.matmul(columns, matrix, out=part.reshape(-1, group * outputs))
        part = part.reshape(-1, out[1] * group * outputs)
        if b is not None:
            part += wide
        leak(part, slope)
    return y.reshape(len(x), out[0], -1, outputs)


def _band(w, stride: int, group: int):
    """w (kh, kw, I, O) for `group` outputs side by side: (kh, stride (group - 1) + kw, I, group, O)."""
    kh, kw, inputs, outputs = w.shape
    band = backend.of(w).zeros((kh, stride * (group - 1) + kw, inputs, group, outputs), w.dtype)
    for t in range(group):
        band[:, stride * t : stride * t + kw, :, t] = w
    return band


def _group(kernel: tuple[int, int, int, int], across: int, x, whole: bool = True) -> int:
    """How many outputs side by side share a window: enough for rows of WIDTH numbers; a divisor of a row's length if `whole`."""
    _, _, inputs, outputs = kernel
    group = 1
    if backend.of(x) is np:
        while (
            (group * outputs < WIDTH or group * inputs < RUN)
            and group * outputs <= 2 * WIDTH
            and group < 4
        ):
            if across % (2 * group) and (whole or across <= 16):
                break
            group *= 2
    return group


def _strips(
    x,
    window: tuple[int, int],
    strides: tuple[int, int],
    corner: tuple[int, int],
    out: tuple[int, int],
    outputs: int,
):
    """Yield (images, rows, matrix (cells, kh kw I)): the windows of some images, or of some rows of one, laid out.

    The matrix is overwritten by the next. A GPU has no such cache to fit and wants few large products: there all is one strip.
    """
    xp = backend.of(x)
    x = x[
        :, max(0, -corner[0]) :, max(0, -corner[1]) :
    ]  # a corner inside x: a narrow kernel's gradient may begin there
    (n, h, wide, c), (kh, kw), (down, right), (oh, ow) = x.shape, window, strides, out
    top, left = max(0, corner[0]), max(0, corner[1])
    if (
        window == (1, 1)
        and strides == (1, 1)
        and (top, left) == (0, 0)
        and x.flags.c_contiguous
        and out == (h, wide)
    ):
        yield slice(0, n), slice(0, oh), x.reshape(-1, c)  # a 1x1 kernel's windows are x itself
        return
    padded_h, padded_w = down * (oh - 1) + kh, right * (ow - 1) + kw
    row_bytes = ow * kh * kw * c * x.itemsize
    strip = max(STRIP_BYTES, KERNELS * kh * kw * c * outputs * x.itemsize)
    rows = max(1, strip // row_bytes) if xp is np else oh
    step = (max(1, rows // oh) if xp is np else n) if n else 1
    for first in range(0, n, step):
        images = slice(first, min(first + step, n))
        if (top, left, padded_h, padded_w) == (0, 0, h, wide) and x.flags.c_contiguous:
            padded = x[images]
        else:
            padded = workspace.padded(x[images], top, left, padded_h, padded_w)
        sn, sh, sw, sc = padded.strides
        shape = (
            images.stop - first,
            oh,
            ow,
            kh,
            kw * c,
        )  # kw cells beside each other are one run of memory
        windows = workspace.windows(padded, shape, (sn, down * sh, right * sw, sh, sc))
        for r in range(0, oh, rows):
            part = slice(r, min(r + rows, oh))
            cells = windows[:, part]
            columns = workspace.buffer("columns", cells.shape, x)
            columns[...] = cells
            yield images, part, columns.reshape(-1, kh * kw * c)
