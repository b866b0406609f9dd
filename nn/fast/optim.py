"""Adam in pieces that stay in the cache.

Its dozen operations then read and write memory once, not a dozen times. This matters where several
processes of a team share the memory's bandwidth; one process alone gains little.
"""

from __future__ import annotations

from .. import backend
from . import workspace
from .cache import cache_slices


def update_adam(adam, p, g, moments: tuple, rate: float) -> None:
    """`nn.optim.update_adam`; overwrites g."""
    xp = backend.of(p)
    p, g, m, v = (a.reshape(-1) for a in (p, g, *moments))
    for s in cache_slices(len(p), p.itemsize, p):
        piece, step = g[s], workspace.buffer("step", g[s].shape, g)
        m[s] *= adam.beta1
        m[s] += xp.multiply(piece, 1 - adam.beta1, out=step)
        v[s] *= adam.beta2
        piece *= piece
        v[s] += xp.multiply(piece, 1 - adam.beta2, out=step)
        xp.sqrt(v[s], out=step)
        step += adam.epsilon
        xp.divide(m[s], step, out=step)
        step *= rate
        p[s] -= step
