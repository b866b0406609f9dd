"""Which part of an aligned face is replaced, and how much each of its pixels counts in training.

The replaced part is smooth and runs around brows, cheeks and chin; it is not the whole rectangle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from .align import REFERENCE_POINTS, Region

if TYPE_CHECKING:
    from .canvas import Canvas

FEATHER = 0.035  # width of the soft edge of a mask, in widths of the canvas; by eye
MIN_FEATHER = 2  # pixels
MASK_YAWS = np.linspace(-0.3, 0.3, 13)  # yaws for which a clip's masks are computed, then mixed


@dataclass(frozen=True)
class HeadShape:
    """How the outline of a head changes as it turns; measured on rendered heads (actors/)."""

    middle: float = 48.0  # x of the nose, in units of the aligned image
    half_width: float = 36.0  # from there to a cheek of a face seen from the front, same units
    narrowing: float = 2.05  # share of half_width that the far side loses per unit of yaw
    free_yaw: float = 0.08  # yaw up to which the mask stays: a cheek's edge says who somebody is
    min_scale: float = 0.3  # the far side never gets narrower than this share


HEAD = HeadShape()


def estimate_yaw(points: np.ndarray) -> float:
    """How far a face of five points (5, 2) is turned to the side.

    The measure is the nose's distance from the middle of the eyes, along the line through them, in
    units of the eyes' distance. Positive means looking to the picture's right; 0.25 is about 26
    degrees.
    """
    across = points[1] - points[0]
    return float((points[2] - points[:2].mean(0)) @ across / (across @ across))


def far_side_scale(yaw: float, region: Region) -> float:
    """The factor, at most 1, that narrows the outline's far side to keep it on a turned face."""
    half = max(abs(x - HEAD.middle) for x, _ in region.outline)
    turned = 1 - HEAD.narrowing * max(abs(yaw) - HEAD.free_yaw, 0)
    return float(np.clip(HEAD.half_width / half * turned, HEAD.min_scale, 1))


def face_mask(canvas: Canvas, feather: float = FEATHER, yaw: float = 0.0) -> np.ndarray:
    """Opacity (h, w) float32 on a canvas: 1 well inside its region's outline, 0 outside it.

    Between the two it rises smoothly over `feather` times the width, at least MIN_FEATHER pixels.
    The rim of the canvas is always 0. `yaw` is as `estimate_yaw` gives it.
    """
    (w, h), (width, height) = canvas.size, canvas.region.size
    x, y = canvas.coordinates()
    far = (x - HEAD.middle) * yaw > 0
    x = np.where(far, HEAD.middle + (x - HEAD.middle) / far_side_scale(yaw, canvas.region), x)
    inside = _inside_polygon(x, y, canvas.region.outline)
    inside[[0, -1]] = inside[:, [0, -1]] = False
    # Measure depth on the face itself, so that a canvas of another shape does not distort it.
    depth = ndimage.distance_transform_edt(inside, sampling=(w / h * height / width, 1))
    t = np.clip(depth / max(feather * w, MIN_FEATHER), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def interpolate_at_yaw(table: Sequence[np.ndarray], yaw: float) -> np.ndarray:
    """What arrays (h, w) float32, one for each of MASK_YAWS, are at a yaw, linearly between two."""
    position = (yaw - MASK_YAWS[0]) / (MASK_YAWS[1] - MASK_YAWS[0])
    position = np.clip(position, 0, len(MASK_YAWS) - 1)
    before = min(int(position), len(MASK_YAWS) - 2)
    fraction = np.float32(position - before)
    return table[before] * (1 - fraction) + table[before + 1] * fraction


def _inside_polygon(x: np.ndarray, y: np.ndarray, outline) -> np.ndarray:
    """Which points x (w,), y (h, 1) lie in a convex clockwise polygon: (h, w) bool."""
    inside = np.ones(np.broadcast_shapes(x.shape, y.shape), bool)
    for (x1, y1), (x2, y2) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        inside &= (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) >= 0  # right of this edge
    return inside


def loss_weights(canvas: Canvas, outside: float = 0.1, features: float = 2.0) -> np.ndarray:
    """How much each pixel of an aligned face counts in training: (h, w) float32.

    1 within the face and `outside` around it. Eyes and mouth are small, but everybody looks at
    them, so they count up to `features` more.
    """
    x, y = canvas.coordinates()
    left_eye, right_eye, mouth = *REFERENCE_POINTS[:2], REFERENCE_POINTS[3:].mean(0)
    # (x, y, radius across, radius down) in units of the aligned image; by eye
    places = [(*left_eye, 10, 8), (*right_eye, 10, 8), (*mouth, 17, 11)]
    eyes_and_mouth = sum(
        np.exp(-(((x - cx) / rx) ** 2) - ((y - cy) / ry) ** 2) for cx, cy, rx, ry in places
    )
    face = outside + (1 - outside) * face_mask(canvas)
    return (face + features * eyes_and_mouth).astype(np.float32)
