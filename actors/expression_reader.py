"""Reads expressions from pictures of a face, by linear regression.

A reader is fitted to frames of the true swap, whose expression is known, and then applied to the
frames of a swap: what it reads there should be the same.
"""

from __future__ import annotations

import numpy as np
import scipy

from faces import Canvas, align

from .performance import Moment

READING_CANVAS = Canvas(align.INNER_FACE, (56, 72))  # on which expressions are read
# Where each field of a Moment is read: rows and columns of READING_CANVAS.
READING_REGIONS = {
    "mouth": (slice(42, 72), slice(8, 48)),
    "blink": (slice(8, 32), slice(2, 54)),
    "gaze_x": (slice(8, 32), slice(2, 54)),
}
RIDGE_PENALTY = 3.0  # on the squared weights, for each frame; by eye


def crop_for_reading(image: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The face of a picture (H, W, 3) uint8 on READING_CANVAS, grey, (h, w) float32."""
    return READING_CANVAS.warp(image, align.similarity(points)).astype(np.float32).mean(-1)


class ExpressionReader:
    """Reads one field of a Moment from a face (h, w) on READING_CANVAS, by ridge regression.

    `faces` are None where no face was found; those frames are left out.
    """

    def __init__(self, faces: list[np.ndarray | None], moments: list[Moment], name: str):
        self.region = READING_REGIONS[name]
        pairs = zip(faces, moments, strict=True)
        known = [(self._features(f), getattr(m, name)) for f, m in pairs if f is not None]
        x, y = np.array([p[0] for p in known]), np.array([p[1] for p in known])
        self.mean, self.level = x.mean(0), y.mean()
        x = x - self.mean
        # There are more weights than frames, so the dual problem is smaller: one unknown a frame.
        gram = x @ x.T + RIDGE_PENALTY * len(x) * np.eye(len(x))
        self.weights = x.T @ np.linalg.solve(gram, y - self.level)

    def _features(self, face: np.ndarray) -> np.ndarray:
        """The region that is read, at half the resolution, of mean 0 and deviation 1."""
        part = scipy.ndimage.gaussian_filter(face, 1)[self.region][::2, ::2]
        return ((part - part.mean()) / (part.std() + 1)).ravel()

    def read(self, face: np.ndarray) -> float:
        """The value that a face (h, w) on READING_CANVAS shows."""
        return float((self._features(face) - self.mean) @ self.weights + self.level)
