"""Using the trained net of 2020: encode a face of one person, decode it as the other."""

from __future__ import annotations

import numpy as np

import nn

from .model import Intracoder


def draw_as(model: Intracoder, faces: np.ndarray, identity: str, batch: int = 64) -> np.ndarray:
    """Faces (N, 32, 32, 3), 0..1 -> `identity` in their pose and expression, same shape."""
    return nn.train.infer(model.path(identity), faces, batch) if len(faces) else faces
