"""`nn.conv`'s layers on the fast kernels, each with the LeakyReLU that follows it.

`correlate`, `correlate_input` and `correlate_both` choose between Winograd and strips.
`correlate_both` makes both gradients of a layer from one layout of the array that they share.
"""

from __future__ import annotations

from .. import backend, conv
from ..pool import Pair
from ..tensor import Function, Tensor, grad_enabled
from . import phases, strips, winograd
from .activations import leaky_gradient
from .choose import use_all_phases, use_winograd
from .epilogue import NO_EPILOGUE, Epilogue
from .layouts import derive
from .phases import flip, flipped_padding


def correlate(x, w, stride: int, pad_before: Pair, out: Pair, epilogue: Epilogue = NO_EPILOGUE):
    """`nn.conv.correlate`, with an epilogue."""
    if use_winograd((len(x), *out), w.shape, stride, x):
        return winograd.correlate(x, w, pad_before, out, epilogue)
    return strips.correlate(x, w, stride, pad_before, out, epilogue)


def correlate_input(
    g, w, size: Pair, stride: int, pad_before: Pair, epilogue: Epilogue = NO_EPILOGUE
):
    """`nn.conv.correlate_input`, with an epilogue."""
    if use_winograd(g.shape[:3], w.shape, stride, g):
        return winograd.correlate_input(g, w, size, pad_before, epilogue)
    return phases.correlate_input(g, w, size, stride, pad_before, epilogue)


def correlate_both(x, w, g, stride: int, pad_before: Pair):
    """(`correlate` of x and w, `correlate_weight` of x and g), with x laid out once for both."""
    if use_winograd(x.shape[:3], w.shape, stride, x):
        return winograd.correlate_both(x, w, g, pad_before)
    return strips.correlate_both(x, w, g, w.shape[:2], stride, pad_before)


class Conv2d(Function):
    def __init__(self, stride: int, padding, slope):
        self.stride, self.padding, self.slope = stride, padding, slope

    def forward(self, x, w, b=None):  # (N, H, W, I), (kh, kw, I, O), (O,)
        self.pad_before, out = conv.window_grid(x.shape, w.shape, self.stride, self.padding)
        self.x, self.w = x, w
        self.y = correlate(x, w, self.stride, self.pad_before, out, Epilogue(b, self.slope))
        return self.y  # (N, OH, OW, O)

    # As in nn.conv. At stride 1 the windows of g give both gradients: tap i of gw pairs g[r] with
    # x[r + i - pad], that is x[t] with g[t + pad - i], so correlate_weight(g, x) is gw flipped.
    def backward(self, g):
        g = leaky_gradient(g, self.y, self.slope)
        x, w, gx, gw = self.x, self.w, None, None
        if self.stride == 1 and self.needs(0):
            gx, gw = correlate_both(g, flip(w), x, 1, flipped_padding(w, self.pad_before))
            gw = flip(gw)
        else:
            if self.needs(0):
                gx = phases.correlate_input(g, w, x.shape[1:3], self.stride, self.pad_before)
            if self.needs(1):
                gw = strips.correlate_weight(x, g, w.shape[:2], self.stride, self.pad_before)
        return (gx, gw, sum_channels(g))[: len(self.inputs)]


class ConvTranspose2d(Function):
    def __init__(self, stride: int, slope: float):
        self.stride, self.slope = stride, slope

    def forward(self, x, w, b=None):  # (N, H, W, I), (kh, kw, O, I), (O,)
        self.pad_before, size = conv.transposed_grid(x.shape, w.shape, self.stride)
        self.x, self.w = x, w
        epilogue = Epilogue(b, self.slope)
        self.y = correlate_input(x, w, size, self.stride, self.pad_before, epilogue)
        return self.y  # (N, s H, s W, O)

    # as in nn.conv, with g laid out once for both gradients
    def backward(self, g):
        g = leaky_gradient(g, self.y, self.slope)
        gx, gw = correlate_both(g, self.w, self.x, self.stride, self.pad_before)
        return (gx, gw, sum_channels(g))[: len(self.inputs)]


class UpsampledConvTranspose2d(Function):
    """ConvTranspose2d at stride 1 of x upsampled 2 x 2, without making the upsampled array.

    The layer scatters each of the four copies of a cell through w, one cell apart. That is one
    transposed convolution of x at stride 2, whose kernel W is w convolved with a 2 x 2 box: along
    one axis W[j] = w[j] + w[j - 1]. A 3x3 kernel then takes 4 x 4 = 16 products for each cell of x
    instead of 4 x 9.
    """

    def __init__(self, slope: float):
        self.slope = slope

    def forward(self, x, w, b=None):  # (N, H, W, I), (kh, kw, O, I), (O,)
        self.pad_before = tuple((k - 1) // 2 for k in w.shape[:2])
        size = conv.transposed_grid(x.shape, w.shape, 2)[1]
        self.x, self.wide = x, derive(convolve_with_box, w)
        epilogue = Epilogue(b, self.slope)
        if use_all_phases(x, w.shape):
            self.y = phases.correlate_all_phases(x, self.wide, epilogue)
        else:
            self.y = phases.correlate_input(x, self.wide, size, 2, self.pad_before, epilogue)
        return self.y  # (N, 2 H, 2 W, O)

    # as for ConvTranspose2d with the kernel W; gw is the sum of gW at the four shifts of w in W
    def backward(self, g):
        g = leaky_gradient(g, self.y, self.slope)
        kernel = self.wide.shape[:2]
        gx, g_wide = strips.correlate_both(g, self.wide, self.x, kernel, 2, self.pad_before)
        return (gx, sum(_four_shifts(g_wide)), sum_channels(g))[: len(self.inputs)]


def sum_channels(x):
    """The sum of x (N, H, W, C) for each channel: (C,). Columns first, so float32 keeps digits."""
    n, h, w, c = x.shape
    return x.reshape(n * h, w * c).sum(axis=0).reshape(w, c).sum(axis=0)


def convolve_with_box(w):
    """w (kh, kw, ...) convolved with a 2 x 2 box of ones: (kh + 1, kw + 1, ...)."""
    kh, kw = w.shape[:2]
    wide = backend.of(w).zeros((kh + 1, kw + 1, *w.shape[2:]), w.dtype)
    for shifted in _four_shifts(wide):
        shifted += w
    return wide


def _four_shifts(wide):
    """The views (kh, kw, ...) of wide (kh + 1, kw + 1, ...)."""
    kh, kw = wide.shape[:2]
    return [wide[i : kh - 1 + i, j : kw - 1 + j] for i in (0, 1) for j in (0, 1)]


def conv2d(x, w, b=None, stride: int = 1, padding="same", slope=1.0) -> Tensor:
    """`nn.conv2d`, then LeakyReLU of that slope; without gradients also PReLU, slopes (O,)."""
    if not isinstance(slope, float | int) and grad_enabled():
        raise ValueError("slopes as an array have no gradient here; use prelu, or no_grad")
    return Conv2d(stride, padding, slope)(*((x, w) if b is None else (x, w, b)))


def conv_transpose2d(x, w, b=None, stride: int = 1, slope: float = 1.0) -> Tensor:
    """`nn.conv_transpose2d`, then LeakyReLU of that slope."""
    return ConvTranspose2d(stride, slope)(*((x, w) if b is None else (x, w, b)))


def upsampled_conv_transpose2d(x, w, b=None, slope: float = 1.0) -> Tensor:
    """`nn.upsample_nearest`, `nn.conv_transpose2d` at stride 1, then LeakyReLU of that slope."""
    return UpsampledConvTranspose2d(slope)(*((x, w) if b is None else (x, w, b)))
