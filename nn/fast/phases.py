"""The gradient of the input at strides above 1, gathered instead of scattered.

At stride s, row t of x contributed only through the kernel rows i with i = t + top (mod s). So for
each phase p = t mod s the gradient is a correlation of g at stride 1 with those kernel rows,
flipped. Each result is then written once, where scattering adds to it many times.
"""

from __future__ import annotations

from .. import backend
from ..pool import Pair
from . import strips, workspace
from .epilogue import NO_EPILOGUE, Epilogue
from .layouts import derive, lay_out
from .strips import MIN_WIDTH, WindowGrid


def flip(w):
    """The kernel of the adjoint at stride 1: (kh, kw, I, O) rotated 180 degrees, (kh, kw, O, I)."""
    return w[::-1, ::-1].swapaxes(2, 3)


def flipped_padding(w, pad_before: Pair) -> Pair:
    """`pad_before` of the adjoint at stride 1."""
    return w.shape[0] - 1 - pad_before[0], w.shape[1] - 1 - pad_before[1]


def correlate_input(
    g, w, size: Pair, stride: int, pad_before: Pair, epilogue: Epilogue = NO_EPILOGUE
):
    """`nn.conv.correlate_input`, with an epilogue."""
    if stride == 1:
        padding = flipped_padding(w, pad_before)
        return strips.correlate(g, derive(flip, w), 1, padding, size, epilogue)
    (_, _, inputs, outputs), (h, wide), (top, left) = w.shape, size, pad_before
    x = backend.of(g).empty((len(g), h, wide, inputs), g.dtype)
    # Columns have phases like rows; but with few channels one band (see strips) covers them all.
    column_step = stride if inputs >= MIN_WIDTH else 1
    for p in range(min(stride, h)):
        rows = _paths(p, 1, stride, w.shape[0], top)
        for q in range(min(column_step, wide)):
            cells = 1 if column_step > 1 else stride  # of x, for one cell of g
            across = -(-(wide - q) // stride)
            group = 1
            if column_step == 1:
                group = strips.choose_group((outputs, inputs * stride), across, g)
            columns = _paths(q, cells * group, stride, w.shape[1], left)
            phase = x[:, p::stride, q::column_step]
            if not rows or not columns:  # no window covers these cells
                phase[...] = epilogue.of_zero()
                continue
            band, first = lay_out(_phase_band, w, rows, columns, cells * group)
            count = -(-(h - p) // stride), across // group
            grid = WindowGrid(band.shape[:2], (1, group), (-first[0], -first[1]), count)
            y = strips.multiply_strips(g, band, grid, epilogue)
            phase[...] = y[:, :, : phase.shape[2]]
    return x


def _paths(phase: int, cells: int, stride: int, taps: int, pad: int) -> tuple:
    """Along one axis, the paths by which the gradient reaches `cells` cells of x from `phase` on.

    Input cell t contributed to output cell (t + pad - i) / stride through kernel tap i, whenever
    that division is exact; the gradient flows back along the same paths. Each path is (t - phase,
    i, output cell).
    """
    return tuple(
        (t, i, (phase + t + pad - i) // stride)
        for t in range(cells)
        for i in range(taps)
        if (phase + t + pad - i) % stride == 0
    )


def _phase_band(w, rows, columns, cells: int):
    """The kernel of a phase, (height, width, O, cells, I), and the first output cell it reads."""
    first_row, first_column = (min(cell for *_, cell in paths) for paths in (rows, columns))
    height = 1 + max(cell for *_, cell in rows) - first_row
    width = 1 + max(cell for *_, cell in columns) - first_column
    _, _, inputs, outputs = w.shape
    band = backend.of(w).zeros((height, width, outputs, cells, inputs), w.dtype)
    for _, i, r in rows:
        for t, j, c in columns:
            band[r - first_row, c - first_column, :, t] = w[i, j].T
    return band, (first_row, first_column)


def correlate_all_phases(g, w, epilogue: Epilogue = NO_EPILOGUE):
    """`correlate_input` of g (N, H, W, O) for a 4x4 kernel at stride 2: (N, 2 H, 2 W, I).

    With `pad_before` 1, every cell of x hears from 2 x 2 cells of g, and the four phases read the
    same windows of g, each moved by a cell at most: the cell (2 r + p, 2 c + q) of x reads window
    (r + p, c + q) of the (H + 1) x (W + 1) windows of the padded g. So the windows are copied once,
    and one product gives all phases.
    """
    xp, (n, h, wide, _), inputs = backend.of(g), g.shape, w.shape[2]
    x = xp.empty((n, 2 * h, 2 * wide, inputs), g.dtype)
    matrix = lay_out(_all_phases_matrix, w)
    of_row = epilogue.tile(4 * (wide + 1))
    grid = WindowGrid((2, 2), (1, 1), (1, 1), (h + 1, wide + 1))
    for images, rows, columns in strips.strips(g, grid, 4 * inputs):
        y = workspace.buffer("phases", (len(columns), 4 * inputs), g)
        xp.matmul(columns, matrix, out=y)
        of_row.apply(y.reshape(-1, 4 * (wide + 1) * inputs))
        y = y.reshape(-1, rows.stop - rows.start, wide + 1, 2, 2, inputs)
        for p in (0, 1):
            first, last = max(rows.start, p), min(rows.stop, h + p)  # windows of these rows of x
            part = y[:, first - rows.start : last - rows.start]
            into = x[images, 2 * first - p : 2 * last - p : 2]
            for q in (0, 1):
                into[:, :, q::2] = part[:, :, q : q + wide, p, q]
    return x


def _all_phases_matrix(w):
    """w (4, 4, I, O) as a matrix from a window, (2 2 O), to the cells of all phases, (2 2 I).

    Row i of a window reaches phase p through tap 3 - p - 2 i: the later a cell of g, the earlier
    the tap by which it reaches the same cell of x.
    """
    inputs, outputs = w.shape[2:]
    taps = w[::-1, ::-1].reshape(2, 2, 2, 2, inputs, outputs)  # (i, p, j, q, I, O)
    return taps.transpose(0, 2, 5, 1, 3, 4).reshape(4 * outputs, 4 * inputs)
