"""Expression transfer: the eyes and the mouth of the drawn face move as those of the target's face.

The two decoders learn from different smiles, so the donor's may draw another one than the target's.
But many frames show how a face usually looks at each yaw. The difference of a frame from that look
is its expression, and can be added to another face. (Expressive mapping: Liu, Shan & Zhang 2001,
who transfer quotients of images. Differences suit dark eyes better.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .align import REFERENCE_POINTS
from .canvas import Canvas


@dataclass(frozen=True)
class Feature:
    """A soft-edged part of the face whose changes are transferred; in units of the aligned image.

    Sizes and gains were chosen on rendered people, whose true swap is known, and on two real clips.
    """

    x: float  # of its middle, like y
    y: float
    half_width: float
    half_height: float
    gain: float  # of the change; above 1, as lids and lips of two faces never quite coincide

    def weights(self, canvas: Canvas) -> np.ndarray:
        """How much each pixel of a canvas belongs to the feature: (h, w) float32, 0..1."""
        x, y = canvas.coordinates()
        across, down = (x - self.x) / self.half_width, (y - self.y) / self.half_height
        return np.exp(-(across**4) - down**4).astype(np.float32)


EYES = [Feature(*xy, half_width=9.0, half_height=6.0, gain=1.5) for xy in REFERENCE_POINTS[:2]]
MOUTH = Feature(*REFERENCE_POINTS[3:].mean(0), half_width=11.7, half_height=7.2, gain=3.0)
# Limit of the change in brightness, 0..1, so that a blink does not brighten the lid unnaturally.
MAX_EXPRESSION_CHANGE = 0.35  # by eye
MIN_EXPRESSION_FRAMES = 8  # frames needed to learn how a face usually looks; by eye


class Expression:
    """A function that transfers the target's expression to drawn faces, learnt from many of both.

    faces   brightness (N, h, w), 0..1, of the target's faces
    drawn   likewise, of the same faces drawn as the donor's
    yaws    (N,) of those faces, see faces.mask.estimate_yaw
    canvas  on which they are drawn, of size (w, h)
    """

    def __init__(self, faces: np.ndarray, drawn: np.ndarray, yaws: np.ndarray, canvas: Canvas):
        # Fit the usual look, brightness = a + b * yaw, in each pixel by least squares.
        solve = np.linalg.pinv(_yaw_terms(yaws)).astype(np.float32)  # (2, N)
        self._target_fit = np.tensordot(solve, faces, 1)  # a and b: (2, h, w)
        self._drawn_fit = np.tensordot(solve, drawn, 1)
        self._features = [(feature.weights(canvas), feature.gain) for feature in (*EYES, MOUTH)]

    def __call__(self, faces: np.ndarray, drawn: np.ndarray, yaws: np.ndarray) -> np.ndarray:
        """The faces `drawn` (N, h, w, 3) with the expression of `faces`, both 0..1; yaws (N,).

        In each feature the drawn face's own change from its usual look is removed, and that of the
        target's face, with gain and limit, is added.
        """
        terms = _yaw_terms(yaws).astype(np.float32)
        target_change = brightness(faces) - np.tensordot(terms, self._target_fit, 1)
        drawn_change = brightness(drawn) - np.tensordot(terms, self._drawn_fit, 1)
        limit, added = MAX_EXPRESSION_CHANGE, np.zeros_like(drawn_change)
        for weights, gain in self._features:
            wanted = np.tanh(gain / limit * _change_within(target_change, weights))
            added += limit * wanted - _change_within(drawn_change, weights)
        return drawn + added[..., None]


def brightness(faces: np.ndarray) -> np.ndarray:
    """Faces (N, h, w, 3) -> mean over the channels (N, h, w) float32."""
    return faces.mean(axis=-1, dtype=np.float32)


def _yaw_terms(yaws: np.ndarray) -> np.ndarray:
    """The design matrix (N, 2) of a straight line in the yaw."""
    return np.stack([np.ones(len(yaws)), yaws], 1)


def _change_within(change: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A change (N, h, w) within a feature of weights (h, w), less its mean there.

    The mean is left out because an eye that is brighter as a whole is in other light.
    """
    mean = np.tensordot(change, weights, 2) / weights.sum()
    return (change - mean[:, None, None]) * weights
