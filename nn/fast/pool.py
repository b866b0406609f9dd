"""Pooling with fewer passes over memory."""

from __future__ import annotations

import math

from .. import backend, pool
from ..pool import output_size
from ..tensor import Function, Tensor


class MaxPool(pool.MaxPool):
    """First the largest cell of each column of a window, then the largest of these.

    That takes 2 size passes over memory instead of size^2. Padding is never the largest cell. So
    nothing is padded at the end: windows that reach over it are cut short.
    """

    def forward(self, x):  # (N, H, W, C)
        grid = [output_size(n, self.size, self.stride, self.padding) for n in x.shape[1:3]]
        self.x = x
        if any(before for _, before, _ in grid):
            x = self.pad(x, -math.inf)
        (oh, *_), (ow, *_) = grid
        tall = self._largest(x, 1, oh)  # (N, OH, W, C), in long runs of memory
        self.y = self._largest(tall, 2, ow)  # (N, OH, OW, C)
        return self.y

    def _largest(self, x, axis: int, count: int):
        """The largest cell of each of `count` windows along an axis."""
        ahead, maximum = (slice(None),) * axis, backend.of(x).maximum
        last = (count - 1) * self.stride + 1
        y = x[ahead + (slice(0, last, self.stride),)].copy()
        for tap in range(1, self.size):
            cells = x[ahead + (slice(tap, tap + last, self.stride),)]
            part = y[ahead + (slice(cells.shape[axis]),)]
            maximum(part, cells, out=part)
        return y

    # as in the plain form, which goes through the padded input
    def backward(self, g):
        self.x = self.pad(self.x, -math.inf)
        return super().backward(g)


class TiledAvgPool(Function):
    """Means of windows that lie side by side and cover the input."""

    def __init__(self, size: int):
        self.size = size

    def forward(self, x):  # (N, H, W, C)
        xp, f = backend.of(x), self.size
        n, h, w, c = self.shape = x.shape
        rows = x.reshape(n, h // f, f, w * c).sum(axis=2)
        # A matrix product adds the cells of a row, because NumPy is slow on runs of only C numbers.
        self.mix = xp.tile(xp.eye(c, dtype=x.dtype), (f, 1)) / x.dtype.type(f * f)  # (f C, C)
        return (rows.reshape(-1, f * c) @ self.mix).reshape(n, h // f, w // f, c)

    # every cell of a window gets g / size^2
    def backward(self, g):
        (n, h, w, c), f = self.shape, self.size
        row = (g.reshape(-1, c) @ self.mix.T).reshape(n, h // f, 1, w * c)
        return backend.of(g).repeat(row, f, axis=2).reshape(self.shape)


def max_pool2d(x, size: int = 2, stride: int | None = None, padding: str = "valid") -> Tensor:
    """`nn.max_pool2d`."""
    return MaxPool(size, stride or size, padding)(x)


def avg_pool2d(x, size: int = 2, stride: int | None = None, padding: str = "valid") -> Tensor:
    """`nn.avg_pool2d`."""
    if (stride or size) == size and x.shape[1] % size == x.shape[2] % size == 0:
        return TiledAvgPool(size)(x)
    return pool.AvgPool(size, stride or size, padding)(x)
