"""What five points and an aligned face say about a head: its yaw, and whether its eyes are open.

Both are coarse, and good enough to say which poses a clip lacks.
"""

from __future__ import annotations

import numpy as np

from faces import Canvas, align
from files import luma

# How far the tip of the nose stands out in front of the eyes' plane, in interocular distances.
# Fitted to the yaw that is known of the demo's target; the mean error there is 3 degrees.
NOSE_DEPTH = 0.55
EYE_PATCH = (8, 7)  # half width and half height of what is looked at, in units of the aligned face
# Share of the usual detail in its eyes below which a face has closed them. In the demo's target,
# closed eyes have at most 0.30 and open ones at least 0.79.
CLOSED_EYES = 0.5


def estimate_yaw(points: np.ndarray) -> np.ndarray:
    """How far heads are turned, in degrees; positive: the nose points to the image's right.

    The nose leaves the line from between the eyes to the mouth by NOSE_DEPTH * tan(yaw) interocular
    distances. Points (..., 5, 2) are as in `faces.Face`; the result has shape (...).
    """
    points = np.asarray(points, np.float64)
    left_eye, right_eye, nose = points[..., 0, :], points[..., 1, :], points[..., 2, :]
    middle, across = (left_eye + right_eye) / 2, right_eye - left_eye
    down = points[..., 3:, :].mean(-2) - middle
    down /= np.maximum(np.linalg.norm(down, axis=-1, keepdims=True), 1e-6)
    out = nose - middle
    offset = out - down * (out * down).sum(-1, keepdims=True)
    interocular = np.maximum((across**2).sum(-1), 1e-12)  # squared
    return np.degrees(np.arctan((offset * across).sum(-1) / interocular / NOSE_DEPTH))


def measure_eye_detail(face: np.ndarray, canvas: Canvas) -> float:
    """How much detail the eyes of an aligned face (h, w, 3) uint8 have, relative to its contrast.

    The mean difference of neighbours along a row: the white beside an iris gives it, a lid does
    not. `canvas` is what the face was drawn on.
    """
    levels = luma(face.astype(np.float32))
    x, y = canvas.coordinates()
    details = []
    for eye_x, eye_y in align.REFERENCE_POINTS[:2]:
        columns = np.abs(x - eye_x) <= EYE_PATCH[0]
        rows = np.abs(y[:, 0] - eye_y) <= EYE_PATCH[1]
        details.append(np.abs(np.diff(levels[np.ix_(rows, columns)], axis=1)).mean())
    return float(np.mean(details) / max(float(levels.std()), 1e-6))


def find_closed_eyes(details: dict[int, float]) -> list[int]:
    """The frames in which the eyes are closed, of details by frame number."""
    if not details:
        return []
    usual = float(np.median(list(details.values())))
    return [number for number, detail in details.items() if detail < CLOSED_EYES * usual]
