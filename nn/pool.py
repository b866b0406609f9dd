"""Pooling and nearest-neighbour upsampling of NHWC arrays.

A pool visits the taps of its window one by one: tap (i, j) of all windows at once is a strided
slice of the input.
"""

from __future__ import annotations

import math

from . import backend
from .switch import has_fast_form
from .tensor import Function, Tensor

PADDINGS = ("valid", "same", "ceil")  # see `output_size`


def output_size(n: int, size: int, stride: int, padding: str) -> tuple[int, int, int]:
    """(outputs, cells padded before, cells padded after) along one axis of length n.

    valid  windows wholly inside: floor((n - size) / stride) + 1
    same   TensorFlow's: ceil(n / stride) outputs, the odd padding cell at the end
    ceil   Caffe's: a last window that hangs over the end, padded there only

    Raises ValueError for another padding, or where not one window fits.
    """
    if padding == "valid":
        count, before = (n - size) // stride + 1, 0
    elif padding == "same":
        count = math.ceil(n / stride)
        before = max((count - 1) * stride + size - n, 0) // 2
    elif padding == "ceil":
        count, before = math.ceil((n - size) / stride) + 1, 0
    else:
        raise ValueError(f"padding is one of {', '.join(PADDINGS)}, not {padding!r}")
    if count < 1:
        raise ValueError(f"a window of {size} does not fit into {n} cells")
    return count, before, max((count - 1) * stride + size - n - before, 0)


class Pool(Function):
    """Shared by the pools: where the windows lie over an image (N, H, W, C)."""

    def __init__(self, size: int, stride: int, padding: str):
        self.size, self.stride, self.padding = size, stride, padding

    def pad(self, x, fill: float):
        """x with the padding that the mode asks for, filled with `fill`."""
        (h, w), size, stride = x.shape[1:3], self.size, self.stride
        self.oh, top, bottom = output_size(h, size, stride, self.padding)
        self.ow, left, right = output_size(w, size, stride, self.padding)
        self.inside = slice(None), slice(top, top + h), slice(left, left + w)
        if not (top or bottom or left or right):
            return x  # `pad` would copy
        borders = (0, 0), (top, bottom), (left, right), (0, 0)
        return backend.of(x).pad(x, borders, constant_values=fill)

    def taps(self):
        """For each tap of the window, the slice of the padded input that it sees."""
        for i in range(self.size):
            for j in range(self.size):
                rows = slice(i, i + (self.oh - 1) * self.stride + 1, self.stride)
                columns = slice(j, j + (self.ow - 1) * self.stride + 1, self.stride)
                yield slice(None), rows, columns


class MaxPool(Pool):
    def forward(self, x):  # (N, H, W, C)
        self.x = self.pad(x, -math.inf)
        self.y = backend.of(x).stack([self.x[tap] for tap in self.taps()]).max(axis=0)
        return self.y  # (N, OH, OW, C)

    # g goes to the largest cell of its window, the first one on a tie
    def backward(self, g):
        xp = backend.of(g)
        gx = xp.zeros(self.x.shape, g.dtype)
        free = xp.ones(g.shape, bool)  # windows whose largest cell is not found yet
        for tap in self.taps():
            here = (self.x[tap] == self.y) & free
            free &= ~here
            gx[tap] += g * here
        return gx[self.inside]


class AvgPool(Pool):
    def forward(self, x):  # (N, H, W, C)
        padded, ones = self.pad(x, 0), self.pad(backend.of(x).ones_like(x[:1, :, :, :1]), 0)
        self.padded_shape = padded.shape
        self.share = 1 / sum(ones[tap] for tap in self.taps())  # padding does not count
        return sum(padded[tap] for tap in self.taps()) * self.share  # (N, OH, OW, C)

    # every cell of a window gets g / count
    def backward(self, g):
        gx = backend.of(g).zeros(self.padded_shape, g.dtype)
        for tap in self.taps():
            gx[tap] += g * self.share
        return gx[self.inside]


class UpsampleNearest(Function):
    def __init__(self, factor: int):
        self.factor = factor

    def forward(self, x):  # (N, H, W, C)
        (n, h, w, c), f = x.shape, self.factor
        y = backend.of(x).empty((n, h, f, w, f, c), x.dtype)
        y[:] = x[:, :, None, :, None, :]
        return y.reshape(n, h * f, w * f, c)

    # a cell gets the sum of g over its f x f copies
    def backward(self, g):
        (n, h, w, c), f = g.shape, self.factor
        copies = g.reshape(n, h // f, f, w // f, f, c)
        gx = copies[:, :, 0, :, 0].copy()
        for i, j in [(i, j) for i in range(f) for j in range(f)][1:]:
            gx += copies[:, :, i, :, j]
        return gx


@has_fast_form
def max_pool2d(x, size: int = 2, stride: int | None = None, padding: str = "valid") -> Tensor:
    """Largest value of each size x size window: (N, H, W, C) -> (N, OH, OW, C).

    The stride is the size unless given; padding as in `output_size`.
    """
    return MaxPool(size, stride or size, padding)(x)


@has_fast_form
def avg_pool2d(x, size: int = 2, stride: int | None = None, padding: str = "valid") -> Tensor:
    """Mean of each size x size window, padding not counted: (N, H, W, C) -> (N, OH, OW, C)."""
    return AvgPool(size, stride or size, padding)(x)


def upsample_nearest(x, factor: int = 2) -> Tensor:
    """Every cell repeated factor x factor times: (N, H, W, C) -> (N, factor H, factor W, C)."""
    return UpsampleNearest(factor)(x)
