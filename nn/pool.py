"""Pooling and nearest-neighbour upsampling of NHWC arrays.

Cell (i, j) of a window is its tap (i, j). Seen in all windows at once, a tap is a strided slice of
the input, so a loop over the taps takes the place of a loop over the windows.
"""

from __future__ import annotations

import math

from . import backend
from .switch import has_fast_form
from .tensor import Function, Tensor

Pair = tuple[int, int]  # a number for rows, one for columns
PADDINGS = ("valid", "same", "ceil")  # see `output_size`


def output_size(n: int, size: int, stride: int, padding: str) -> tuple[int, int, int]:
    """(outputs, cells padded before, cells padded after) along one axis of length n.

    valid  only windows wholly inside: floor((n - size) / stride) + 1 outputs, no padding
    same   as in TensorFlow: ceil(n / stride) outputs, an odd padding cell at the end
    ceil   as in Caffe: the last window may reach over the end; padding only there

    Raises ValueError for another padding, or where no window fits.
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


def taps(padded, kernel: Pair, stride: int, out: Pair) -> list:
    """For each tap (i, j) of a window, a view of the cells that it sees: (N, OH, OW, C).

    padded (N, H, W, C) must reach to the end of the last window; `out` = (OH, OW).
    """
    (kh, kw), (oh, ow) = kernel, out
    rows = [slice(i, i + stride * oh, stride) for i in range(kh)]
    columns = [slice(j, j + stride * ow, stride) for j in range(kw)]
    return [padded[:, r, c] for r in rows for c in columns]


class Pool(Function):
    """What the pools share: where their windows lie over an image (N, H, W, C)."""

    def __init__(self, size: int, stride: int, padding: str):
        self.size, self.stride, self.padding = size, stride, padding

    def pad(self, x, fill: float):
        """x with the padding of this mode, filled with `fill`; sets `out` and `inside`."""
        h, w = x.shape[1:3]
        oh, top, bottom = output_size(h, self.size, self.stride, self.padding)
        ow, left, right = output_size(w, self.size, self.stride, self.padding)
        self.out = oh, ow
        self.inside = slice(None), slice(top, top + h), slice(left, left + w)
        if not (top or bottom or left or right):
            return x  # `pad` would copy
        borders = (0, 0), (top, bottom), (left, right), (0, 0)
        return backend.of(x).pad(x, borders, constant_values=fill)

    def taps(self, padded) -> list:
        return taps(padded, (self.size, self.size), self.stride, self.out)


class MaxPool(Pool):
    def forward(self, x):  # (N, H, W, C)
        self.x = self.pad(x, -math.inf)
        self.y = backend.of(x).stack(self.taps(self.x)).max(axis=0)
        return self.y  # (N, OH, OW, C)

    # g goes to the largest cell of its window, the first one on a tie
    def backward(self, g):
        xp = backend.of(g)
        gx = xp.zeros(self.x.shape, g.dtype)
        free = xp.ones(g.shape, bool)  # windows whose largest cell is not found yet
        for x_tap, gx_tap in zip(self.taps(self.x), self.taps(gx), strict=True):
            here = (x_tap == self.y) & free
            free &= ~here
            gx_tap += g * here
        return gx[self.inside]


class AvgPool(Pool):
    def forward(self, x):  # (N, H, W, C)
        padded, ones = self.pad(x, 0), self.pad(backend.of(x).ones_like(x[:1, :, :, :1]), 0)
        self.padded_shape = padded.shape
        self.weight = 1 / sum(self.taps(ones))  # 1 / cells of a window that are not padding
        return sum(self.taps(padded)) * self.weight  # (N, OH, OW, C)

    # every cell of a window gets g / count
    def backward(self, g):
        gx = backend.of(g).zeros(self.padded_shape, g.dtype)
        for tap in self.taps(gx):
            tap += g * self.weight
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
        (_, h, w, _), f = g.shape, self.factor
        copies = taps(g, (f, f), f, (h // f, w // f))
        gx = copies[0].copy()
        for further in copies[1:]:
            gx += further
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
