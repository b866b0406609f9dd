"""Expression: what the eyes and mouth of one face do is carried over to another.

Two decoders that never saw the same smile need not agree on what a smile is. But how a face
usually looks is known, at every yaw, from most of its frames. The difference of a frame from that
is its expression, which can be added to the other face. (Expressive mapping: Liu, Shan & Zhang
2001, who carry over quotients of images; differences suit dark eyes better.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .align import REFERENCE_POINTS, Region
from .canvas import Canvas


@dataclass(frozen=True)
class Feature:
    """A soft ellipse on the face whose changes are carried over; in units of the aligned image.

    The gain is above 1, as lips and lids of two faces never lie exactly over one another. Ellipses
    and gains were chosen on rendered people, whose true swap is known, and on two real clips.
    """

    x: float
    y: float
    half_width: float
    half_height: float
    gain: float

    def weights(self, canvas: Canvas) -> np.ndarray:
        """How much each pixel of a canvas belongs to the feature: (h, w) float32, 0..1."""
        x, y = canvas.coordinates()
        across, down = (x - self.x) / self.half_width, (y - self.y) / self.half_height
        return np.exp(-(across**4) - down**4).astype(np.float32)


EYES = [
    Feature(*point, half_width=9.0, half_height=6.0, gain=1.5) for point in REFERENCE_POINTS[:2]
]
MOUTH = Feature(*REFERENCE_POINTS[3:].mean(0), half_width=11.7, half_height=7.2, gain=3.0)
# Limit of the change in brightness, 0..1, so that a blink does not brighten the lid unnaturally.
MAX_EXPRESSION_CHANGE = 0.35  # by eye
MIN_EXPRESSION_FRAMES = 8  # frames needed to learn how a face usually looks


class Expression:
    """Carries the target's expression over to drawn faces; learnt from frames of the target.

    faces, drawn  brightness (N, h, w), 0..1, of the target's faces, and as the donor's, as drawn
    yaws          (N,) of those faces, see faces.mask.estimate_yaw
    region        which part of the face they show
    """

    def __init__(self, faces: np.ndarray, drawn: np.ndarray, yaws: np.ndarray, region: Region):
        height, width = faces.shape[1:]
        # Fit brightness = a + b * yaw in each pixel, by least squares.
        solve = np.linalg.pinv(_yaw_terms(yaws)).astype(np.float32)  # (2, N)
        self._target_fit, self._drawn_fit = (  # a and b: (2, h, w) each
            np.tensordot(solve, images, 1) for images in (faces, drawn)
        )
        canvas = Canvas(region, (width, height))
        self._features = [(feature.weights(canvas), feature.gain) for feature in (*EYES, MOUTH)]

    def __call__(self, faces: np.ndarray, drawn: np.ndarray, yaws: np.ndarray) -> np.ndarray:
        """The faces `drawn` (N, h, w, 3) with the expression of `faces`, both 0..1, same frames.

        In each feature the drawn face's own change is removed, and the target's change, with gain
        and limit, added. yaws: (N,).
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
    """A change (N, h, w) within a feature (h, w), less its mean there.

    A whole eye that is brighter is a change of light, not of expression.
    """
    mean = np.tensordot(change, weights, 2) / weights.sum()
    return (change - mean[:, None, None]) * weights
