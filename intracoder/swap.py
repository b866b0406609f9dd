"""Using the trained net: encode a face of one person, decode it as the other."""

from __future__ import annotations

import numpy as np

import nn

from .model import Intracoder, downsample


def draw_as(model: Intracoder, faces: np.ndarray, identity: str, batch: int = 16) -> np.ndarray:
    """Faces (N, 128, 128, 3) uint8 -> `identity` in their pose and expression, float32, 0..1."""
    xp = nn.backend.of(model.parameters()[0].data)
    inputs = xp.asarray(downsample(faces))  # (N, 64, 64, 3)
    return nn.backend.to_numpy(nn.train.infer(model.path(identity), inputs, batch))
