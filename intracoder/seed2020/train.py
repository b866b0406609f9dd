"""Training the intracoder of 2020: an epoch on one person's faces."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import nn


def epoch(
    path: nn.Sequential, faces: np.ndarray, batches: Iterator[np.ndarray], optimiser: nn.Adam
) -> Iterator[tuple[float, int]]:
    """Train one person's autoencoder by mean squared error; yields (loss, images) after each step.

    path     of that person, from `Intracoder.path`
    faces    (N, 32, 32, 3), 0..1
    batches  indices of faces, from nn.train.minibatches

    Raises nn.train.Diverged if a loss is not finite.
    """
    fused = nn.fast.fuse(path.train())
    xp = nn.backend.of(faces)

    def loss_of(picked: np.ndarray) -> nn.Tensor:
        originals = faces[xp.asarray(picked)]
        return nn.mse(fused(originals), originals)

    yield from nn.train.epoch(batches, loss_of, path, optimiser)
