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

from .reinhard import fit_reinhard
from .transfer import FrameTransfer, one_by_one, repaint

MIN_SHADING = 0.02  # 0..1; smaller shadings are raised to it before the division; by eye
LIGHT_GAINS = 0.5, 2.0  # limits of the quotient: a larger change is not due to light; by eye


def before_training(donor: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The donor's faces (N, h, w, 3) in the target's colours: Reinhard's transfer, less chroma.

    The spread of chroma does not grow: that of a target lit from two sides in two colours is wide,
    and would oversaturate the donor's lips.
    """
    return repaint(partial(fit_reinhard, max_chroma_gain=1.0), donor, target, weights)


def for_clip(canvas: Canvas) -> FrameTransfer:
    """Gives each drawn face the shading of the face that it replaces; the result may exceed 1."""
    return one_by_one(relight, canvas)


def relight(face: np.ndarray, like: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """`face` in the light of `like`: all (h, w, C) floats 0..1; the result may exceed 1.

    weights  (h, w): how much each pixel counts; most in the middle of the face
    """
    wanted, present = (np.maximum(fit_shading(f, weights), MIN_SHADING) for f in (like, face))
    return face * (wanted / present).clip(*LIGHT_GAINS).astype(face.dtype)


def fit_shading(image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The parabola in x that comes closest to an image (h, w, C) in weighted squares: (w, C).

    It is in x only: in y, a beard or a fringe would be taken for a shadow.
    """
    x = np.linspace(-1, 1, weights.shape[1])
    basis = np.stack([np.ones_like(x), x, x * x], -1)  # (w, 3)
    moments = basis.T @ (weights.sum(axis=0)[:, None] * basis)
    sums = np.einsum("hw,hwc->wc", weights, image)
    return basis @ np.linalg.solve(moments, basis.T @ sums)
