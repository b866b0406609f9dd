"""Faces and matrices that tests are made of."""

import numpy as np

from faces import Face, align


def similarity_matrix(angle, scale, x, y):
    """The matrix (2, 3) that rotates (radians), scales and then shifts."""
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[c, -s, x], [s, c, y]])


def apply(matrix, points):
    """Points (N, 2) through a matrix (2, 3)."""
    return points @ matrix[:, :2].T + matrix[:, 2]


def align_to(matrix):
    """The matrix frame -> aligned of a face that `matrix` put into the frame."""
    return align.similarity(apply(matrix, align.REFERENCE_POINTS))


def make_face(x=100.0, y=100.0, scale=1.0, score=0.99):
    """A face whose aligned image lies at x, y of the frame, in this size."""
    points = align.REFERENCE_POINTS * scale + [x, y]
    box = np.array([x, y, x + 100 * scale, y + 120 * scale], np.float32)
    return Face(box, score, points.astype(np.float32))
