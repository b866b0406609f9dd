"""Which part of an aligned face is replaced: a smooth region around brows, cheeks and chin, not the rectangle."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from .align import FACE, REFERENCE_POINTS, Region

MIDDLE = 48.0  # x of the nose in the image of REFERENCE_POINTS,
REACH = 36.0  # half the width there of the face proper seen from the front, at the cheeks,
NARROWER = 2.05  # and the share of it by which the far side of a turned face is narrower, for each unit of `turn`: as rendered heads have it;
FREE = 0.08  # so far it may turn before that matters: the cheek's edge says much of who it is


def estimate_yaw(points: np.ndarray) -> float:
    """How far a face of five points (5, 2) is turned: where its nose lies beside the middle of its eyes, in units of their distance.

    Above 0 it looks to the right of the picture; at .25 about 26 degrees.
    """
    across = points[1] - points[0]
    return float((points[2] - points[:2].mean(0)) @ across / (across @ across))


def narrowing(turned: float, region: Region) -> float:
    """The factor, at most 1, by which the region's outline is narrower on the far side, so that it stays on a face that is turned."""
    half = max(abs(x - MIDDLE) for x, _ in region.outline)
    return float(np.clip(REACH / half * (1 - NARROWER * max(abs(turned) - FREE, 0)), 0.3, 1))


def face_mask(
    size: tuple[int, int], feather: float = 0.035, region: Region = FACE, yaw: float = 0.0
) -> np.ndarray:
    """Opacity (h, w) float32 of a face on a canvas of size (w, h) that shows `region`: 1 well inside its outline, 0 outside it.

    Between, it rises smoothly over `feather` times the width, and 2 pixels at least. The rim of the canvas is always 0. `yaw` as `estimate_yaw` gives it.
    """
    w, h = size
    x, y = coordinates(size, region)
    far = (x - MIDDLE) * yaw > 0
    x = np.where(far, MIDDLE + (x - MIDDLE) / narrowing(yaw, region), x)
    inside = np.ones((h, w), bool)
    inside[[0, -1]] = inside[:, [0, -1]] = False
    for (x1, y1), (x2, y2) in zip(region.outline, np.roll(region.outline, -1, axis=0), strict=True):
        inside &= (x2 - x1) * (y - y1) - (y2 - y1) * (
            x - x1
        ) >= 0  # to the right of every edge of a convex outline
    # a canvas squeezed to another shape still has its feather measured on the face
    depth = ndimage.distance_transform_edt(
        inside, sampling=(w / h * region.size[1] / region.size[0], 1)
    )
    t = np.clip(depth / max(feather * w, 2), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def coordinates(size: tuple[int, int], region: Region) -> tuple[np.ndarray, np.ndarray]:
    """x (w,) and y (h, 1) of a canvas's pixels in the image of REFERENCE_POINTS."""
    (w, h), (left, top), (width, height) = size, region.corner, region.size
    return left + (np.arange(w) + 0.5) / w * width, top + (np.arange(h)[:, None] + 0.5) / h * height


def attention(
    size: tuple[int, int], region: Region = FACE, outside: float = 0.1, features: float = 2.0
) -> np.ndarray:
    """How much each pixel of an aligned face counts in learning, (h, w) float32: 1 in the face, `outside` around it, more by
    `features` at the eyes and the mouth, which are small and which everybody looks at."""
    x, y = coordinates(size, region)
    places = [
        (*REFERENCE_POINTS[0], 10, 8),
        (*REFERENCE_POINTS[1], 10, 8),
        (*REFERENCE_POINTS[3:].mean(0), 17, 11),
    ]
    eyes_and_mouth = sum(
        np.exp(-(((x - cx) / sx) ** 2) - ((y - cy) / sy) ** 2) for cx, cy, sx, sy in places
    )
    return (
        outside + (1 - outside) * face_mask(size, region=region) + features * eyes_and_mouth
    ).astype(np.float32)
