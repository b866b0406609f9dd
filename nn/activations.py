"""Nonlinearities: ReLU and its leaky and learnt relatives, sigmoid, softmax."""

from __future__ import annotations

from . import backend
from .switch import has_fast_form
from .tensor import Function, Tensor


class LeakyReLU(Function):
    """y = x where x > 0, slope * x elsewhere (Maas et al. 2013)."""

    def __init__(self, slope: float):
        self.slope = slope

    def forward(self, x):
        self.positive = x > 0
        return backend.of(x).where(self.positive, x, self.slope * x)

    # gx = g where x > 0, slope * g elsewhere
    def backward(self, g):
        return backend.of(g).where(self.positive, g, self.slope * g)


class PReLU(Function):
    """y = x where x > 0, alpha_c x elsewhere; alpha is learnt (He et al. 2015, eq. 1)."""

    def forward(self, x, alpha):  # x (..., C), alpha (C,)
        xp = backend.of(x)
        self.x, self.alpha = x, alpha
        return xp.minimum(x, 0) * alpha + xp.maximum(x, 0)

    # gx as for LeakyReLU; galpha_c = sum of g x over the cells of channel c where x <= 0
    def backward(self, g):
        xp = backend.of(g)
        positive = self.x > 0
        gx_below = xp.where(positive, 0, g * self.x)
        g_alpha = gx_below.sum(axis=tuple(range(g.ndim - 1)), dtype=g.dtype)
        return xp.where(positive, g, g * self.alpha), g_alpha


class Sigmoid(Function):
    """y = 1 / (1 + e^-x), written with tanh, which never overflows."""

    def forward(self, x):
        self.y = backend.of(x).tanh(x * 0.5) * 0.5 + 0.5
        return self.y

    # gx = g y (1 - y)
    def backward(self, g):
        return g * self.y * (1 - self.y)


class Softmax(Function):
    """y_k = e^x_k / sum_j e^x_j along an axis."""

    def __init__(self, axis: int):
        self.axis = axis

    def forward(self, x):
        # Subtracting the largest x changes no y, and e^x cannot overflow.
        e = backend.of(x).exp(x - x.max(axis=self.axis, keepdims=True))
        self.y = e / e.sum(axis=self.axis, keepdims=True)
        return self.y

    # gx = y (g - sum_k g_k y_k)
    def backward(self, g):
        return self.y * (g - (g * self.y).sum(axis=self.axis, keepdims=True))


def relu(x) -> Tensor:
    """x where x > 0, 0 elsewhere; any shape."""
    return leaky_relu(x, 0.0)


@has_fast_form
def leaky_relu(x, slope: float = 0.3) -> Tensor:
    """x where x > 0, slope * x elsewhere; any shape; 0 <= slope < 1."""
    return LeakyReLU(slope)(x)


def prelu(x, alpha) -> Tensor:
    """x (..., C) where x > 0, alpha (C,) * x elsewhere."""
    return PReLU()(x, alpha)


def sigmoid(x) -> Tensor:
    """1 / (1 + e^-x), elementwise."""
    return Sigmoid()(x)


def softmax(x, axis: int = -1) -> Tensor:
    """e^x / sum of e^x along the axis: positive numbers that add up to 1; x's shape."""
    return Softmax(axis)(x)
