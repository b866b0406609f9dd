"""The record that a detector gives for a face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Face:
    """One detected face; all coordinates in pixels of the frame, x to the right, y down.

    box     (4,) x1, y1, x2, y2
    score   the detector's probability, 0..1
    points  (5, 2) left eye, right eye, nose, left and right corner of the mouth, where left and
            right are those of the image
    """

    box: np.ndarray
    score: float
    points: np.ndarray

    @property
    def area(self) -> float:
        """The area of the box, in square pixels."""
        x1, y1, x2, y2 = self.box
        return float(max(x2 - x1, 0) * max(y2 - y1, 0))

    @property
    def interocular(self) -> float:
        """The distance between the eyes in pixels, the usual unit for errors of points."""
        return float(np.linalg.norm(self.points[1] - self.points[0]))

    def overlap(self, box: np.ndarray) -> float:
        """Intersection over union, 0..1, with a box (4,)."""
        return iou(self.box, box)


def iou(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union, 0..1, of two boxes (4,) x1, y1, x2, y2."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return float(common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common))
