"""Losses: one number for two images (or batches) of equal shape."""

from __future__ import annotations

import numpy as np

from . import backend
from .ops import absolute, matmul, mean, reshape
from .tensor import Function, Tensor


class MeanSquaredError(Function):
    """Fused, because every training step ends in it: one pass forward, one back."""

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
    return mean(absolute(_tensor(prediction) - target))


class EdgeL1(Function):
    """Fused, as every training step ends in it."""

    def __init__(self, weights, edges: float):
        self.weights, self.edges = weights, edges

    # L = sum w |d| / n + e sum w |d[i + 1] - d[i]| / n along rows and columns, d = p - t.  Where D takes differences along an axis,
    # dL/dd = w sign(d) / n + e D^T (w sign(D d)) / n
    def forward(self, prediction, target):
        xp = backend.of(prediction)
        d = prediction - target  # (N, H, W, C)
        w = xp.asarray(self.weights, dtype=d.dtype) * (1 / d.size)
        self.slope = xp.sign(d)
        self.slope *= w
        loss = xp.vdot(self.slope, d)
        for axis in (1, 2):
            after, before = (
                (slice(None),) * axis + (s,) for s in (slice(1, None), slice(None, -1))
            )
            step = d[after] - d[before]
            slope = xp.sign(step)
            slope *= w[after] * self.edges
            loss += xp.vdot(slope, step)
            self.slope[after] += slope
            self.slope[before] -= slope
        return xp.asarray(loss)

    def backward(self, g):
        gp = self.slope * g
        return gp, -gp if self.needs(1) else None


def edge_l1(prediction, target, weights, edges: float = 1.0) -> Tensor:
    """Mean absolute difference of images (N, H, W, C), and `edges` times that of their differences between neighbouring pixels.

    The second part makes a blurred edge cost more than a faint one (cf. Mathieu et al. 2016, eq. 6). weights (1, H, W, 1) or (N, H, W, 1)
    say how much each pixel counts.
    """
    return EdgeL1(weights, edges)(prediction, target)


def dssim(prediction, target, sigma: float = 1.5, size: int = 11, peak: float = 1.0) -> Tensor:
    """(1 - SSIM) / 2 averaged over an image (N, H, W, C) with values 0..peak: 0 for equal images, 1 at the most.

    SSIM after Wang, Bovik, Sheikh & Simoncelli 2004, eq. 13, with their Gaussian window, whole windows only.
    Raises ValueError for images smaller than the window.
    """
    x, y = _tensor(prediction), _tensor(target)
    c1, c2 = (0.01 * peak) ** 2, (0.03 * peak) ** 2
    blur = _gaussian_filter(x, sigma, size)
    mx, my = blur(x), blur(y)
    vx, vy, vxy = blur(x * x) - mx * mx, blur(y * y) - my * my, blur(x * y) - mx * my
    ssim = ((mx * my * 2 + c1) * (vxy * 2 + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return (1 - mean(ssim)) * 0.5


def _gaussian_filter(like: Tensor, sigma: float, size: int):
    """A function that filters (N, H, W, C): two products with banded matrices, first down the rows, then along them."""
    n, h, w, c = like.shape
    if min(h, w) < size:
        raise ValueError(f"dssim needs images of at least {size}x{size}, not {h}x{w}")
    taps = np.exp(-0.5 * ((np.arange(size) - (size - 1) / 2) / sigma) ** 2)
    taps /= taps.sum()

    def band(length):  # (length - size + 1, length)
        matrix = sum(t * np.eye(length - size + 1, length, i) for i, t in enumerate(taps))
        return backend.of(like.data).asarray(matrix, dtype=like.dtype)

    down, along = band(h), band(w)

    def blur(x):
        x = matmul(down, reshape(x, n, h, w * c))  # (N, H', W C)
        return matmul(along, reshape(x, n * len(down), w, c))  # (N H', W', C)

    return blur


def _tensor(x) -> Tensor:
    return x if isinstance(x, Tensor) else Tensor(x)
