"""Pooling with fewer passes over memory."""

from __future__ import annotations

import math

from .. import backend, pool
from ..tensor import Function, Tensor


class MaxPool(pool.MaxPool):
    """First the largest cell of each column of a window, then the largest of these.

    That takes 2 size passes over memory instead of size^2.
    """

    def forward(self, x):  # (N, H, W, C)
        self.x = self.pad(x, -math.inf)
        rows, columns = (
            [slice(i, i + n * self.stride, self.stride) for i in range(self.size)] for n in self.out
        )
        tall = _largest([self.x[:, r] for r in rows])  # (N, OH, W, C), in long runs of memory
        self.y = _largest([tall[:, :, c] for c in columns])  # (N, OH, OW, C)
        return self.y


def _largest(arrays: list):
    maximum = backend.of(arrays[0]).maximum
    if len(arrays) == 1:
        return arrays[0]
    y = maximum(*arrays[:2])
    for further in arrays[2:]:
        maximum(y, further, out=y)
    return y


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
