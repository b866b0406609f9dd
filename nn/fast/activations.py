"""LeakyReLU, a piece at a time that stays in the cache."""

from __future__ import annotations

from .. import backend
from ..tensor import Function, Tensor
from .cache import cache_slices
from .epilogue import leak, leak_gradient


class LeakyReLU(Function):
    def __init__(self, slope: float):
        self.slope = slope

    def forward(self, x):
        self.y = y = x.copy()
        for s in _pieces(x):
            leak(y[s], self.slope)
        return y

    # gx = g where x > 0, slope * g elsewhere
    def backward(self, g):
        return leaky_gradient(g, self.y, self.slope)


def leaky_gradient(g, y, slope: float):
    """The gradient of LeakyReLU's input from its result y: a new array, or g itself at slope 1."""
    if slope == 1:
        return g
    gx = backend.of(g).empty(g.shape, g.dtype)
    for s in _pieces(g):
        leak_gradient(g[s], y[s], slope, gx[s])
    return gx


def _pieces(x):
    """Slices of x's first axis that fit the cache."""
    return cache_slices(len(x), x[:1].size * x.itemsize, x) if x.ndim else [...]


def leaky_relu(x, slope: float = 0.3) -> Tensor:
    """`nn.leaky_relu`."""
    return LeakyReLU(slope)(x)
