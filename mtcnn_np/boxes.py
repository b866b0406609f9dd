"""Arithmetic on boxes (N, 4): x1, y1, x2, y2, float32."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

NMS_BLOCK = 256  # boxes compared with all others in one NumPy call, to save calls; by eye


class Candidates(NamedTuple):
    """Windows that a net classifies as faces.

    boxes    (N, 4) in pixels of the image
    scores   (N,) probability of a face, 0..1
    offsets  (N, 4) bounding-box regression: what to add to x1, y1, x2, y2, in sides of the box
    """

    boxes: np.ndarray
    scores: np.ndarray
    offsets: np.ndarray

    @staticmethod
    def concatenate(some: list[Candidates]) -> Candidates:
        """The candidates of several, in order."""
        return Candidates(*map(np.concatenate, zip(*some, strict=True)))

    def take(self, index: np.ndarray) -> Candidates:
        """The candidates at these indices (M,), or where a mask (N,) is true."""
        return Candidates(*(part[index] for part in self))

    def suppress(self, threshold: float) -> Candidates:
        """The candidates that non-maximum suppression keeps, best first."""
        return self.take(suppress(self.boxes, self.scores, threshold))

    def refined_squares(self) -> np.ndarray:
        """The boxes (N, 4) after regression, made square: the windows for the next net."""
        return square(regress(self.boxes, self.offsets))


def regress(boxes: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Boxes (N, 4), each edge moved by its offset (N, 4) times the box's width or height."""
    sides = boxes[:, 2:] - boxes[:, :2]  # (N, 2) width, height
    return boxes + offsets * np.hstack([sides, sides])


def square(boxes: np.ndarray) -> np.ndarray:
    """Squares (N, 4) with the boxes' centres and the longer of their sides."""
    sides = boxes[:, 2:] - boxes[:, :2]  # (N, 2) width, height
    side = sides.max(axis=1, keepdims=True)
    corner = boxes[:, :2] + sides * np.float32(0.5) - side * np.float32(0.5)
    return np.hstack([corner, corner + side])


def suppress(
    boxes: np.ndarray, scores: np.ndarray, threshold: float, most: int = 1000
) -> np.ndarray:
    """Non-maximum suppression of boxes (N, 4): indices of those kept, best score first, <= `most`.

    Greedy: keep the best remaining box (the first on a tie), drop all boxes whose intersection over
    union (IoU) with it exceeds the threshold, and repeat.
    """
    order = np.argsort(-scores, kind="stable")
    ranked = boxes[order]
    alive = np.ones(len(order), bool)
    kept = []
    for first in range(0, len(order), NMS_BLOCK):
        compatible = _compatible(ranked[first : first + NMS_BLOCK], ranked[first:], threshold)
        for i, row in enumerate(compatible, first):
            if alive[i]:
                kept.append(order[i])
                if len(kept) == most:
                    return np.array(kept, np.intp)
                alive[first:] &= row
    return np.array(kept, np.intp)


def _compatible(a: np.ndarray, b: np.ndarray, threshold: float) -> np.ndarray:
    """Whether the IoU of a (M, 4) and b (N, 4) is at most the threshold: (M, N) bool."""
    (ax1, ay1, ax2, ay2), (bx1, by1, bx2, by2) = a.T[:, :, None], b.T
    width = np.minimum(ax2, bx2) - np.maximum(ax1, bx1)
    height = np.minimum(ay2, by2) - np.maximum(ay1, by1)
    intersection = np.maximum(width, 0) * np.maximum(height, 0)
    areas = (ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1)
    return intersection <= threshold * (areas - intersection)
