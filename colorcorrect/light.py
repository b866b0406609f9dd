"""Light: a drawn face gets the shading and tint of the face it replaces, and keeps its own details.

Light changes slowly across a face. Retinex (Land & McCann 1971) models this as

    image = reflectance * shading,  with a smooth shading

Here the shading of a face is a parabola in x, fitted by least squares. Multiplying the drawn face
by the quotient of the two shadings changes its light, but not its beard, brows and spots.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from faces import Canvas

from .reinhard import reinhard
from .transfer import FrameTransfer, one_by_one, repaint, weigh_pixels

MIN_SHADING = 0.02  # 0..1; smaller shadings are raised to it before the division; by eye
LIGHT_GAINS = 0.5, 2.0  # limits of the quotient: a larger change is not due to light; by eye


def before_training(donor: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The donor's faces in the target's colours, by Reinhard's transfer with limited chroma.

    The spread of chroma does not grow: that of a target lit from two sides in two colours is wide,
    and would oversaturate the donor's lips.
    """
    return repaint(partial(reinhard, max_chroma_gain=1.0), donor, target, weights)


def for_clip(canvas: Canvas) -> FrameTransfer:
    """Gives each drawn face the shading of the face that it replaces; the result may exceed 1."""
    return one_by_one(Relight(weigh_pixels(canvas)))


class Relight:
    """A function that puts a face into the light of another, for faces (h, w, C) of one size.

    weights  (h, w): how much each pixel counts in the fit; most in the middle of the face
    """

    def __init__(self, weights: np.ndarray):
        x = np.linspace(-1, 1, weights.shape[1])
        # The fit is in x only: in y, a beard or a fringe would be taken for a shadow.
        self._basis = np.stack([np.ones_like(x), x, x * x], -1)  # (w, 3)
        moments = np.einsum("hw,wi,wj->ij", weights, self._basis, self._basis)
        self._fit = np.linalg.solve(moments, self._basis.T)  # (3, w), of weighted sums of columns
        self._weights = weights

    def shading(self, image: np.ndarray) -> np.ndarray:
        """The weighted least-squares parabola in x of an image (h, w, C): (w, C)."""
        return self._basis @ (self._fit @ np.einsum("hw,hwc->wc", self._weights, image))

    def __call__(self, face: np.ndarray, like: np.ndarray) -> np.ndarray:
        """`face` in the light of `like`: all (h, w, C) floats 0..1; the result may exceed 1."""
        wanted, present = (np.maximum(self.shading(image), MIN_SHADING) for image in (like, face))
        return face * (wanted / present).clip(*LIGHT_GAINS).astype(face.dtype)
