"""Which part of an aligned face is replaced, and how much each of its pixels counts in training."""

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
MIN_FEATHER = 2  # pixels of the canvas; by eye
# Yaws (see estimate_yaw) at which the masks of a clip are computed; others are interpolated.
MASK_YAWS = np.linspace(-0.3, 0.3, 13)  # by eye


@dataclass(frozen=True)
class HeadShape:
    """How the outline of a face changes with yaw; measured on rendered heads (actors/)."""

    middle: float = 48.0  # x of the nose, in units of the aligned image
    half_width: float = 36.0  # from the nose to either cheek of a frontal face, same units
    narrowing: float = 2.05  # share of half_width that the far side loses per unit of yaw
    free_yaw: float = 0.08  # yaw up to which nothing narrows: the cheek shows who a person is
    min_scale: float = 0.3  # share of half_width that the far side keeps at any yaw


HEAD = HeadShape()


def estimate_yaw(points: np.ndarray) -> float:
    """How far the face with the points (5, 2) is turned; positive: it looks to the image's right.

    It is the distance of the nose from the middle of the eyes, along the line through them, in
    interocular distances. 0.25 is about 26 degrees.
    """
    across = points[1] - points[0]
    return float((points[2] - points[:2].mean(0)) @ across / (across @ across))


def far_side_scale(yaw: float, region: Region) -> float:
    """The factor, at most 1, by which the outline's far side narrows to stay on a turned face."""
    half = max(abs(x - HEAD.middle) for x, _ in region.outline)
    narrowed = 1 - HEAD.narrowing * max(abs(yaw) - HEAD.free_yaw, 0)
    return float(np.clip(HEAD.half_width / half * narrowed, HEAD.min_scale, 1))


def face_mask(canvas: Canvas, feather: float = FEATHER, yaw: float = 0.0) -> np.ndarray:
    """Opacity (h, w) float32 on a canvas: 0 outside its region's outline, 1 well inside it.

    It rises smoothly over `feather` times the canvas's width, at least MIN_FEATHER pixels. The rim
    of the canvas is always 0. `yaw` is as `estimate_yaw` gives it.
    """
    (w, h), (width, height) = canvas.size, canvas.region.size
    x, y = canvas.coordinates()
    far = (x - HEAD.middle) * yaw > 0
    x = np.where(far, HEAD.middle + (x - HEAD.middle) / far_side_scale(yaw, canvas.region), x)
    inside = _inside_polygon(x, y, canvas.region.outline)
    inside[[0, -1]] = inside[:, [0, -1]] = False
    # Measure depth in units of the face, since pixels of a canvas need not be square.
    depth = ndimage.distance_transform_edt(inside, sampling=(w / h * height / width, 1))
    t = np.clip(depth / max(feather * w, MIN_FEATHER), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def interpolate_at_yaw(table: Sequence[np.ndarray], yaw: float) -> np.ndarray:
    """The array (h, w) float32 at a yaw, linear between those of `table`, one at each MASK_YAWS."""
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
    face = outside + (1 - outside) * face_mask(canvas)
    return (face + features * eyes_and_mouth).astype(np.float32)
