"""Convolution and transposed convolution of NHWC arrays, as one matrix product each.

What deep learning calls a convolution is a cross-correlation. Each output cell (r, c) is the
weighted sum of one window of the input:

    y[n, r, c, o] = sum over i, j, q of x[n, s r + i - top, s c + j - left, q] w[i, j, q, o]     (1)

with x (N, H, W, I), kernel w (kh, kw, I, O) and stride s. Zeros surround x; `pad_before` = (top,
left) is how many rows of them stand before its first row, and columns before its first column.
im2col turns (1) into one matrix product: it lays out every window as a row of kh kw I numbers, and
then y = columns @ w.

(1) is linear in x and linear in w, so it has two adjoints, which carry a gradient g of y back:

    correlate_input    gx[n, s r + i - top, s c + j - left, q] += g[n, r, c, o] w[i, j, q, o]    (2)
    correlate_weight   gw[i, j, q, o] = sum over n, r, c of the same x[...] times g[n, r, c, o]  (3)

(2) scatters: every output cell returns its gradient, weighted, to the window that it was computed
from. A transposed convolution uses this scattering as a layer: its matrix is the *transpose* of the
convolution's, hence the name. So both layers are made of the same three functions:

                     forward             gradient of the input   gradient of the kernel
    Conv2d           correlate           correlate_input         correlate_weight(x, g)
    ConvTranspose2d  correlate_input     correlate               correlate_weight(g, x)

(Dumoulin & Visin 2016, arXiv 1603.07285, chapter 4.)
"""

from __future__ import annotations

from . import backend
from .pool import Pair, output_size, taps, upsample_nearest
from .switch import has_fast_form
from .tensor import Function, Tensor


def im2col(x, kernel: Pair, stride: int, pad_before: Pair, out: Pair):
    """Every window of x (N, H, W, I) as a row: (N OH OW, kh kw I)."""
    xp, (n, h, w, inputs), (top, left) = backend.of(x), x.shape, pad_before
    padded = xp.zeros((n, *padded_size((h, w), kernel, stride, pad_before, out), inputs), x.dtype)
    padded[:, top : top + h, left : left + w] = x
    return xp.stack(taps(padded, kernel, stride, out), axis=3).reshape(n * out[0] * out[1], -1)


def correlate(x, w, stride: int, pad_before: Pair, out: Pair):
    """Equation (1): x (N, H, W, I), w (kh, kw, I, O) -> y (N, OH, OW, O) with `out` = (OH, OW)."""
    columns = im2col(x, w.shape[:2], stride, pad_before, out)  # (N OH OW, kh kw I)
    return (columns @ w.reshape(-1, w.shape[3])).reshape(len(x), *out, w.shape[3])


def correlate_input(g, w, size: Pair, stride: int, pad_before: Pair):
    """Equation (2): g (N, OH, OW, O), w (kh, kw, I, O) -> gx (N, H, W, I) with `size` = (H, W)."""
    (n, *out, outputs), (kh, kw, inputs, _), (top, left) = g.shape, w.shape, pad_before
    columns = g.reshape(-1, outputs) @ w.reshape(-1, outputs).T  # (N OH OW, kh kw I)
    columns = columns.reshape(n, *out, kh * kw, inputs)
    padded = padded_size(size, (kh, kw), stride, pad_before, out)
    gx = backend.of(g).zeros((n, *padded, inputs), g.dtype)
    for k, tap in enumerate(taps(gx, (kh, kw), stride, out)):
        tap += columns[:, :, :, k]
    return gx[:, top : top + size[0], left : left + size[1]]


def correlate_weight(x, g, kernel: Pair, stride: int, pad_before: Pair):
    """Equation (3): x (N, H, W, I), g (N, OH, OW, O) -> gw (kh, kw, I, O)."""
    columns = im2col(x, kernel, stride, pad_before, g.shape[1:3])  # (N OH OW, kh kw I)
    return (columns.T @ g.reshape(-1, g.shape[3])).reshape(*kernel, x.shape[3], g.shape[3])


def padded_size(size: Pair, kernel: Pair, stride: int, pad_before: Pair, out: Pair) -> list[int]:
    """The size of an image with its zeros, large enough for itself and for the last window."""
    axes = zip(size, kernel, pad_before, out, strict=True)
    return [max(before + n, stride * (count - 1) + k) for n, k, before, count in axes]


