"""Optimisers. Each keeps its state per parameter and updates those parameters that have a gradient, then clears it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from . import backend
from .fast import workspace
from .tensor import Tensor

PIECE_BYTES = 1 << 18  # five arrays at a time are to fit the cache


class SGD:
    """Gradient descent with momentum: v = momentum v - rate g; p += v (Sutskever et al. 2013, eq. 1-2)."""

    def __init__(self, rate: float = 0.01, momentum: float = 0.0):
        self.rate, self.momentum = rate, momentum
        self.velocity: dict[Tensor, object] = {}

    def step(self, parameters: Iterable[Tensor]) -> None:
        for p in parameters:
            if p.grad is None:
                continue
            v = -self.rate * p.grad
            if self.momentum:
                v += self.momentum * self.velocity.get(p, 0)
                self.velocity[p] = v
            p.data += v
            p.grad = None


class Adam:
    """Adam (Kingma & Ba 2015) in the form before their section 2.1: one step count for all parameters,
    rate_t = rate sqrt(1 - beta2^t) / (1 - beta1^t), p -= rate_t m / (sqrt(v) + epsilon).

    The moments live in `moments`, one pair (m, v) a parameter, made when its first gradient comes.
    """

    def __init__(
        self, rate: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-7
    ):
        self.rate, self.beta1, self.beta2, self.epsilon = rate, beta1, beta2, epsilon
        self.count = 0
        self.moments: dict[Tensor, tuple] = {}

    def step(self, parameters: Iterable[Tensor]) -> None:
        """One step on all of `parameters` that have a gradient."""
        parameters = [p for p in parameters if p.grad is not None]
        for p in parameters:
            if p not in self.moments:
                xp = backend.of(p.data)
                self.moments[p] = xp.zeros_like(p.data), xp.zeros_like(p.data)
        self.count += 1
        rate = self.rate * math.sqrt(1 - self.beta2**self.count) / (1 - self.beta1**self.count)
        for p in parameters:
            arrays = (v.reshape(-1) for v in (p.data, p.grad, *self.moments[p]))
            self._update(*arrays, rate)
            p.grad = None

    def _update(self, p, g, m, v, rate: float) -> None:
        """All flat; g is used up. In pieces that stay in the cache over the dozen operations."""
        xp = backend.of(p)
        for s in backend.pieces(len(p), p.itemsize, p, PIECE_BYTES):
            piece, step = g[s], workspace.buffer("step", g[s].shape, g)
            m[s] *= self.beta1
            m[s] += xp.multiply(piece, 1 - self.beta1, out=step)
            v[s] *= self.beta2
            piece *= piece
            v[s] += xp.multiply(piece, 1 - self.beta2, out=step)
            xp.sqrt(v[s], out=step)
            step += self.epsilon
            xp.divide(m[s], step, out=step)
            step *= rate
            p[s] -= step


def cosine_annealing(progress: float, last: float) -> float:
    """A factor of the learning rate that falls from 1 to `last` along half a cosine while progress rises from 0 to 1
    (Loshchilov & Hutter 2017, eq. 5)."""
    return last + (1 - last) * (0.5 + 0.5 * math.cos(math.pi * progress))
