"""PNet over a whole level of the pyramid: what `nets.PNet` computes, with its channels laid out as planes.

With few channels most of the time goes into laying out windows, in runs of memory too short to be copied fast. Here each channel is
one plane, and a plane one long row: its cell (r, c) stands at r pitch + c, so what lies i rows below and j columns to the right of any
cell is i pitch + j further on. A matrix of windows is then the same planes again and again, each moved by so much: a few long copies. The
last columns of a row reach over into the next; they are computed like the others, and never looked at.

The first layer's pool takes the largest of 2 x 2 neighbours. So its input comes in four phases, even and odd rows and columns, and its
kernel as four, one for each neighbour, in one product: 48 numbers are laid out for each 4 outputs where 4 x 27 were, and the pool
is the maximum of four arrays.
"""

from __future__ import annotations

import numpy as np

from nn.fast import workspace
from nn.fast.epilogue import leak

from .nets import PNet

STRIP_BYTES = 1 << 19  # of windows at a time: they stay in the L2 cache until they are multiplied
POOL = 2


class Proposals:
    """PNet's windows on levels as `sampling.pyramid_level` gives them."""

    def __init__(self, net: PNet):
        (kernel, bias, slope, _), *others = net.convs
        # levels are 0..255, not (level - 127.5) / 128
        self.layers = [
            (
                _neighbours(kernel / 128),
                np.tile(bias - kernel.sum((0, 1, 2)) * np.float32(127.5 / 128), POOL**2),
                np.tile(slope, POOL**2),
                POOL,
            )
        ]
        self.layers += [
            (np.ascontiguousarray(kernel.reshape(-1, kernel.shape[-1]).T), bias, slope, 1)
            for kernel, bias, slope, _ in others
        ]
        kernel, bias = net.heads
        self.box = kernel[:, :4], bias[:4]
        self.face = (
            kernel[:, 5] - kernel[:, 4],
            bias[5] - bias[4],
        )  # of a softmax of two only the difference counts

    def __call__(
        self, level: np.ndarray, threshold: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """(rows (N,), columns (N,), scores (N,), corrections (N, 4)) of PNet's cells that score above the threshold."""
        pitch = level.shape[-1]
        x = level.reshape(-1, level.shape[-2] * pitch)
        for layer in self.layers:
            x = _layer(x, pitch, *layer)
        score = 1 / (1 + np.exp(-(self.face[0] @ x + self.face[1])))  # (cells,)
        passed = np.nonzero(score > threshold)[0]
        rows, columns = np.divmod(passed, pitch)
        inside = (
            columns < pitch - 5
        )  # a phase has one column more than the pool, and each of the two others takes two
        passed, rows, columns = passed[inside], rows[inside], columns[inside]
        return rows, columns, score[passed], x[:, passed].T @ self.box[0] + self.box[1]


def _neighbours(kernel: np.ndarray) -> np.ndarray:
    """The kernel (3, 3, 3, O) at each of 2 x 2 neighbours, for the phases of their 4 x 4 window: (4 O, 2 2 12), 12 as in `pyramid_level`."""
    outputs = kernel.shape[-1]
    matrix = np.zeros(
        (POOL, POOL, outputs, 2, 2, 2, 3, 2), np.float32
    )  # neighbour's row, column; O; step down, right; row's phase, RGB, column's phase
    for row, column in np.ndindex(POOL, POOL):
        for i, j in np.ndindex(3, 3):
            (down, y), (right, x) = divmod(row + i, 2), divmod(column + j, 2)
            matrix[row, column, :, down, right, y, :, x] = kernel[i, j].T
    return matrix.reshape(POOL**2 * outputs, -1)


def _layer(
    x: np.ndarray, pitch: int, matrix: np.ndarray, bias: np.ndarray, slope: np.ndarray, pool: int
) -> np.ndarray:
    """Planes x (I, L) to planes (O, less): convolution with matrix (pool pool O, k k I), PReLU, and the largest of pool x pool neighbours."""
    (inputs, length), (outputs, window) = x.shape, matrix.shape
    k = round((window / inputs) ** 0.5)
    length -= (k - 1) * (pitch + 1)
    y = np.empty((outputs // pool**2, length), np.float32)
    pieces = -(-length * window * 4 // STRIP_BYTES)
    for first, last in ((length * i // pieces, length * (i + 1) // pieces) for i in range(pieces)):
        columns = workspace.buffer("columns", (k, k, inputs, last - first), x)
        columns[...] = workspace.windows(
            x, columns.shape, (4 * pitch, 4, x.strides[0], 4), 4 * first
        )
        part = (
            y[:, first:last] if pool == 1 else workspace.buffer("part", (outputs, last - first), x)
        )
        np.matmul(matrix, columns.reshape(window, -1), out=part)
        part += bias[:, None]
        leak(part, slope[:, None])
        if pool > 1:
            np.max(part.reshape(pool**2, -1, last - first), axis=0, out=y[:, first:last])
    return y
