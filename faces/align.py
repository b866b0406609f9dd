"""Five points -> the similarity that turns, scales and shifts a face into a common place.

Coordinates count pixel centres: (0, 0) is the centre of the first pixel. A matrix (2, 3) maps (x, y, 1) of the frame to
(x, y) of the aligned image.
"""

from __future__ import annotations

import numpy as np

# Where the points lie in an aligned image 100 wide and 120 high: the means of many faces, as the 2020 program had them.
REFERENCE_POINTS = np.array(
    [[30.2946, 51.6963], [65.5318, 51.5014], [48.0252, 71.7366], [33.5493, 92.3655], [62.7299, 92.2041]]
)
FACE_CORNER = 15, 30  # x, y of the face proper in that image,
FACE_SIZE = 70, 90  # and its width and height


def similarity(points: np.ndarray, reference: np.ndarray = REFERENCE_POINTS) -> np.ndarray:
    """The matrix (2, 3), frame -> aligned, for points (5, 2) in the frame.

    With points as complex numbers a similarity is z -> a z + b. It is fitted from the reference r to the frame's points
    p, so that the error is measured in the frame, and then inverted: minimising sum |a r + b - p|^2 gives

        a = sum conj(r - mean r) (p - mean p) / sum |r - mean r|^2,    b = mean p - a mean r

    (Umeyama 1991 in two dimensions). Raises ValueError for points that are not finite or coincide.
    """
    if points.shape != reference.shape or not np.isfinite(points).all():
        raise ValueError(f"similarity needs {reference.shape} finite points, got {points!r}")
    p = points[:, 0].astype(np.float64) + 1j * points[:, 1]
    r = reference[:, 0] + 1j * reference[:, 1]
    centred = r - r.mean()
    a = (centred.conj() * (p - p.mean())).sum() / (abs(centred) ** 2).sum()
    if abs(a) < 1e-6:
        raise ValueError("the five points coincide")
    b = p.mean() - a * r.mean()
    a, b = 1 / a, -b / a
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def face_matrix(aligned: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The matrix frame -> a canvas of size (w, h) that the face proper fills, given frame -> aligned.

    Pixels have an extent: a canvas pixel i of w covers the face's columns [i, i + 1) 70 / w.
    """
    sx, sy = size[0] / FACE_SIZE[0], size[1] / FACE_SIZE[1]
    to_canvas = np.array([[sx, 0, (0.5 - FACE_CORNER[0]) * sx - 0.5], [0, sy, (0.5 - FACE_CORNER[1]) * sy - 0.5]])
    return compose(to_canvas, aligned)


def native_size(matrices: np.ndarray, largest: int = 256) -> tuple[int, int]:
    """The canvas (w, h), at most `largest` high, on which the face proper keeps the frame's own resolution.

    matrices (F, 2, 3), frame -> aligned; the median scale decides, so one canvas serves a whole clip.
    """
    scale = np.median([np.sqrt(abs(np.linalg.det(m[:, :2]))) for m in matrices])
    height = int(np.clip(round(FACE_SIZE[1] / scale), 32, largest))
    return max(round(height * FACE_SIZE[0] / FACE_SIZE[1]), 24), height


def compose(second: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The matrix (2, 3) that does `first`, then `second`."""
    return second @ np.vstack([first, [0, 0, 1]])


def invert(matrix: np.ndarray) -> np.ndarray:
    """The matrix (2, 3) that undoes another."""
    back = np.linalg.inv(matrix[:, :2])
    return np.column_stack([back, -back @ matrix[:, 2]])