class Conv2d(Function):
    def __init__(self, stride: int, padding):
        self.stride, self.padding = stride, padding

    def forward(self, x, w):  # (N, H, W, I), (kh, kw, I, O)
        self.pad_before, out = window_grid(x.shape, w.shape, self.stride, self.padding)
        self.x, self.w = x, w
        return correlate(x, w, self.stride, self.pad_before, out)  # (N, OH, OW, O)

    # gx by equation (2), gw by equation (3)
    def backward(self, g):
        x, w, how = self.x, self.w, (self.stride, self.pad_before)
        gx = correlate_input(g, w, x.shape[1:3], *how) if self.needs(0) else None
        return gx, correlate_weight(x, g, w.shape[:2], *how)


class ConvTranspose2d(Function):
    def __init__(self, stride: int):
        self.stride = stride

    def forward(self, x, w):  # (N, H, W, I), (kh, kw, O, I)
        self.pad_before, size = transposed_grid(x.shape, w.shape, self.stride)
        self.x, self.w = x, w
        return correlate_input(x, w, size, self.stride, self.pad_before)  # (N, s H, s W, O)

    # The adjoint of (2) is (1): gx by equation (1), gw by equation (3) with x and g exchanged.
    def backward(self, g):
        x, w, how = self.x, self.w, (self.stride, self.pad_before)
        gx = correlate(g, w, *how, x.shape[1:3]) if self.needs(0) else None
        return gx, correlate_weight(g, x, w.shape[:2], *how)


def window_grid(x_shape, w_shape, stride: int, padding) -> tuple[Pair, Pair]:
    """(pad_before, output size) of a convolution.

    Raises ValueError where the channels disagree or the kernel does not fit into the image.
    """
    _check_channels(x_shape[3], w_shape[2])
    grid = []
    for n, k in zip(x_shape[1:3], w_shape[:2], strict=True):
        before, after = _padding(n, k, stride, padding)
        if k > before + n + after:
            raise ValueError(f"a kernel of {k} does not fit into {n} cells")
        grid.append((before, (before + n + after - k) // stride + 1))
    return tuple(zip(*grid, strict=True))


def transposed_grid(x_shape, w_shape, stride: int) -> tuple[Pair, Pair]:
    """(pad_before, output size) such that a "same" convolution of the output has x's size."""
    _check_channels(x_shape[3], w_shape[3])
    size = stride * x_shape[1], stride * x_shape[2]
    pairs = zip(size, w_shape[:2], strict=True)
    return tuple(_padding(n, k, stride, "same")[0] for n, k in pairs), size


def _check_channels(given: int, wanted: int) -> None:
    if given != wanted:
        raise ValueError(f"the input has {given} channels, the kernel takes {wanted}")


def _padding(n: int, kernel: int, stride: int, padding) -> Pair:
    """Zeros before and after an axis of length n: TensorFlow's "same" and "valid", or a number."""
    if isinstance(padding, int):
        return padding, padding
    if padding not in ("same", "valid"):
        raise ValueError(f"padding is 'same', 'valid' or a number of cells, not {padding!r}")
    return output_size(n, kernel, stride, "same")[1:] if padding == "same" else (0, 0)


@has_fast_form
def conv2d(x, w, b=None, stride: int = 1, padding="same") -> Tensor:
    """Convolve x (N, H, W, I) with kernel w (kh, kw, I, O), add bias b (O,): (N, OH, OW, O).

    padding: "same" (ceil(H / stride) outputs; an odd zero goes to the bottom and right), "valid"
    (none), or a number of zeros on every side. Raises ValueError where the shapes do not fit.
    """
    y = Conv2d(stride, padding)(x, w)
    return y if b is None else y + b


@has_fast_form
def conv_transpose2d(x, w, b=None, stride: int = 1) -> Tensor:
    """The transpose of a "same" convolution, plus bias b (O,).

    x (N, H, W, I), w (kh, kw, O, I) -> (N, stride H, stride W, O). Raises ValueError where the
    channels disagree.
    """
    y = ConvTranspose2d(stride)(x, w)
    return y if b is None else y + b


@has_fast_form
def upsampled_conv_transpose2d(x, w, b=None) -> Tensor:
    """`conv_transpose2d` at stride 1 of x upsampled 2 x 2: (N, H, W, I) -> (N, 2 H, 2 W, O)."""
    return conv_transpose2d(upsample_nearest(x, 2), w, b)
