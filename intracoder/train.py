"""Training the coder: both people in each step."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import nn

from .augment import relight, warp
from .model import Intracoder, halved

EDGES = 2.0  # what differences between neighbouring pixels count, against the pixels themselves


def epoch(
    model: Intracoder,
    faces: dict[str, np.ndarray],
    weights: np.ndarray,
    batch: int,
    optimiser: nn.Adam,
    rng: np.random.Generator,
) -> Iterator[tuple[float, int]]:
    """One epoch: as many pairs as the person with more faces has, each shown warped and asked for straight.

    faces {"a", "b"}: (N, 128, 128, 3) uint8; weights (128, 128): how much each pixel counts; batch: pairs a step. Yields (loss, pairs) after
    each step, the loss being that of both added up. Raises nn.train.Diverged if a loss is not finite.
    """
    model.train()
    count = max(len(f) for f in faces.values())
    order = {
        k: np.concatenate([rng.permutation(len(f)) for _ in range(-(-count // len(f)))])[:count]
        for k, f in faces.items()
    }
    seeds = rng.integers(1 << 32, size=count)
    xp = nn.backend.of(model.parameters()[0].data)
    weights = xp.asarray(weights[None, ..., None])

    def loss_of(pairs):
        own = np.random.default_rng(seeds[pairs])
        a, b = (faces[k][order[k][pairs]] for k in "ab")
        shown = relight(warp(halved(np.concatenate([a, b])), own), own, 0.08)
        drawn = model.both(xp.asarray(shown), len(pairs))
        straight = (xp.asarray(f, dtype=np.float32) * np.float32(1 / 255) for f in (a, b))
        losses = [nn.edge_l1(d, s, weights, EDGES) for d, s in zip(drawn, straight, strict=True)]
        return losses[0] + losses[1]

    yield from nn.train.epoch(nn.train.minibatches(count, batch, rng), loss_of, model, optimiser)


def draw_as(model: Intracoder, faces: np.ndarray, identity: str, batch: int = 16) -> np.ndarray:
    """Faces (N, 128, 128, 3) uint8 as `identity` would look in their pose and expression: the same shape, float32, about 0..1."""
    xp = nn.backend.of(model.parameters()[0].data)
    return nn.backend.to_numpy(
        nn.train.infer(model.path(identity), xp.asarray(halved(faces)), batch)
    )
