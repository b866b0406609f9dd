"""Convolution and transposed convolution of NHWC arrays.

A convolution gathers: each output cell is a weighted sum over a window of the input. Its gradient with respect to the
input scatters: each output cell's gradient goes back, weighted, to the window it came from. A transposed convolution is
that scattering used as a layer: the *transpose* of the convolution's matrix, hence the name. So the two ops below are made
of the same three kernels, with the roles of forward and backward exchanged:

                     forward             gradient of the input   gradient of the kernel
    Conv2d           correlate           correlate_input         correlate_weight(x, g)
    ConvTranspose2d  correlate_input     correlate               correlate_weight(g, x)

The kernels are those of `correlate.py`, or of `winograd.py` where that is faster.
"""

from __future__ import annotations

import numpy as np

from . import backend
from .activations import leaked_gradient
from .fast import correlate, winograd
from .pool import output_size
from .tensor import Function, Tensor, grad_enabled


def _borders(n: int, size: int, stride: int, padding) -> tuple[int, int]:
    """Zeros (before, after) an axis of length n: "same" and "valid" as TensorFlow has them, or a number for both."""
    if isinstance(padding, int):
        return padding, padding
    if padding not in ("same", "valid"):
        raise ValueError(f"padding is 'same', 'valid' or a number of cells, not {padding!r}")
    if padding == "valid":
        return 0, 0
    _, before, after = output_size(n, size, stride, "same")
    return before, after


def _method(x, w, stride: int, out: tuple[int, int] | None = None):
    """Whose kernels to use: Winograd's on the CPU for many channels, which spares multiplications, else the plain ones. `out` where not x's size."""
    return (
        winograd
        if backend.of(x) is np and winograd.fits((len(x), *(out or x.shape[1:3])), w.shape, stride)
        else correlate
    )


