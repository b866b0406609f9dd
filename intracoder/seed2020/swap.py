"""Using the trained intracoder of 2020."""

from __future__ import annotations

import numpy as np

import nn

from .model import Intracoder


def draw_as(model: Intracoder, faces: np.ndarray, identity: str, batch: int = 64) -> np.ndarray:
    """Draw faces (N, 32, 32, 3), 0..1, as `identity` in their pose and expression: same shape."""
    return nn.train.infer(model.path(identity), faces, batch) if len(faces) else faces
