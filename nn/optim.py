"""Adam: it keeps two moments for each parameter, updates those with a gradient, and clears it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from . import backend
from .switch import has_fast_form
from .tensor import Tensor


class Adam:
    """Adam (Kingma & Ba 2015), in the form at the end of their section 2:

        rate_t = rate sqrt(1 - beta2^t) / (1 - beta1^t),    p -= rate_t m / (sqrt(v) + epsilon)

    One count t of steps for all parameters. `moments` has a pair (m, v) for each parameter, made
    when its first gradient comes.
    """

    def __init__(
        self, rate: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-7
    ):
        self.rate, self.beta1, self.beta2, self.epsilon = rate, beta1, beta2, epsilon
        self.count = 0
        self.moments: dict[Tensor, tuple] = {}

    def step(self, parameters: Iterable[Tensor]) -> None:
        """One step on all of `parameters` that have a gradient."""
        self.count += 1
        rate = self.rate * math.sqrt(1 - self.beta2**self.count) / (1 - self.beta1**self.count)
        for p in parameters:
            if p.grad is None:
                continue
            if p not in self.moments:
                zeros_like = backend.of(p.data).zeros_like
                self.moments[p] = zeros_like(p.data), zeros_like(p.data)
            update_adam(self, p.data, p.grad, self.moments[p], rate)
            p.grad = None


@has_fast_form
def update_adam(adam: Adam, p, g, moments: tuple, rate: float) -> None:
    """Update a parameter p and its moments (m, v), all of one shape, in place."""
    m, v = moments
    m *= adam.beta1
    m += (1 - adam.beta1) * g
    v *= adam.beta2
    v += (1 - adam.beta2) * (g * g)
    p -= rate * (m / (backend.of(p).sqrt(v) + adam.epsilon))


def cosine_annealing(progress: float, last: float) -> float:
    """A factor of the learning rate that falls from 1 to `last` along half a cosine.

    progress  how much of the training is done, 0..1
    (Loshchilov & Hutter 2017, eq. 5.)
    """
    return last + (1 - last) * (0.5 + 0.5 * math.cos(math.pi * progress))
