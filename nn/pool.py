"""Pooling and nearest-neighbour upsampling of NHWC arrays.

A pool visits its window's offsets one by one: offset (i, j) of all windows at once is a strided slice of the input.
"""

from __future__ import annotations

import math

from . import backend
from .ops import Function, Tensor

PADDINGS = ("valid", "same", "ceil")


def output_size(n: int, size: int, stride: int, padding: str) -> tuple[int, int, int]:
    """(outputs, cells padded before, cells padded after) along one axis of length n.

    valid  windows wholly inside: floor((n - size) / stride) + 1
    same   TensorFlow's: ceil(n / stride) outputs, the odd padding cell at the end
    ceil   Caffe's: a last window that hangs over the end, padded there only
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


class _Pool(Function):
    def __init__(self, size: int, stride: int, padding: str):
        self.size, self.stride, self.padding = size, stride, padding

    def padded(self, x, fill):
        """x with the padding that the mode asks for, filled with `fill`."""
        h, w = x.shape[1:3]
        self.oh, top, bottom = output_size(h, self.size, self.stride, self.padding)
        self.ow, left, right = output_size(w, self.size, self.stride, self.padding)
        self.inside = slice(None), slice(top, top + h), slice(left, left + w)
        if not (top or bottom or left or right):
            return x
        return backend.of(x).pad(
            x, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=fill
        )

    def taps(self):
        """For each offset in the window, the slice of the padded input that holds it for all windows."""
        for i in range(self.size):
            for j in range(self.size):
                rows = slice(i, i + (self.oh - 1) * self.stride + 1, self.stride)
                columns = slice(j, j + (self.ow - 1) * self.stride + 1, self.stride)
                yield slice(None), rows, columns


def _largest(arrays: list):
    xp = backend.of(arrays[0])
    if len(arrays) == 1:
        return arrays[0]
    y = xp.maximum(*arrays[:2])
    for more in arrays[2:]:
        xp.maximum(y, more, out=y)
    return y


class MaxPool(_Pool):
    def forward(self, x):  # (N, H, W, C)
        self.x = self.padded(x, -math.inf)
        # along columns first, in long runs of memory, then along rows what is left
        tall = _largest(
            [
                self.x[:, i : i + (self.oh - 1) * self.stride + 1 : self.stride]
                for i in range(self.size)
            ]
        )  # (N, OH, W, C)
        self.y = _largest(
            [
                tall[:, :, j : j + (self.ow - 1) * self.stride + 1 : self.stride]
                for j in range(self.size)
            ]
        )  # (N, OH, OW, C)
        return self.y

    # g goes to the largest cell of its window, the first one on a tie
    def backward(self, g):
        xp = backend.of(g)
        gx = xp.zeros(self.x.shape, g.dtype)
        free = xp.ones(g.shape, bool)
        for tap in self.taps():
            here = (self.x[tap] == self.y) & free
            free &= ~here
            gx[tap] += g * here
        return gx[self.inside]


class AvgPool(_Pool):
    def forward(self, x):  # (N, H, W, C)
        xp = backend.of(x)
        self.shape = x.shape
        if self.tiled():
            n, h, w, c = x.shape
            f = self.size
            rows = x.reshape(n, h // f, f, w * c).sum(axis=2)
            # the cells of a row are added by a product: runs of C numbers are too short for NumPy's loops
            self.mix = xp.tile(xp.eye(c, dtype=x.dtype), (f, 1)) / x.dtype.type(f * f)  # (f C, C)
            return (rows.reshape(-1, f * c) @ self.mix).reshape(n, h // f, w // f, c)
        padded = self.padded(x, 0)
        self.padded_shape = padded.shape
        ones = xp.zeros((1, *padded.shape[1:3], 1), x.dtype)
        ones[self.inside] = 1
        taps = list(self.taps())
        # cells of padding do not count
        self.share = 1 / sum(ones[tap] for tap in taps)  # (1, OH, OW, 1)
        y = padded[taps[0]].copy()
        for tap in taps[1:]:
            y += padded[tap]
        y *= self.share
        return y

    def tiled(self) -> bool:
        """Whether the windows lie side by side and cover the input."""
        return self.stride == self.size and not (
            self.shape[1] % self.size or self.shape[2] % self.size
        )

    # every cell of a window gets g / count
    def backward(self, g):
        xp = backend.of(g)
        if self.tiled():
            n, h, w, c = self.shape
            f = self.size
            row = (g.reshape(-1, c) @ self.mix.T).reshape(n, h // f, 1, w * c)
            return xp.repeat(row, f, axis=2).reshape(self.shape)
        g = g * self.share
        gx = xp.zeros(self.padded_shape, g.dtype)
        for tap in self.taps():
            gx[tap] += g
        return gx[self.inside]


class UpsampleNearest(Function):
    def __init__(self, factor: int):
        self.factor = factor

    def forward(self, x):  # (N, H, W, C)
        n, h, w, c = x.shape
        f = self.factor
        y = backend.of(x).empty((n, h, f, w, f, c), x.dtype)
        y[:] = x[:, :, None, :, None, :]
        return y.reshape(n, h * f, w * f, c)

    # a cell gets the sum of g over its f x f copies
    def backward(self, g):
        f = self.factor
        n, h, w, c = g.shape
        g = g.reshape(n, h // f, f, w // f, f, c)
        gx = g[:, :, 0, :, 0].copy()
        for i in range(f):
            for j in range(f):
                if i or j:
                    gx += g[:, :, i, :, j]
        return gx


def max_pool2d(x, size: int = 2, stride: int | None = None, padding: str = "valid") -> Tensor:
    """Largest value of each size x size window: (N, H, W, C) -> (N, OH, OW, C); padding as in `output_size`."""
    return MaxPool(size, stride or size, padding)(x)


def avg_pool2d(x, size: int = 2, stride: int | None = None, padding: str = "valid") -> Tensor:
    """Mean of each size x size window, padding not counted: (N, H, W, C) -> (N, OH, OW, C)."""
    return AvgPool(size, stride or size, padding)(x)


def upsample_nearest(x, factor: int = 2) -> Tensor:
    """Every cell repeated factor x factor times: (N, H, W, C) -> (N, factor H, factor W, C)."""
    return UpsampleNearest(factor)(x)
