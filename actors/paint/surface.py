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
    height: np.ndarray  # of relief finer than the grid of vertices; painters add to it

    @property
    def ax(self) -> np.ndarray:
        """The distance from the middle line; features on both sides are painted by it at once."""
        return np.abs(self.x)

    @property
    def front(self) -> np.ndarray:
        """1 in front, 0 on the back of the head."""
        return (np.abs(self.angle) < FACE_ANGLE).astype(np.float32)

    def part(self, rows: slice, columns: slice = slice(None)) -> HeadSurface:
        """Some rows and columns, as views."""
        everything = (self.x, self.y, self.angle, self.grain, self.height)
        return HeadSurface(*(values[rows, columns] for values in everything))

    def rows_between(self, low: float, high: float) -> slice:
        """The rows between two heights; a row has one height, and the lowest comes first."""
        return slice(*np.searchsorted(self.y[:, 0], (low, high)))


def slope(height: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """The slope (H, W, 3) of a height (H, W) over a surface `rest` (H, W, 3), along its tangents.

    Where the slope is small, the unit normal n of the surface becomes n - slope.
    """
    total = np.zeros(rest.shape, np.float32)
    for axis in (0, 1):
        tangent = np.gradient(rest, axis=axis)
        length2 = (tangent * tangent).sum(-1) + np.float32(1e-9)
        total += tangent * (np.gradient(height, axis=axis) / length2)[..., None]
    return total
