"""Blending faces: what the rim says about light is trusted, everything else on it is not.

Poisson blending adds to the new face the membrane that back - fore spans from the rim. That
corrects the light, as long as both images show the face there. Where the rim crosses hair or the
background in one of them, the difference has nothing to do with light, and the membrane would smear
the background's colour over the cheek. So here each difference on the rim counts by Tukey's
biweight (Beaton & Tukey 1974). The seam that remains lies where the mask's opacity is 0.

Faces are float arrays in 8-bit levels (0..255, not rounded).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .domain import Domain


@dataclass(frozen=True)
class RimLimits:
    """What is light on the rim, and how its flicker is damped; effects in docs/quality.md."""

    # Distance of colours, in levels, from which a difference on the rim is not due to light.
    # By eye; see the row about differences at the rim that are no light ("biweight").
    outlier: float = 40.0
    # Share of the previous face's rim in the mix, if both rims are equal. By eye; row "damping".
    damping: float = 0.6
    # Mean difference of two rims, in levels, at which that share has fallen to 1/e. By eye.
    similar: float = 2.0


RIM_LIMITS = RimLimits()


def split_difference(
    fore: np.ndarray, back: np.ndarray, weights: np.ndarray, inside: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The differences back - fore of N faces, split into a constant and the rest on the rim.

    fore, back  (N, h, w, 3): the new faces, and what they are put onto
    weights     (h, w): how much each pixel counts for the constant; high well within the face
    inside      (h, w) bool: the pixels that are solved for; the others are the rim

    Gives the weighted mean difference (3, N), and on the rim (h, w, 3, N) the deviations from it,
    each times Tukey's biweight (1 - (d / outlier)^2)^2 of the length d of its colour vector, or 0
    beyond `outlier`. Inside, the second is 0.
    """
    difference = np.moveaxis(back - fore, 0, -1)  # (h, w, 3, N)
    mean = np.tensordot(weights, difference, 2) / weights.sum()  # (3, N)
    rim = np.where(inside[..., None, None], 0, difference - mean)
    squared_distance = np.square(rim / RIM_LIMITS.outlier).sum(axis=2, keepdims=True)
    rim *= np.square(np.maximum(1 - squared_distance, 0))
    return mean, rim


def damp_rim_over_time(rim: np.ndarray, previous: np.ndarray | None) -> np.ndarray:
    """Mix the rim of each face with those of the faces before it, as far as they are alike.

    Otherwise every hair that moves across the rim makes the whole face flicker. The mean difference
    of `split_difference` is not damped, so a change of light does not lag.

    rim       (h, w, 3, N) of N successive faces
    previous  (h, w, 3), the damped rim of the face before them, or None for the first of a clip
    """
    damped = rim.copy()
    for k in range(rim.shape[-1]):
        if previous is not None:
            distance = np.abs(previous - rim[..., k]).mean() / RIM_LIMITS.similar
            share = np.float32(RIM_LIMITS.damping * math.exp(-(distance**2)))
            damped[..., k] += share * (previous - rim[..., k])
        previous = damped[..., k]
    return damped


def blend_faces(fore: np.ndarray, mean: np.ndarray, rim: np.ndarray, domain: Domain) -> np.ndarray:
    """The faces fore (N, h, w, 3) in the light of what they are put onto, same shape, float64.

    Adds to each the mean difference and the membrane that its rim spans, both as
    `split_difference` gives them. All faces are solved together.
    """
    blended = np.moveaxis(fore, 0, -1) + mean + domain.solve(rim)  # (h, w, 3, N)
    return np.moveaxis(blended, -1, 0)
