"""Arithmetic on boxes (N, 4) of x1, y1, x2, y2, float32."""

from __future__ import annotations

import numpy as np


def regress(boxes: np.ndarray, corrections: np.ndarray) -> np.ndarray:
    """Boxes with each corner moved by its correction times the box's width (x) or height (y)."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return boxes + corrections * np.hstack([sides, sides])


def square(boxes: np.ndarray) -> np.ndarray:
    """The squares about the same centres with the longer side."""
    sides = boxes[:, 2:] - boxes[:, :2]
    side = sides.max(axis=1, keepdims=True)
    corner = boxes[:, :2] + sides * np.float32(0.5) - side * np.float32(0.5)
    return np.hstack([corner, corner + side])


def suppress(boxes: np.ndarray, scores: np.ndarray, threshold: float, most: int = 1000) -> np.ndarray:
    """Non-maximum suppression: the indices kept, best score first, at most `most`.

    Greedy: take the best box left (the first on a tie), drop all whose intersection over union with it is above the threshold.
    """
    order = np.argsort(-scores, kind="stable")
    x1, y1, x2, y2 = boxes[order].T
    area = (x2 - x1) * (y2 - y1)
    left = np.arange(len(order))
    kept = []
    while len(left) and len(kept) < most:
        best, left = left[0], left[1:]
        kept.append(order[best])
        width = np.minimum(x2[best], x2[left]) - np.maximum(x1[best], x1[left])
        height = np.minimum(y2[best], y2[left]) - np.maximum(y1[best], y1[left])
        common = np.maximum(width, 0) * np.maximum(height, 0)
        union = area[best] + area[left] - common
        left = left[common <= threshold * union]
    return np.array(kept, np.intp)
