"""Training the intracoder: an epoch on one person's faces."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import nn

from .model import Intracoder


def epoch(
    model: Intracoder,
    identity: str,
    faces: np.ndarray,
    batch: int,
    optimiser: nn.Adam,
    rng: np.random.Generator,
) -> Iterator[tuple[float, int]]:
    """One epoch of identity's autoencoder on `faces` (N, 32, 32, 3), 0..1: mean squared error of the reconstruction.

    Yields (loss, images) after each step. Raises nn.train.Diverged if a loss is not finite.
    """
    model.train()
    path = model.path(identity)

    def loss_of(picked):
        picked = nn.backend.of(faces).asarray(picked)
        return nn.mse(path(faces[picked]), faces[picked])

    yield from nn.train.epoch(
        nn.train.minibatches(len(faces), batch, rng), loss_of, path, optimiser
    )
