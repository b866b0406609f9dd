"""The loss of today's nets, with its gradient computed in the forward pass."""

from __future__ import annotations

from .. import backend
from ..tensor import Function, Tensor


class EdgeL1(Function):
    """`nn.edge_l1`. It shares d and its differences between the loss and the gradient."""

    def __init__(self, weights, edges: float):
        self.weights, self.edges = weights, edges

    # L = sum w |d| / n + e sum w |D d| / n,  where D takes differences along rows or columns, so
    # dL/dd = w sign(d) / n + e D^T (w sign(D d)) / n
    def forward(self, prediction, target):
        xp = backend.of(prediction)
        d = prediction - target  # (N, H, W, C)
        w = xp.asarray(self.weights, dtype=d.dtype) * (1 / d.size)
        self.gradient = xp.sign(d)
        self.gradient *= w
        loss = xp.vdot(self.gradient, d)
        for axis in (1, 2):
            ends = slice(1, None), slice(None, -1)
            after, before = ((slice(None),) * axis + (end,) for end in ends)
            step = d[after] - d[before]
            of_step = xp.sign(step)
            of_step *= w[after] * self.edges
            loss += xp.vdot(of_step, step)
            self.gradient[after] += of_step
            self.gradient[before] -= of_step
        return xp.asarray(loss)

    def backward(self, g):
        gp = self.gradient * g
        return gp, -gp if self.needs(1) else None


def edge_l1(prediction, target, weights, edges: float = 1.0) -> Tensor:
    """`nn.edge_l1`."""
    return EdgeL1(weights, edges)(prediction, target)
