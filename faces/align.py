"""Five points -> the similarity that rotates, scales and shifts a face to a standard position.

Coordinates refer to pixel centres: (0, 0) is the centre of the first pixel. A matrix (2, 3) maps
(x, y, 1) of the frame to (x, y) of the aligned image, which is 100 units wide and 120 high.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# The five points in the aligned image, in its units: means of many faces, as in the 2020 program.
REFERENCE_POINTS = np.array([
    [30.2946, 51.6963], [65.5318, 51.5014], [48.0252, 71.7366],  # eyes, nose
    [33.5493, 92.3655], [62.7299, 92.2041],  # corners of the mouth
])  # fmt: skip


Outline = tuple[tuple[float, float], ...]  # corners (x, y) of a polygon


@dataclass(frozen=True)
class Region:
    """A rectangle of the aligned image, and two outlines of a face in it.

    All are in units of the aligned image. The outlines are corners (x, y) of convex polygons,
    clockwise as seen in the image.

    corner   (x, y) of the rectangle's upper left corner
    size     (width, height) of the rectangle
    outline  of what is face in everybody: it counts most in training and in statistics
    reach    of what is replaced at most; None: the outline
    """

    corner: tuple[float, float]
    size: tuple[float, float]
    outline: Outline
    reach: Outline | None = None


# The region of the 2020 program. It leaves the brows out and just includes the chin.
INNER_FACE = Region((15, 30), (70, 90), tuple((15 + 70 * x, 30 + 90 * y) for x, y in (
    (0.14, 0.12), (0.30, 0.06), (0.47, 0.05), (0.64, 0.06), (0.80, 0.12), (0.88, 0.30),
    (0.88, 0.52), (0.84, 0.70), (0.75, 0.85), (0.61, 0.93), (0.47, 0.95), (0.33, 0.93),
    (0.19, 0.85), (0.10, 0.70), (0.06, 0.52), (0.06, 0.30),
)))  # fmt: skip
# From above the brows to below the chin, as both show who a person is. Drawn by eye.
WHOLE_FACE = Region((2, 20), (92, 112), (
    (24, 29), (36, 25), (48, 24), (60, 25), (72, 29), (80, 37), (84, 53), (83, 73), (78, 92),
    (70, 108), (60, 119), (48, 124), (36, 119), (26, 108), (18, 92), (13, 73), (12, 53), (16, 37),
), (
    (16, 21), (80, 21), (93, 30), (93, 80), (84, 114), (66, 131), (30, 131), (12, 114), (3, 80),
    (3, 30),
))  # fmt: skip


def similarity(points: np.ndarray, reference: np.ndarray = REFERENCE_POINTS) -> np.ndarray:
    """The matrix (2, 3), frame -> aligned, for points (5, 2) in the frame.

    With points as complex numbers a similarity is z -> a z + b. It is fitted from the reference r
    to the frame's points p, so that the error is measured in the frame, and then inverted:
    minimising sum |a r + b - p|^2 gives

        a = sum conj(r - mean r) (p - mean p) / sum |r - mean r|^2,    b = mean p - a mean r

    (Umeyama 1991 in two dimensions). Raises ValueError for points that are not finite or coincide.
    """
    if points.shape != reference.shape or not np.isfinite(points).all():
        raise ValueError(f"similarity needs {reference.shape} finite points, got {points!r}")
    p = points[:, 0].astype(np.float64) + 1j * points[:, 1]
    r = reference[:, 0] + 1j * reference[:, 1]
    centred = r - r.mean()
    a = (centred.conj() * (p - p.mean())).sum() / (abs(centred) ** 2).sum()
    if abs(a) < 1e-6:  # frame pixels per unit
        raise ValueError("the five points coincide")
    b = p.mean() - a * r.mean()
    a, b = 1 / a, -b / a  # the inverse: frame -> aligned
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def compose(second: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The matrix (2, 3) that applies `first`, then `second`."""
    return second @ np.vstack([first, [0, 0, 1]])


def invert(matrix: np.ndarray) -> np.ndarray:
    """The matrix (2, 3) of the inverse map."""
    back = np.linalg.inv(matrix[:, :2])
    return np.column_stack([back, -back @ matrix[:, 2]])


def scale_of(matrix: np.ndarray) -> float:
    """The factor by which a similarity (2, 3) scales lengths."""
    return np.sqrt(abs(np.linalg.det(matrix[:, :2])))
