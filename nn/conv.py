"""Convolution and transposed convolution of NHWC arrays.

A convolution gathers: each output cell is a weighted sum over a window of the input. Its gradient with respect to the
input scatters: each output cell's gradient goes back, weighted, to the window it came from. A transposed convolution is
that scattering used as a layer: the *transpose* of the convolution's matrix, hence the name. So the two ops below are made
of the same three kernels of `correlate.py`, with the roles of forward and backward exchanged:

                     forward             gradient of the input   gradient of the kernel
    Conv2d           correlate           correlate_input         correlate_weight(x, g)
    ConvTranspose2d  correlate_input     correlate               correlate_weight(g, x)
"""

from __future__ import annotations

from . import backend
from .correlate import correlate, correlate_input, correlate_weight, pad
from .pool import output_size
from .tensor import Function, Tensor


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


class Conv2d(Function):
    def __init__(self, stride: int, padding):
        self.stride, self.padding = stride, padding

    def forward(self, x, w, b=None):  # (N, H, W, I), (kh, kw, I, O), (O,)
        if x.shape[3] != w.shape[2]:
            raise ValueError(f"input has {x.shape[3]} channels, the kernel {w.shape} takes {w.shape[2]}")
        h, wide = x.shape[1:3]
        top, bottom = _borders(h, w.shape[0], self.stride, self.padding)
        left, right = _borders(wide, w.shape[1], self.stride, self.padding)
        self.inside = slice(None), slice(top, top + h), slice(left, left + wide)
        self.x, self.w = pad(x, top, bottom, left, right), w
        y = correlate(self.x, w, self.stride)  # (N, OH, OW, O)
        if b is not None:
            y += b
        return y

    # with X the padded input: gX = scatter of g w^T, gw = sum over windows of window^T g, gb = sum of g
    def backward(self, g):
        gx = gw = None
        if self.needs(0):
            gx = correlate_input(g, self.w, self.x.shape[1:3], self.stride)[self.inside]
        if self.needs(1):
            gw = correlate_weight(self.x, g, *self.w.shape[:2], self.stride)
        return (gx, gw, channel_sum(g))[: len(self.inputs)]


class ConvTranspose2d(Function):
    def __init__(self, stride: int):
        self.stride = stride

    def forward(self, x, w, b=None):  # (N, H, W, I), (kh, kw, O, I), (O,)
        if x.shape[3] != w.shape[3]:
            raise ValueError(f"input has {x.shape[3]} channels, the kernel {w.shape} takes {w.shape[3]}")
        s = self.stride
        h, wide = x.shape[1:3]
        # the full scatter, cut so that a "same" convolution of the result would have the input's size
        top, bottom = _borders(h * s, w.shape[0], s, "same")
        left, right = _borders(wide * s, w.shape[1], s, "same")
        self.borders = top, bottom, left, right
        full = h * s + top + bottom, wide * s + left + right
        self.x, self.w = x, w
        y = correlate_input(x, w, full, s)[:, top : top + h * s, left : left + wide * s]  # (N, s H, s W, O)
        return y if b is None else y + b

    # with G the gradient padded to the full scatter: gx = correlation of G and w, gw = sum of window(G)^T x
    def backward(self, g):
        gx = gw = None
        full = pad(g, *self.borders)
        if self.needs(0):
            gx = correlate(full, self.w, self.stride)
        if self.needs(1):
            gw = correlate_weight(full, self.x, *self.w.shape[:2], self.stride)
        return (gx, gw, channel_sum(g))[: len(self.inputs)]


def channel_sum(x):
    """The sum of x (N, H, W, C) over all but its channels: (C,).

    First over whole rows of W C numbers, which NumPy adds along memory, and which sums in pieces (float32 keeps its digits).
    """
    n, h, w, c = x.shape
    return x.reshape(n * h, w * c).sum(axis=0).reshape(w, c).sum(axis=0)


def conv2d(x, w, b=None, stride: int = 1, padding="same") -> Tensor:
    """Correlate x (N, H, W, I) with kernel w (kh, kw, I, O), add bias b (O,): (N, OH, OW, O).

    padding: "same" (ceil(H / stride) outputs; on even sizes at stride 2 the odd zero is at the bottom and right),
    "valid" (none), or a number of zeros on every side. Raises ValueError where channels do not agree.
    """
    inputs = (x, w) if b is None else (x, w, b)
    return Conv2d(stride, padding)(*inputs)


def conv_transpose2d(x, w, b=None, stride: int = 1) -> Tensor:
    """The transpose of a "same" convolution: x (N, H, W, I), w (kh, kw, O, I), b (O,) -> (N, stride H, stride W, O)."""
    inputs = (x, w) if b is None else (x, w, b)
    return ConvTranspose2d(stride)(*inputs)


def dense(x, w, b=None) -> Tensor:
    """x (N, I) w (I, O) + b (O,): the product that a fully connected layer is."""
    y = (x if isinstance(x, Tensor) else Tensor(x)) @ w
    return y if b is None else y + b


__all__ = ["backend", "channel_sum", "conv2d", "conv_transpose2d", "dense"]
