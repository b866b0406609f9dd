"""Where the texels of a head lie on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..shape import FACE_ANGLE


@dataclass(frozen=True, eq=False)
class HeadSurface:
    """The places of a head's texels at rest, (H, W) each, in half heads, and the skin's noise."""

    x: np.ndarray
    y: np.ndarray
    angle: np.ndarray  # radians about the vertical axis, 0 in front
    grain: np.ndarray  # the fine noise of the skin

    @property
    def ax(self) -> np.ndarray:
        """The distance from the middle line; features on both sides are painted by it at once."""
        return np.abs(self.x)

    @property
    def front(self) -> np.ndarray:
        """1 in front, 0 on the back of the head."""
        return (np.abs(self.angle) < FACE_ANGLE).astype(np.float32)
