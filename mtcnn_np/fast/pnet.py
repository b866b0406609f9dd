"""PNet with its channels as planes, and its first convolution together with the pool.

Planes. PNet has few channels, so with NHWC arrays most of its time goes into laying out windows, in
runs of memory too short to be copied fast. Here a channel is a plane, stored as one long row: cell
(r, c) stands at r pitch + c, where the pitch is the length of a plane's rows. The cell i rows below
and j columns to the right of any cell then stands i pitch + j further on, so the matrix of windows
consists of the planes themselves, shifted: a few long copies. The windows at the end of a row reach
over into the next row; they are computed like the others and ignored at the end.

Phases. The first layer's pool takes the largest of 2 x 2 neighbours. The neighbours' windows cover
4 x 4 pixels together. So the input comes in four phases (see `sampling.sample_phases`), in which
these are 2 x 2 cells of 12 channels, and one product gives the convolution at all four neighbours:
it takes 48 numbers where four windows of 27 would be laid out. The pool is then the maximum of four
arrays.
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
from .sampling import sample_phases

WINDOWS_BYTES = 1 << 19  # of windows laid out at a time: they stay in the L2 cache for the product
POOL_CELLS = 4  # that the pool takes the largest of
LOST_COLUMNS = 5  # at the end of each row: 1 to the first layer, 2 to each of the others


@dataclass(frozen=True, eq=False)
class _Layer:
    """A convolution of planes as one product, then PReLU, then the largest of `pool` neighbours.

    matrix  (pool O, size size I)
    bias, slope  (pool O, 1)
    """

    matrix: np.ndarray
    bias: np.ndarray
    slope: np.ndarray
    size: int
    pool: int = 1

    def __call__(self, x: np.ndarray, pitch: int) -> np.ndarray:
        """Planes x (I, L) -> (O, L less what the last window reaches over)."""
        length = x.shape[1] - (self.size - 1) * (pitch + 1)
        y = np.empty((len(self.matrix) // self.pool, length), np.float32)
        strips = -(-length * self.matrix.shape[1] * x.itemsize // WINDOWS_BYTES)
        for i in range(strips):
            first, last = length * i // strips, length * (i + 1) // strips
            windows = self._lay_out(x, pitch, first, last)
            shape = len(self.matrix), last - first
            out = y[:, first:last] if self.pool == 1 else workspace.buffer("neighbours", shape, x)
            np.matmul(self.matrix, windows, out=out)
            out += self.bias
            leak(out, self.slope)
            if self.pool > 1:
                np.max(out.reshape(self.pool, -1, last - first), axis=0, out=y[:, first:last])
        return y

    def _lay_out(self, x: np.ndarray, pitch: int, first: int, last: int) -> np.ndarray:
        """The windows whose corners are the cells first..last: (size size I, last - first)."""
        shape = self.size, self.size, len(x), last - first
        cell = x.itemsize
        shifted = workspace.windows(x, shape, (pitch * cell, cell, *x.strides), first * cell)
        windows = workspace.buffer("columns", shape, x)
        windows[...] = shifted
        return windows.reshape(-1, last - first)


class PlanarPNet:
    """The windows that PNet proposes, sooner."""

    def __init__(self, net: PNet):
        first, _pool, *others = net.body.steps
        self.layers = [_first_layer(*first.steps), *(_later_layer(*step.steps) for step in others)]
        kernel, bias = net.head.kernel.data[0, 0], net.head.bias.data  # (32, 6), (6,)
        self.box = kernel[:, :4], bias[:4]
        # the softmax of two numbers depends on their difference only
        self.face = kernel[:, 5] - kernel[:, 4], bias[5] - bias[4]

    def propose(self, image: np.ndarray, patch: Patch, threshold: float) -> Candidates:
        """The windows of a patch of the image's pyramid that score above the threshold."""
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
    """The convolution at all neighbours of the pool; takes 0..255, not normalised levels."""
    kernel, bias = conv.kernel.data, conv.bias.data
    bias = bias - kernel.sum((0, 1, 2)) * np.float32(127.5 / 128)
    return _Layer(
        _phase_matrix(kernel / 128),
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
