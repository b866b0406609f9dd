"""Using the trained net: encode a face of one person, decode it as the other."""

from __future__ import annotations

import numpy as np

import nn

from .model import Intracoder, downsample


def draw_as(
    model: Intracoder,
    faces: np.ndarray,
    identity: str,
    move: np.ndarray | None = None,
    batch: int = 16,
) -> np.ndarray:
    """Faces (N, 128, 128, 3) uint8 -> `identity` in their pose and expression, float32, 0..1.

    move  (256,) is added to their codes, see identity.measure_move
    """
    xp = nn.backend.of(model.parameters()[0].data)
    inputs = xp.asarray(downsample(faces))  # (N, 64, 64, 3)
    steps = [model.encoder, model.decoder(identity)]
    if move is not None:
        move = xp.asarray(move)
        steps.insert(1, lambda code: code + move)
    return nn.backend.to_numpy(nn.train.infer(nn.Sequential(*steps), inputs, batch))
