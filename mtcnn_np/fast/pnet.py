"""PNet with its channels as planes, and its first convolution together with the pool.

Planes. PNet has few channels. With NHWC arrays it spends most of its time on copying windows into a
matrix (im2col), a few contiguous numbers at a time. Here a channel is a plane, stored as one long
row: cell (r, c) stands at r pitch + c, where the pitch is the length of a plane's rows. The cell i
rows below and j columns to the right then stands i pitch + j further on. So the matrix of windows
consists of shifted planes: a few long copies. Windows at the end of a row reach into the next row;
they are computed like the others and ignored at the end.

Phases. The first layer's pool takes the maximum of 2 x 2 neighbours, whose windows together cover
4 x 4 pixels. The input comes in four phases (see `sampling.sample_phases`), in which these are
2 x 2 cells of 12 channels. One matrix product then gives the convolution at all four neighbours,
from 48 numbers instead of four windows of 27. The pool is the maximum of four arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import nn
from nn.fast import workspace
from nn.fast.epilogue import leak

from ..boxes import Candidates
from ..nets import PNet
from ..pyramid import Patch
from ..sampling import HALF_RANGE, MIDDLE_GREY
from .sampling import sample_phases

WINDOWS_BYTES = 1 << 19  # of windows copied at a time, so that they fit into the L2 cache; by eye
POOL_CELLS = 4  # of which the first layer's pool takes the maximum
LOST_COLUMNS = 5  # of each row, that valid convolution loses: first layer 1, the others 2 each


@dataclass(frozen=True, eq=False)
class _Layer:
    """A convolution of planes as one product, then PReLU, then the maximum of `pool` neighbours.

    matrix  (pool O, size size I)
    bias, slope  (pool O, 1)
    """

    matrix: np.ndarray
    bias: np.ndarray
    slope: np.ndarray
    size: int
    pool: int = 1

    def __call__(self, x: np.ndarray, pitch: int) -> np.ndarray:
        """Planes x (I, L) -> (O, L - (size - 1) (pitch + 1)), a number a whole window."""
        length = x.shape[1] - (self.size - 1) * (pitch + 1)
        y = np.empty((len(self.matrix) // self.pool, length), np.float32)
        strips = -(-length * self.matrix.shape[1] * x.itemsize // WINDOWS_BYTES)
        for i in range(strips):
            first, last = length * i // strips, length * (i + 1) // strips
            windows = self._copy_windows(x, pitch, first, last)
            shape = len(self.matrix), last - first
            out = y[:, first:last] if self.pool == 1 else workspace.buffer("neighbours", shape, x)
            np.matmul(self.matrix, windows, out=out)
            out += self.bias
            leak(out, self.slope)
            if self.pool > 1:
                np.max(out.reshape(self.pool, -1, last - first), axis=0, out=y[:, first:last])
        return y

    def _copy_windows(self, x: np.ndarray, pitch: int, first: int, last: int) -> np.ndarray:
        """The windows whose corners are cells first..last: (size size I, last - first)."""
        shape = self.size, self.size, len(x), last - first
        cell = x.itemsize
        shifted = workspace.windows(x, shape, (pitch * cell, cell, *x.strides), first * cell)
        windows = workspace.buffer("columns", shape, x)
        windows[...] = shifted
        return windows.reshape(-1, last - first)


class PlanarPNet:
    """A faster form of `nets.PNet`, with the same weights."""

    def __init__(self, net: PNet):
        first, _pool, *others = net.body.steps
        self.layers = [_first_layer(*first.steps), *(_later_layer(*step.steps) for step in others)]
        kernel, bias = net.head.kernel.data[0, 0], net.head.bias.data  # (32, 6), (6,)
        self.box = kernel[:, :4], bias[:4]
        # the softmax of two logits depends on their difference only
        self.face = kernel[:, 5] - kernel[:, 4], bias[5] - bias[4]

    def propose(self, image: np.ndarray, patch: Patch, threshold: float) -> Candidates:
        """As `nets.PNet.propose`."""
        phases = sample_phases(image, patch)  # (2, 3, 2, R, C)
        *_, rows, pitch = phases.shape
        x = phases.reshape(-1, rows * pitch)  # (12, L)
        for layer in self.layers:
            x = layer(x, pitch)
        scores = 1 / (1 + np.exp(-(self.face[0] @ x + self.face[1])))  # (L,)
        passed = np.nonzero(scores > threshold)[0]
        passed = passed[passed % pitch < pitch - LOST_COLUMNS]
        offsets = x[:, passed].T @ self.box[0] + self.box[1]
        return Candidates(patch.boxes(*np.divmod(passed, pitch)), scores[passed], offsets)


def _later_layer(conv: nn.Conv2d, prelu: nn.PReLU) -> _Layer:
    kernel = conv.kernel.data  # (k, k, I, O)
    matrix = np.ascontiguousarray(kernel.reshape(-1, kernel.shape[-1]).T)
    return _Layer(matrix, conv.bias.data[:, None], prelu.alpha.data[:, None], len(kernel))


def _first_layer(conv: nn.Conv2d, prelu: nn.PReLU) -> _Layer:
    """The convolution at all neighbours of the pool, for levels 0..255 that are not normalised."""
    kernel, bias = conv.kernel.data, conv.bias.data
    bias = bias - kernel.sum((0, 1, 2)) * (MIDDLE_GREY / HALF_RANGE)
    return _Layer(
        _phase_matrix(kernel / HALF_RANGE),
        np.tile(bias, POOL_CELLS)[:, None],
        np.tile(prelu.alpha.data, POOL_CELLS)[:, None],
        size=2,
        pool=POOL_CELLS,
    )


def _phase_matrix(kernel: np.ndarray) -> np.ndarray:
    """The kernel (3, 3, 3, O) at each of 2 x 2 neighbours, for windows of phases: (4 O, 2 2 12).

    Tap (i, j) at neighbour (row, column) is pixel (y, x) = (row + i, column + j) of the 4 x 4 that
    all neighbours cover. It stands in phase (y % 2, x % 2), in cell (y // 2, x // 2) of the window.
    """
    outputs = kernel.shape[-1]
    matrix = np.zeros((2, 2, outputs, 2, 2, 2, 3, 2), np.float32)
    for row, column, i, j in np.ndindex(2, 2, 3, 3):
        (cell_y, phase_y), (cell_x, phase_x) = divmod(row + i, 2), divmod(column + j, 2)
        matrix[row, column, :, cell_y, cell_x, phase_y, :, phase_x] = kernel[i, j].T
    return matrix.reshape(POOL_CELLS * outputs, -1)
