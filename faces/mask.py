"""Which part of an aligned face is replaced, and how much each of its pixels counts in training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

from .align import REFERENCE_POINTS, Outline

if TYPE_CHECKING:
    from .canvas import Canvas

FEATHER = 0.035  # width of the soft edge of a mask, in widths of the canvas; by eye
MIN_FEATHER = 2  # pixels of the canvas; by eye


def face_mask(canvas: Canvas, outline: Outline, feather: float = FEATHER) -> np.ndarray:
    """0 outside an outline on a canvas, 1 well inside it: (h, w) float32.

    It rises smoothly over `feather` times the canvas's width, at least MIN_FEATHER pixels. The rim
    of the canvas is always 0.
    """
    (w, h), (width, height) = canvas.size, canvas.region.size
    inside = _inside_polygon(*canvas.coordinates(), outline)
    inside[[0, -1]] = inside[:, [0, -1]] = False
    # Measure depth in units of the face, since pixels of a canvas need not be square.
    depth = scipy.ndimage.distance_transform_edt(inside, sampling=(w / h * height / width, 1))
    t = np.clip(depth / max(feather * w, MIN_FEATHER), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def _inside_polygon(x: np.ndarray, y: np.ndarray, outline: Outline) -> np.ndarray:
    """Which points x (w,), y (h, 1) lie in a convex clockwise polygon: (h, w) bool."""
    inside = np.ones(np.broadcast_shapes(x.shape, y.shape), bool)
    for (x1, y1), (x2, y2) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        inside &= (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) >= 0  # right of this edge
    return inside


def loss_weights(canvas: Canvas, outside: float = 0.1, features: float = 2.0) -> np.ndarray:
    """How much each pixel of an aligned face counts in training: (h, w) float32.

    1 within the face, `outside` around it, and up to `features` more at eyes and mouth, which are
    small, but which everybody looks at. Both defaults are by eye.
    """
    x, y = canvas.coordinates()
    left_eye, right_eye, mouth = *REFERENCE_POINTS[:2], REFERENCE_POINTS[3:].mean(0)
    # (x, y, radius across, radius down) in units of the aligned image; by eye
    ellipses = [(*left_eye, 10, 8), (*right_eye, 10, 8), (*mouth, 17, 11)]
    eyes_and_mouth = sum(
        np.exp(-(((x - cx) / rx) ** 2) - ((y - cy) / ry) ** 2) for cx, cy, rx, ry in ellipses
    )
    face = outside + (1 - outside) * canvas.mask()
    return (face + features * eyes_and_mouth).astype(np.float32)
