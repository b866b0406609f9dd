"""Expression: what the eyes and the mouth of one face do, done by another.

Two decoders that never saw the same smile need not agree on what a smile is. But what a face looks like in most of its frames is known, at
every turn of the head, and how a frame differs from that is its expression, which can be put onto the other face (expressive
mapping: Liu, Shan & Zhang 2001, who carry quotients of images; differences are kinder to dark eyes).
"""

from __future__ import annotations

import numpy as np

from .align import REFERENCE_POINTS, Region
from .canvas import Canvas

# (x, y, half the width, half the height) in the image of REFERENCE_POINTS, and the gain: above 1, as lips and lids of two faces do not
# quite lie over one another. Chosen on rendered people, whose true swap is known, and on two clips of real ones.
EYES = [(*REFERENCE_POINTS[k], 9.0, 6.0, 1.5) for k in (0, 1)]
MOUTH = (*REFERENCE_POINTS[3:].mean(0), 11.7, 7.2, 3.0)
MOST = 0.35  # of the brightness, 0..1, that is put on or taken off: a blink is no lamp
FEWEST = 8  # frames from which to learn how a face usually looks


class Expression:
    """Learnt from frames of the target.

    faces, drawn  brightness (N, h, w), 0..1, of the faces as they are and as they are drawn with the donor's face
    turned        (N,) how far each is turned, see faces.mask.turn
    region        what of the face they show
    """

    def __init__(self, faces: np.ndarray, drawn: np.ndarray, turned: np.ndarray, region: Region):
        height, width = faces.shape[1:]
        usual = np.linalg.pinv(_terms(turned)).astype(
            np.float32
        )  # least squares: brightness = a + b * turned, in each pixel
        self._usual = [np.tensordot(usual, of, 1) for of in (faces, drawn)]  # each (2, h, w)
        x, y = Canvas(region, (width, height)).coordinates()
        self._parts = [
            (np.exp(-(((x - cx) / rx) ** 4) - ((y - cy) / ry) ** 4).astype(np.float32), gain)
            for cx, cy, rx, ry, gain in (*EYES, MOUTH)
        ]

    def __call__(self, faces: np.ndarray, drawn: np.ndarray, turned: np.ndarray) -> np.ndarray:
        """`drawn` (N, h, w, 3) with the expression of `faces`, the same frames (N, h, w, 3); both 0..1, turned (N,)."""
        terms = _terms(turned).astype(np.float32)
        theirs, own = (
            brightness(of) - np.tensordot(terms, usual, 1)
            for of, usual in zip((faces, drawn), self._usual, strict=True)
        )
        change = np.zeros_like(own)
        for weights, gain in self._parts:
            change += MOST * np.tanh(gain / MOST * _within(theirs, weights)) - _within(own, weights)
        return drawn + change[..., None]


def brightness(faces: np.ndarray) -> np.ndarray:
    """(N, h, w, 3) -> (N, h, w)."""
    return faces.mean(axis=-1, dtype=np.float32)


def _terms(turned: np.ndarray) -> np.ndarray:
    return np.stack([np.ones(len(turned)), turned], 1)


def _within(difference: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The part of (N, h, w) where the weights (h, w) are, about its own mean: a whole eye that is brighter is light, no expression."""
    mean = np.tensordot(difference, weights, 2) / weights.sum()
    return (difference - mean[:, None, None]) * weights
