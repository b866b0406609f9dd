"""Where the five points of a face lie on an actor's head."""

from __future__ import annotations

import numpy as np

from .performance import Moment
from .person import Actor
from .shape import blendshapes, expression_weights, lopsidedness, skull

ANCHOR_ANGLES = np.linspace(-1.3, 1.3, 201)  # radians about the vertical axis: the face's front


class Anchors:
    """Five places (x, y) of the face at rest; expressions move the surface that they lie on.

    Each is found on the horizontal slice of the head at its height, by interpolating over x.
    """

    def __init__(self, actor: Actor):
        face = actor.face
        places = np.array([
            (-face.eye_x + 0.010, 0.036),
            (face.eye_x - 0.010, 0.036),
            (0, face.nose_y - 0.02),
            (-0.98 * face.mouth_width, face.mouth_y - 0.012),
            (0.98 * face.mouth_width, face.mouth_y - 0.012),
        ])  # fmt: skip
        self.x, y = places.T
        angle, y = np.broadcast_arrays(ANCHOR_ANGLES, y[:, None])
        self.slices = skull(actor, angle, y)  # (5, angles, 3)
        self.still = self.slices + lopsidedness(actor, angle, self.slices)
        self.blendshapes = blendshapes(actor, angle, self.slices)

    def place(self, moment: Moment, x: np.ndarray) -> np.ndarray:
        """Where the places at x (5,) are once the expression has moved them, (5, 3)."""
        moved = self.still.copy()
        for name, weight in expression_weights(moment).items():
            moved += weight * self.blendshapes[name]
        return np.array([
            [np.interp(at, at_rest[:, 0], now[:, k]) for k in range(3)]
            for at, at_rest, now in zip(x, self.slices, moved, strict=True)
        ])  # fmt: skip
