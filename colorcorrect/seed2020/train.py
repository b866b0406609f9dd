"""Training and using the colour net."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import nn

from .model import ColorNet


def epoch(
    model: ColorNet,
    identity: str,
    drawn: np.ndarray,
    faces: np.ndarray,
    batch: int,
    optimiser: nn.Adam,
    rng: np.random.Generator,
) -> Iterator[tuple[float, int]]:
    """One epoch of identity's colours: `drawn` (N, 32, 32, 3), as the intracoder draws that person's own faces, to
    `faces` (N, 128, 128, 3), 0..1, by mean squared error.

    Yields (loss, images) after each step. Raises nn.train.Diverged if a loss is not finite.
    """
    model.train()
    path = model.path(identity)

    def loss_of(picked):
        picked = nn.backend.of(faces).asarray(picked)
        return nn.mse(path(drawn[picked]), faces[picked])

    yield from nn.train.epoch(
        nn.train.minibatches(len(faces), batch, rng), loss_of, path, optimiser
    )


def colour_as(model: ColorNet, faces: np.ndarray, identity: str, batch: int = 8) -> np.ndarray:
    """Faces (N, 32, 32, 3) in the colours of `identity`: (N, 128, 128, 3), 0..1."""
    return nn.train.infer(model.path(identity), faces, batch)
