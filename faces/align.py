"""Five points -> the similarity that turns, scales and shifts a face into a common place.

Coordinates count pixel centres: (0, 0) is the centre of the first pixel. A matrix (2, 3) maps (x, y, 1) of the frame to
(x, y) of the aligned image.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Where the points lie in an aligned image 100 wide and 120 high: the means of many faces, as the 2020 program had them.
REFERENCE_POINTS = np.array(
    [
        [30.2946, 51.6963],
        [65.5318, 51.5014],
        [48.0252, 71.7366],
        [33.5493, 92.3655],
        [62.7299, 92.2041],
    ]
)


@dataclass(frozen=True)
class Region:
    """A part of that image: its corner, its size, and the outline of what is replaced in it, clockwise, convex, in the image's coordinates."""

    corner: tuple[float, float]
    size: tuple[int, int]
    outline: tuple[tuple[float, float], ...]


# The face proper of the 2020 program: brows cut off, chin just in.
FACE = Region(
    (15, 30),
    (70, 90),
    tuple(
        (15 + 70 * x, 30 + 90 * y)
        for x, y in (
            (0.14, 0.12),
            (0.30, 0.06),
            (0.47, 0.05),
            (0.64, 0.06),
            (0.80, 0.12),
            (0.88, 0.30),
            (0.88, 0.52),
            (0.84, 0.70),
            (0.75, 0.85),
            (0.61, 0.93),
            (0.47, 0.95),
            (0.33, 0.93),
            (0.19, 0.85),
            (0.10, 0.70),
            (0.06, 0.52),
            (0.06, 0.30),
        )
    ),
)
# From above the brows to below the chin, which say much of who it is.
WHOLE = Region(
    (2, 20),
    (92, 112),
    (
        (24, 29),
        (36, 25),
        (48, 24),
        (60, 25),
        (72, 29),
        (80, 37),
        (84, 53),
        (83, 73),
        (78, 92),
        (70, 108),
        (60, 119),
        (48, 124),
        (36, 119),
        (26, 108),
        (18, 92),
        (13, 73),
        (12, 53),
        (16, 37),
    ),
)


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


def face_matrix(aligned: np.ndarray, size: tuple[int, int], region: Region = FACE) -> np.ndarray:
    """The matrix frame -> a canvas of size (w, h) that the region fills, given frame -> aligned.

    Pixels have an extent: a canvas pixel i of w covers the face's columns [i, i + 1) 70 / w.
    """
    sx, sy = size[0] / region.size[0], size[1] / region.size[1]
    to_canvas = np.array(
        [[sx, 0, (0.5 - region.corner[0]) * sx - 0.5], [0, sy, (0.5 - region.corner[1]) * sy - 0.5]]
    )
    return compose(to_canvas, aligned)


def native_size(matrices: np.ndarray, largest: int = 256, region: Region = FACE) -> tuple[int, int]:
    """The canvas (w, h), at most `largest` high, on which the region keeps the frame's own resolution.

    matrices (F, 2, 3), frame -> aligned; the median scale decides, so one canvas serves a whole clip.
    """
    scale = np.median([np.sqrt(abs(np.linalg.det(m[:, :2]))) for m in matrices])
    height = int(np.clip(round(region.size[1] / scale), 32, largest))
    return max(round(height * region.size[0] / region.size[1]), 24), height


def compose(second: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The matrix (2, 3) that does `first`, then `second`."""
    return second @ np.vstack([first, [0, 0, 1]])


def invert(matrix: np.ndarray) -> np.ndarray:
    """The matrix (2, 3) that undoes another."""
    back = np.linalg.inv(matrix[:, :2])
    return np.column_stack([back, -back @ matrix[:, 2]])
