"""Training and using the colour net of 2020."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import nn

from .model import ColorNet


def epoch(
    path: nn.Sequential,
    drawn: np.ndarray,
    faces: np.ndarray,
    batches: Iterator[np.ndarray],
    optimiser: nn.Adam,
) -> Iterator[tuple[float, int]]:
    """Train one person's colours by mean squared error; yields (loss, images) after each step.

    path     of that person, from `ColorNet.path`
    drawn    (N, 32, 32, 3), 0..1, the faces as the intracoder redraws them
    faces    (N, 128, 128, 3), 0..1, the originals
    batches  indices of faces, from nn.train.minibatches

    Raises nn.train.Diverged if a loss is not finite.
    """
    fused = nn.fast.fuse(path.train())
    xp = nn.backend.of(faces)

    def loss_of(picked: np.ndarray) -> nn.Tensor:
        picked = xp.asarray(picked)
        return nn.mse(fused(drawn[picked]), faces[picked])

    yield from nn.train.epoch(batches, loss_of, path, optimiser)


def colour_as(model: ColorNet, faces: np.ndarray, identity: str, batch: int = 8) -> np.ndarray:
    """Faces (N, 32, 32, 3), 0..1 -> in the colours of `identity`, (N, 128, 128, 3), 0..1."""
    return nn.train.infer(model.path(identity), faces, batch)
