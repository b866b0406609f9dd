"""Using a trained intracoder."""

from __future__ import annotations

import numpy as np

import nn

from .model import Intracoder


def draw_as(model: Intracoder, faces: np.ndarray, identity: str, batch: int = 64) -> np.ndarray:
    """Faces (N, 32, 32, 3), 0..1, as `identity` would look in their pose and expression: the same shape."""
    with model.inference():
        parts = [model.reconstruct(faces[i : i + batch], identity).data for i in range(0, len(faces), batch)]
    return nn.backend.of(faces).concatenate(parts) if parts else faces
