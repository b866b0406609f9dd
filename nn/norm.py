"""Batch normalisation (Ioffe & Szegedy 2015), over every axis but the channels."""

from __future__ import annotations

import numpy as np

from . import backend, parallel
from .activations import leak, leak_back, leaky_relu
from .fast import workspace
from .tensor import Function, Tensor


class BatchNorm(Function):
    """y = gamma x^ + beta with x^ = (x - mean) / sqrt(var + epsilon), statistics those of the whole batch.

    A piece of x at a time goes through all the arithmetic while it is in the cache. Means and variances of pieces are put together
    after Chan, Golub & LeVeque 1983: no sum of large squares, so nothing cancels.
    """

    def __init__(self, epsilon: float, slope: float):
        self.epsilon, self.slope = epsilon, slope

    def forward(self, x, gamma, beta):  # (N, H, W, C), (C,), (C,)
        xp = backend.of(x)
        rows = self.rows(x)  # (R, L C): L cells a row
        channels = len(gamma)
        sums = xp.zeros(
            (3, channels), np.float64
        )  # of n mean, n mean^2 and squared deviations from the piece's mean
        pieces = self.pieces(rows)
        for s in pieces:
            piece = rows[s]
            cells = piece.size // channels
            mean = _channels(piece.sum(axis=0), channels) / cells
            deviation = xp.subtract(
                piece, self.wide(mean, rows), out=workspace.buffer("deviation", piece.shape, x)
            )
            sums[2] += _channels(xp.einsum("ij,ij->j", deviation, deviation), channels)
            mean = mean.astype(np.float64)
            sums[0] += cells * mean
            sums[1] += cells * mean * mean
        count = np.full(1, float(x.size // channels))
        parallel.all_reduce([sums, count])
        count = float(count[0])
        mean = sums[0] / count
        var = (sums[2] + sums[1]) / count - mean * mean
        self.count, self.mean, self.var = count, mean.astype(x.dtype), var.astype(x.dtype)
        self.inv_std = (1 / xp.sqrt(var + self.epsilon)).astype(x.dtype)
        self.x, self.gamma = x, gamma
        self.y = xp.empty_like(x)
        scale = gamma * self.inv_std
        y_rows, scale, shift = (
            self.rows(self.y),
            self.wide(scale, rows),
            self.wide(beta - scale * self.mean, rows),
        )
        for s in pieces:
            y = xp.multiply(rows[s], scale, out=y_rows[s])
            y += shift
            leak(y, self.slope)
        return self.y

    # gbeta = sum g, ggamma = sum g x^, gx = gamma / std (g - mean(g) - x^ mean(g x^)), means over the whole batch
    def backward(self, g):
        xp = backend.of(g)
        channels = len(self.gamma)
        gx = xp.empty_like(g)
        g_rows, x_rows, y_rows, gx_rows = (self.rows(v) for v in (g, self.x, self.y, gx))
        pieces = self.pieces(g_rows)
        sums = xp.zeros((2, channels), np.float64)  # of g and g x
        for s in pieces:
            if self.slope != 1:
                leak_back(g_rows[s], y_rows[s], self.slope, gx_rows[s])
            piece = g_rows[s] if self.slope == 1 else gx_rows[s]
            sums[0] += _channels(piece.sum(axis=0), channels)
            sums[1] += _channels(xp.einsum("ij,ij->j", piece, x_rows[s]), channels)
        sums[1] = (sums[1] - sums[0] * self.mean) * self.inv_std  # of g x^
        g_beta, g_gamma = sums.astype(
            g.dtype
        )  # this share's: they are added up with the other gradients
        parallel.all_reduce([sums])
        mean_g, mean_gx = (sums / self.count).astype(g.dtype)
        # gx = scale g + of_x x + rest
        scale = self.gamma * self.inv_std
        of_x = -scale * self.inv_std * mean_gx
        rest = -scale * mean_g - of_x * self.mean
        scale, of_x, rest = (self.wide(v, g_rows) for v in (scale, of_x, rest))
        for s in pieces:
            scaled = xp.multiply(
                x_rows[s], of_x, out=workspace.buffer("scaled", x_rows[s].shape, g)
            )
            scaled += rest
            out = xp.multiply(g_rows[s] if self.slope == 1 else gx_rows[s], scale, out=gx_rows[s])
            out += scaled
        return gx, g_gamma, g_beta

    @staticmethod
    def rows(x):
        return _rows(x)

    @staticmethod
    def pieces(rows):
        return list(backend.pieces(len(rows), rows.shape[1] * rows.itemsize, rows))

    @staticmethod
    def wide(vector, rows):
        """A number a channel, repeated for all cells of a row: NumPy is fastest along long runs."""
        xp = backend.of(rows)
        wide = xp.empty((rows.shape[1] // len(vector), len(vector)), vector.dtype)
        wide[...] = vector
        return wide.reshape(-1)


def _rows(x):
    """x (N, H, W, C) as a matrix whose rows are some of its rows, about 2048 numbers: long enough for NumPy's loops, and many to a piece."""
    _, h, w, c = x.shape
    together = 1
    while together * w * c < 2048 and h % (2 * together) == 0:
        together *= 2
    return x.reshape(-1, together * w * c)


def _channels(row, channels: int):
    """The sums of a row's cells (L C,) a channel: (C,)."""
    return row.reshape(-1, channels).sum(axis=0)


def batch_norm(
    x,
    gamma,
    beta,
    moving_mean,
    moving_var,
    training: bool,
    momentum: float = 0.99,
    epsilon: float = 1e-3,
    slope: float = 1,
) -> Tensor:
    """Normalise x (N, H, W, C) per channel; gamma, beta and the moving arrays are (C,).

    In training with the batch's own statistics, which also move the two moving arrays, in place, a step 1 - momentum
    towards them (the variance unbiased, as Keras' fused kernel has it). Otherwise with the moving ones.
    slope: LeakyReLU of the result in the same pass; 1 is none.
    """
    if not training:
        inv_std = 1 / backend.of(moving_var).sqrt(moving_var + epsilon)
        scale = gamma * inv_std
        y = x * scale + (beta - scale * moving_mean)
        return y if slope == 1 else leaky_relu(y, slope)
    op = BatchNorm(epsilon, slope)
    y = op(x, gamma, beta)
    for moving, now in (
        (moving_mean, op.mean),
        (moving_var, op.var * (op.count / max(op.count - 1, 1))),
    ):
        moving *= momentum
        moving += ((1 - momentum) * now).astype(moving.dtype)
    return y
