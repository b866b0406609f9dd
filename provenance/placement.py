"""Where the mark may lie: the grid of shifts, scales and rotations that the search tries.

The detector finds a face a little off from where it was when it was marked. So in the rectified
face the mark lies a little off its place, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

# The detector's largest errors, with room to spare; by eye on marked actors.
MAX_SHIFT = 4  # units of the aligned face, to each side
SEARCH_SCALES = 0.955, 0.97, 0.985, 1.0, 1.015, 1.03, 1.045
SEARCH_ROTATIONS = -2.0, 0.0, 2.0  # degrees

# The axes are scale, rotation, y, x.
PLACEMENT_SHAPE = len(SEARCH_SCALES), len(SEARCH_ROTATIONS), 2 * MAX_SHIFT + 1, 2 * MAX_SHIFT + 1
PLACEMENT_COUNT = math.prod(PLACEMENT_SHAPE)


@dataclass(frozen=True)
class Placement:
    """Where the mark lies in a rectified face, relative to where it was embedded."""

    x: int = 0  # units of the aligned face, to the right
    y: int = 0  # and down
    scale: float = 1.0
    rotation: float = 0.0  # degrees

    @classmethod
    def at(cls, indices: tuple[int, ...]) -> Placement:
        """The placement at a position (scale, rotation, y, x) of an array of PLACEMENT_SHAPE."""
        scale, rotation, y, x = (int(i) for i in indices)
        return cls(x - MAX_SHIFT, y - MAX_SHIFT, SEARCH_SCALES[scale], SEARCH_ROTATIONS[rotation])


def best_placement(correlation: np.ndarray) -> Placement:
    """Where an array of the shape PLACEMENT_SHAPE is highest."""
    return Placement.at(np.unravel_index(correlation.argmax(), PLACEMENT_SHAPE))
