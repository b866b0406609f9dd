"""Arithmetic on boxes (N, 4) of x1, y1, x2, y2, float32."""

from __future__ import annotations

import numpy as np

ROWS = 256


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


def suppress(
    boxes: np.ndarray, scores: np.ndarray, threshold: float, most: int = 1000
) -> np.ndarray:
    """Non-maximum suppression: the indices kept, best score first, at most `most`.

    Greedy: take the best box left (the first on a tie), drop all whose intersection over union with it is above the threshold.
    """
    order = np.argsort(-scores, kind="stable")
    x1, y1, x2, y2 = boxes[order].T
    area = (x2 - x1) * (y2 - y1)
    alive = np.ones(len(order), bool)
    kept = []
    for first in range(
        0, len(order), ROWS
    ):  # all against all, some rows at a time: a call for each box would cost more
        block = slice(first, first + ROWS)
        width = np.minimum(x2[block, None], x2[first:]) - np.maximum(x1[block, None], x1[first:])
        height = np.minimum(y2[block, None], y2[first:]) - np.maximum(y1[block, None], y1[first:])
        common = np.maximum(width, 0) * np.maximum(height, 0)
        fits = common <= threshold * (area[block, None] + area[first:] - common)
        for i, row in enumerate(fits, first):
            if alive[i]:
                kept.append(order[i])
                if len(kept) == most:
                    return np.array(kept, np.intp)
                alive[first:] &= row
    return np.array(kept, np.intp)
