"""Losses: one number for two images (or batches) of equal shape."""

from __future__ import annotations

import numpy as np

from . import backend
from .ops import absolute
from .switch import has_fast_form
from .tensor import Function, Tensor, as_tensor


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
    """Mean squared difference of two tensors of one shape: a scalar."""
    return MeanSquaredError()(prediction, target)


@has_fast_form
def edge_l1(prediction, target, weights, edges: float = 1.0) -> Tensor:
    """Mean absolute difference of images (N, H, W, C), plus that of their edges times `edges`.

    With d = prediction - target, of n numbers, and a weight w for each pixel,

        L = sum_i w[i] |d[i]| / n  +  edges * sum_i w[i + 1] |d[i + 1] - d[i]| / n

    The second sum runs along rows and along columns. It makes a blurred edge cost more than a weak
    one (cf. Mathieu et al. 2016, eq. 6). weights: (1, H, W, 1) or (N, H, W, 1).
    """
    d = as_tensor(prediction) - target
    weights = backend.of(d.data).asarray(weights, dtype=d.dtype) * (1 / d.data.size)
    loss = (absolute(d) * weights).sum()
    for after, before in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[:, :, 1:], np.s_[:, :, :-1])):
        loss = loss + (absolute(d[after] - d[before]) * (weights[after] * edges)).sum()
    return loss