class Conv2d(Function):
    def __init__(self, stride: int, padding, slope: float):
        self.stride, self.padding, self.slope = stride, padding, slope

    def forward(self, x, w, b=None):  # (N, H, W, I), (kh, kw, I, O), (O,)
        if x.shape[3] != w.shape[2]:
            raise ValueError(
                f"input has {x.shape[3]} channels, the kernel {w.shape} takes {w.shape[2]}"
            )
        sizes = []
        for n, k in zip(x.shape[1:3], w.shape[:2], strict=True):
            before, after = _borders(n, k, self.stride, self.padding)
            if k > before + n + after:
                raise ValueError(f"a kernel of {k} does not fit into {n} cells")
            sizes.append((before, (before + n + after - k) // self.stride + 1))
        self.corner, out = zip(*sizes, strict=True)
        self.x, self.w = x, w
        if _method(x, w, self.stride, out) is winograd:
            self.y = winograd.correlate(x, w, self.corner, out, b, self.slope)
        else:
            self.y = correlate.correlate(x, w, self.stride, self.corner, out, b, self.slope)
        return self.y  # (N, OH, OW, O)

    # gx = scatter of g w^T, gw = sum over windows of window^T g, gb = sum of g
    def backward(self, g):
        g = leaked_gradient(g, self.y, self.slope)
        gx = gw = None
        if self.stride == 1 and self.needs(0):
            # both from the windows of g: gw's cell (i, j) sees x and g at a distance, whichever of them is laid out
            gx, gw = _both(
                g, correlate.turn(self.w), self.x, 1, correlate.turned_corner(self.w, self.corner)
            )
            gw = correlate.turn(gw)
        else:
            if self.needs(0):
                gx = correlate.correlate_input(
                    g, self.w, self.x.shape[1:3], self.stride, self.corner
                )
            if self.needs(1):
                gw = correlate.correlate_weight(
                    self.x, g, self.w.shape[:2], self.stride, self.corner
                )
        return (gx, gw, channel_sum(g))[: len(self.inputs)]


class ConvTranspose2d(Function):
    def __init__(self, stride: int, slope: float):
        self.stride, self.slope = stride, slope

    def forward(self, x, w, b=None):  # (N, H, W, I), (kh, kw, O, I), (O,)
        if x.shape[3] != w.shape[3]:
            raise ValueError(
                f"input has {x.shape[3]} channels, the kernel {w.shape} takes {w.shape[3]}"
            )
        s = self.stride
        size = s * x.shape[1], s * x.shape[2]
        # cut so that a "same" convolution of the result would have the input's size
        self.corner = tuple(
            _borders(n, k, s, "same")[0] for n, k in zip(size, w.shape[:2], strict=True)
        )
        self.x, self.w = x, w
        if _method(x, w, s) is winograd:
            self.y = winograd.correlate_input(x, w, size, self.corner, b, self.slope)
        else:
            self.y = correlate.correlate_input(x, w, size, s, self.corner, b, self.slope)
        return self.y  # (N, s H, s W, O)

    # gx = correlation of g and w, gw = sum over windows of window(g)^T x
    def backward(self, g):
        g = leaked_gradient(g, self.y, self.slope)
        gx, gw = _both(g, self.w, self.x, self.stride, self.corner)
        return (gx, gw, channel_sum(g))[: len(self.inputs)]


class UpsampledConvTranspose2d(Function):
    """ConvTranspose2d at stride 1 of x with every cell repeated 2 x 2, worked out at x's own size.

    A kernel cell sees the same number twice wherever it lies within a repeated cell. So repeating and convolving with w is one
    transposed convolution at stride 2, whose kernel is w spread by one cell each way, W[j] = w[j] + w[j - 1]: for 3x3 kernels 4x4
    = 16 products for each cell of x where 4 x 9 were, and no array of repeated cells.
    """

    def __init__(self, slope: float):
        self.slope = slope

    def forward(self, x, w, b=None):  # (N, H, W, I), (kh, kw, O, I), (O,)
        if x.shape[3] != w.shape[3]:
            raise ValueError(
                f"input has {x.shape[3]} channels, the kernel {w.shape} takes {w.shape[3]}"
            )
        size = 2 * x.shape[1], 2 * x.shape[2]
        self.corner = tuple((k - 1) // 2 for k in w.shape[:2])
        self.x, self.spread = x, spread(w)
        self.y = correlate.correlate_input(x, self.spread, size, 2, self.corner, b, self.slope)
        return self.y  # (N, 2 H, 2 W, O)

    # as for ConvTranspose2d with the spread kernel W, and gw = sum over the places of w in gW
    def backward(self, g):
        g = leaked_gradient(g, self.y, self.slope)
        gx, g_spread = correlate.correlate_both(
            g, self.spread, self.x, self.spread.shape[:2], 2, self.corner
        )
        return (gx, sum(_places(g_spread)), channel_sum(g))[: len(self.inputs)]


def spread(w):
    """w (kh, kw, ...) at each of four places, one cell apart, added up: (kh + 1, kw + 1, ...). The kernel of a convolution and a 2 x 2 sum in one."""
    kh, kw = w.shape[:2]
    wide = backend.of(w).zeros((kh + 1, kw + 1, *w.shape[2:]), w.dtype)
    for place in _places(wide):
        place += w
    return wide


def _places(wide):
    kh, kw = wide.shape[:2]
    return [wide[i : kh - 1 + i, j : kw - 1 + j] for i in (0, 1) for j in (0, 1)]


def _both(x, w, g, stride: int, corner: tuple[int, int]):
    if _method(x, w, stride) is winograd:
        return winograd.correlate_both(x, w, g, corner)
    return correlate.correlate_both(x, w, g, w.shape[:2], stride, corner)


def channel_sum(x):
    """The sum of x (N, H, W, C) over all but its channels: (C,).

    First over whole rows of W C numbers, which NumPy adds along memory, and which sums in pieces (float32 keeps its digits).
    """
    n, h, w, c = x.shape
    return x.reshape(n * h, w * c).sum(axis=0).reshape(w, c).sum(axis=0)


def conv2d(x, w, b=None, stride: int = 1, padding="same", slope: float = 1) -> Tensor:
    """Correlate x (N, H, W, I) with kernel w (kh, kw, I, O), add bias b (O,): (N, OH, OW, O).

    padding: "same" (ceil(H / stride) outputs; on even sizes at stride 2 the odd zero is at the bottom and right),
    "valid" (none), or a number of zeros on every side. slope: LeakyReLU of the result in the same pass; 1 is none; and without a
    gradient also PReLU, an array (O,). Raises ValueError where channels do not agree.
    """
    if not isinstance(slope, float | int) and grad_enabled():
        raise ValueError("slopes as an array have no gradient here; use prelu, or no_grad")
    return Conv2d(stride, padding, slope)(*((x, w) if b is None else (x, w, b)))


def conv_transpose2d(
    x, w, b=None, stride: int = 1, upsampled: bool = False, slope: float = 1
) -> Tensor:
    """The transpose of a "same" convolution: x (N, H, W, I), w (kh, kw, O, I), b (O,) -> (N, stride H, stride W, O).

    upsampled: of x with every cell repeated 2 x 2 (nearest-neighbour upsampling), at stride 1 -> (N, 2 H, 2 W, O). slope as in `conv2d`.
    """
    if upsampled and stride != 1:
        raise ValueError("an upsampled transposed convolution has stride 1")
    op = UpsampledConvTranspose2d(slope) if upsampled else ConvTranspose2d(stride, slope)
    return op(*((x, w) if b is None else (x, w, b)))


def dense(x, w, b=None) -> Tensor:
    """x (N, I) w (I, O) + b (O,): the product that a fully connected layer is."""
    y = (x if isinstance(x, Tensor) else Tensor(x)) @ w
    return y if b is None else y + b
