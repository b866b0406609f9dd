"""Nonlinearities: ReLU and its leaky and learnt relatives, sigmoid, softmax."""

from __future__ import annotations

from . import backend
from .fast import workspace
from .ops import Function, Tensor


def leak(x, slope) -> None:
    """LeakyReLU of x in place, or with a slope for each channel (C,) PReLU: where x < 0 it becomes slope x."""
    xp = backend.of(x)
    if isinstance(slope, float | int):
        if slope != 1:
            xp.maximum(x, xp.multiply(x, slope, out=workspace.buffer("leak", x.shape, x)), out=x)
        return
    # x + (slope - 1) min(x, 0), which holds for slopes above 1, too; the zeros as an array, since NumPy is slow with a number there
    below = xp.minimum(x, workspace.zeros(x.shape, x), out=workspace.buffer("leak", x.shape, x))
    below *= slope - 1
    x += below


def leak_back(g, y, slope: float, out) -> None:
    """out = g where y > 0, slope g elsewhere: the gradient of `leak`, whose result y has the sign of its input."""
    # As arithmetic on the mask: NumPy selects element by element with `where`, 10 times slower.
    xp = backend.of(g)
    xp.multiply(xp.greater(y, 0), g.dtype.type(1 - slope), out=out)
    out += slope
    out *= g


class LeakyReLU(Function):
    """y = x where x > 0, slope * x elsewhere, 0 <= slope < 1 (Maas et al. 2013)."""

    def __init__(self, slope: float):
        self.slope = slope

    def forward(self, x):
        self.y = y = x.copy()
        for s in pieces(x):
            leak(y[s], self.slope)
        return y

    # g where x > 0, slope * g elsewhere
    def backward(self, g):
        return leaked_gradient(g, self.y, self.slope)


def leaked_gradient(g, y, slope: float):
    """`leak_back` on all of g: a new array, or g itself at slope 1."""
    if slope == 1:
        return g
    gx = backend.of(g).empty(g.shape, g.dtype)
    for s in pieces(g):
        leak_back(g[s], y[s], slope, gx[s])
    return gx


def pieces(x):
    """Slices of x's first axis that fit the cache."""
    return backend.pieces(len(x), x[:1].size * x.itemsize, x) if x.ndim else [...]


class PReLU(Function):
    """y = x where x > 0, alpha_c * x elsewhere, alpha learnt per channel (He et al. 2015, eq. 1)."""

    def forward(self, x, alpha):  # x (..., C), alpha (C,)
        xp = backend.of(x)
        self.x, self.alpha = x, alpha
        y = xp.minimum(x, 0)
        y *= alpha
        y += xp.maximum(x, 0)
        return y

    # gx as for LeakyReLU; d alpha_c = sum of g x over the negative x of channel c
    def backward(self, g):
        xp = backend.of(g)
        positive = self.x > 0
        g_alpha = xp.where(positive, 0, g * self.x).sum(
            axis=tuple(range(g.ndim - 1)), dtype=g.dtype
        )
        return xp.where(positive, g, g * self.alpha), g_alpha


class Sigmoid(Function):
    def forward(self, x):
        xp = backend.of(x)
        # tanh neither overflows nor needs the two cases of 1 / (1 + e^-x)
        self.y = xp.tanh(x * 0.5) * 0.5 + 0.5
        return self.y

    # dy = y (1 - y) dx
    def backward(self, g):
        return g * self.y * (1 - self.y)


class Softmax(Function):
    def __init__(self, axis: int):
        self.axis = axis

    def forward(self, x):
        e = backend.of(x).exp(
            x - x.max(axis=self.axis, keepdims=True)
        )  # the shift cancels and prevents overflow
        self.y = e / e.sum(axis=self.axis, keepdims=True)
        return self.y

    # gx = y (g - sum_k g_k y_k)
    def backward(self, g):
        return self.y * (g - (g * self.y).sum(axis=self.axis, keepdims=True))


def relu(x) -> Tensor:
    return LeakyReLU(0.0)(x)


def leaky_relu(x, slope: float = 0.3) -> Tensor:
    return LeakyReLU(slope)(x)


def prelu(x, alpha) -> Tensor:
    return PReLU()(x, alpha)


def sigmoid(x) -> Tensor:
    return Sigmoid()(x)


def softmax(x, axis: int = -1) -> Tensor:
    return Softmax(axis)(x)
