"""Adam, and how its learning rate falls."""

from __future__ import annotations

import math
from collections.abc import Iterable

from . import backend, parallel
from .switch import has_fast_form
from .tensor import Tensor


class Adam:
    """Adam (Kingma & Ba 2015), in the form at the end of their section 2:

        rate_t = rate sqrt(1 - beta2^t) / (1 - beta1^t),    p -= rate_t m / (sqrt(v) + epsilon)

    with m and v the running means of g and g^2. All parameters share one count t of steps.
    `moments` has a pair (m, v) for each parameter that has had a gradient.
    """

    def __init__(
        self, rate: float = 1e-3, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-7
    ):
        self.rate, self.beta1, self.beta2, self.epsilon = rate, beta1, beta2, epsilon
        self.count = 0
        self.moments: dict[Tensor, tuple] = {}

    def step(self, parameters: Iterable[Tensor]) -> None:
        """Update those of `parameters` that have a gradient, and clear it.

        In a team (`nn.train.epoch`) gradients are summed, and each process updates its part.
        """
        self.count += 1
        rate = self.rate * math.sqrt(1 - self.beta2**self.count) / (1 - self.beta1**self.count)
        reached = [p for p in parameters if p.grad is not None]
        self.begin(reached)
        for i, part, g in parallel.reduce_scatter([p.grad for p in reached]):
            p, m, v = (a.reshape(-1)[part] for a in (reached[i].data, *self.moments[reached[i]]))
            update_adam(self, p, g, (m, v), rate)
        for p in reached:
            p.grad = None

    def begin(self, parameters: Iterable[Tensor]) -> None:
        """Make the moments that are missing, 0."""
        for p in set(parameters) - self.moments.keys():
            zeros_like = backend.of(p.data).zeros_like
            self.moments[p] = zeros_like(p.data), zeros_like(p.data)


@has_fast_form
def update_adam(adam: Adam, p, g, moments: tuple, rate: float) -> None:
    """Update the array p of a parameter and its moments (m, v), all of g's shape, in place.

    m = beta1 m + (1 - beta1) g,    v = beta2 v + (1 - beta2) g^2
    """
    m, v = moments
    m *= adam.beta1
    m += (1 - adam.beta1) * g
    v *= adam.beta2
    v += (1 - adam.beta2) * (g * g)
    p -= rate * (m / (backend.of(p).sqrt(v) + adam.epsilon))


def cosine_annealing(progress: float, last: float) -> float:
    """The learning rate as a fraction of its first value: it falls to `last` along half a cosine.

    progress  how much of the training is done, 0..1
    (Loshchilov & Hutter 2017, eq. 5.)
    """
    return last + (1 - last) * (0.5 + 0.5 * math.cos(math.pi * progress))
