"""Batch normalisation in pieces that stay in the cache, with the LeakyReLU that follows it.

The variance is combined from those of the pieces (Chan, Golub & LeVeque 1983): each piece's squares
are taken about its own mean, and the squared means are added up in float64. So float32 loses no
digits to the cancellation in mean(x^2) - mean(x)^2.
"""

from __future__ import annotations

import numpy as np

from .. import backend, parallel
from ..tensor import Function, Tensor
from . import workspace
from .cache import cache_slices
from .epilogue import leak, leak_gradient

# Numbers in a row of `as_rows`: long enough for NumPy's loops, and a piece still has many rows.
ROW_NUMBERS = 2048


class BatchNorm(Function):
    """`nn.norm.BatchNorm`, then LeakyReLU of `slope` (none at slope 1)."""

    def __init__(self, epsilon: float, slope: float):
        self.epsilon, self.slope = epsilon, slope

    def forward(self, x, gamma, beta):  # (N, H, W, C), (C,), (C,)
        xp = backend.of(x)
        rows = as_rows(x)  # (R, L C): L cells a row
        mean, var = self.measure(rows, len(gamma))
        self.mean, self.var = mean.astype(x.dtype), var.astype(x.dtype)
        self.inv_std = (1 / xp.sqrt(var + self.epsilon)).astype(x.dtype)
        self.x, self.gamma = x, gamma
        self.y = xp.empty_like(x)
        scale = gamma * self.inv_std
        shift = beta - scale * self.mean
        y_rows, scale, shift = as_rows(self.y), repeat(scale, rows), repeat(shift, rows)
        for s in row_slices(rows):
            y = xp.multiply(rows[s], scale, out=y_rows[s])
            y += shift
            leak(y, self.slope)
        return self.y

    def measure(self, rows, channels: int):
        """Mean and variance (C,) of the whole batch, float64; sets `count`, its cells."""
        xp = backend.of(rows)
        # over the pieces, of: n mean, n mean^2, the sum of (x - mean)^2
        sums = xp.zeros((3, channels), np.float64)
        for s in row_slices(rows):
            piece = rows[s]
            cells = piece.size // channels
            mean = sum_row(piece.sum(axis=0), channels) / cells
            deviation = workspace.buffer("deviation", piece.shape, rows)
            xp.subtract(piece, repeat(mean, rows), out=deviation)
            sums[2] += sum_row(xp.einsum("ij,ij->j", deviation, deviation), channels)
            mean = mean.astype(np.float64)
            sums[0] += cells * mean
            sums[1] += cells * mean * mean
        count = np.full(1, float(rows.size // channels))
        parallel.all_reduce([sums, count])
        self.count = float(count[0])
        mean = sums[0] / self.count
        return mean, (sums[2] + sums[1]) / self.count - mean * mean

    # gx as in nn.norm, written as  scale g + of_x x + rest  with one number each for a channel
    def backward(self, g):
        xp = backend.of(g)
        gx = xp.empty_like(g)
        g_rows, x_rows, y_rows, gx_rows = (as_rows(v) for v in (g, self.x, self.y, gx))
        sums = xp.zeros((2, len(self.gamma)), np.float64)  # of g and g x
        g_norm = g_rows if self.slope == 1 else gx_rows  # the gradient of LeakyReLU's input
        for s in row_slices(g_rows):
            if self.slope != 1:
                leak_gradient(g_rows[s], y_rows[s], self.slope, gx_rows[s])
            sums[0] += sum_row(g_norm[s].sum(axis=0), len(self.gamma))
            sums[1] += sum_row(xp.einsum("ij,ij->j", g_norm[s], x_rows[s]), len(self.gamma))
        sums[1] = (sums[1] - sums[0] * self.mean) * self.inv_std  # of g x^
        g_beta, g_gamma = sums.astype(g.dtype)  # of this process's images; `train.step` adds them
        parallel.all_reduce([sums])
        mean_g, mean_gx = (sums / self.count).astype(g.dtype)
        scale = self.gamma * self.inv_std
        of_x = -scale * self.inv_std * mean_gx
        rest = -scale * mean_g - of_x * self.mean
        scale, of_x, rest = (repeat(v, g_rows) for v in (scale, of_x, rest))
        for s in row_slices(g_rows):
            scaled = workspace.buffer("scaled", x_rows[s].shape, g)
            xp.multiply(x_rows[s], of_x, out=scaled)
            scaled += rest
            out = xp.multiply(g_norm[s], scale, out=gx_rows[s])
            out += scaled
        return gx, g_gamma, g_beta


def as_rows(x):
    """x (N, H, W, C) as a matrix, with some rows of an image in each row: (R, L C).

    About ROW_NUMBERS long, where the sizes allow it.
    """
    _, h, w, c = x.shape
    together = 1
    while together * w * c < ROW_NUMBERS and h % (2 * together) == 0:
        together *= 2
    return x.reshape(-1, together * w * c)


def row_slices(rows) -> list[slice]:
    """Slices of the rows of a matrix that fit the cache."""
    return list(cache_slices(len(rows), rows.shape[1] * rows.itemsize, rows))


def repeat(vector, rows):
    """A vector (C,) repeated for the L cells of a row, (L C,): NumPy is fastest on long runs."""
    wide = backend.of(rows).empty((rows.shape[1] // len(vector), len(vector)), vector.dtype)
    wide[...] = vector
    return wide.reshape(-1)


def sum_row(row, channels: int):
    """The sum over the L cells of a row (L C,): (C,)."""
    return row.reshape(-1, channels).sum(axis=0)


def normalise(x, gamma, beta, epsilon: float, slope: float = 1.0) -> tuple[Tensor, BatchNorm]:
    """`nn.norm.normalise`, then LeakyReLU of that slope."""
    op = BatchNorm(epsilon, slope)
    return op(x, gamma, beta), op
