"""Losses: one number for two images (or batches) of equal shape."""

from __future__ import annotations

import numpy as np

from . import backend
from .ops import absolute, matmul, mean, reshape
from .switch import has_fast_form
from .tensor import Function, Tensor


class MeanSquaredError(Function):
    """mean((p - t)^2)."""

    def forward(self, prediction, target):
        self.difference = prediction - target
        return backend.of(prediction).asarray((self.difference * self.difference).mean())

    # d mean((p - t)^2) = 2 (p - t) / n (dp - dt)
    def backward(self, g):
        gp = self.difference * (g * (2 / self.difference.size))
        return gp, -gp if self.needs(1) else None


def mse(prediction, target) -> Tensor:
    """Mean squared difference."""
    return MeanSquaredError()(prediction, target)


def l1(prediction, target) -> Tensor:
    """Mean absolute difference."""
    return mean(absolute(_as_tensor(prediction) - target))


@has_fast_form
def edge_l1(prediction, target, weights, edges: float = 1.0) -> Tensor:
    """Mean absolute difference of images (N, H, W, C), plus that of their edges times `edges`.

    With d = prediction - target and n numbers,

        L = sum w |d| / n  +  edges * sum w |d[i + 1] - d[i]| / n

    The second sum runs along rows and along columns. It makes a blurred edge cost more than a weak
    one (cf. Mathieu et al. 2016, eq. 6). weights (1, H, W, 1) or (N, H, W, 1): how much a pixel
    counts.
    """
    d = _as_tensor(prediction) - target
    weights = backend.of(d.data).asarray(weights, dtype=d.dtype) * (1 / d.data.size)
    loss = (absolute(d) * weights).sum()
    for after, before in (
        (np.s_[:, 1:], np.s_[:, :-1]),
        (np.s_[:, :, 1:], np.s_[:, :, :-1]),
    ):
        loss = loss + (absolute(d[after] - d[before]) * (weights[after] * edges)).sum()
    return loss


def dssim(prediction, target, sigma: float = 1.5, size: int = 11, peak: float = 1.0) -> Tensor:
    """(1 - SSIM) / 2 averaged over an image (N, H, W, C): 0 for equal images, 1 at the most.

    SSIM after Wang, Bovik, Sheikh & Simoncelli 2004, eq. 13, with their Gaussian window of `size`
    pixels, whole windows only; values are 0..peak. Raises ValueError for images smaller than that.
    """
    x, y = _as_tensor(prediction), _as_tensor(target)
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    blur = _gaussian_filter(x, sigma, size)
    mx, my = blur(x), blur(y)
    vx, vy, vxy = blur(x * x) - mx * mx, blur(y * y) - my * my, blur(x * y) - mx * my
    ssim = ((mx * my * 2 + c1) * (vxy * 2 + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return (1 - mean(ssim)) * 0.5


def _gaussian_filter(like: Tensor, sigma: float, size: int):
    """A function that filters (N, H, W, C): a banded matrix for the columns, one for the rows."""
    n, h, w, c = like.shape
    if min(h, w) < size:
        raise ValueError(f"dssim needs images of at least {size}x{size}, not {h}x{w}")
    taps = np.exp(-0.5 * ((np.arange(size) - (size - 1) / 2) / sigma) ** 2)
    taps /= taps.sum()

    def banded(length):  # (length - size + 1, length)
        matrix = sum(t * np.eye(length - size + 1, length, i) for i, t in enumerate(taps))
        return backend.of(like.data).asarray(matrix, dtype=like.dtype)

    down, along = banded(h), banded(w)

    def blur(x):
        x = matmul(down, reshape(x, n, h, w * c))  # (N, H', W C)
        return matmul(along, reshape(x, n * len(down), w, c))  # (N H', W', C)

    return blur


def _as_tensor(x) -> Tensor:
    return x if isinstance(x, Tensor) else Tensor(x)
