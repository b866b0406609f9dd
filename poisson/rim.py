"""Blending faces: of the differences at the rim, only those that light explains are used.

Poisson blending adds to the new face the membrane that back - fore spans from the rim, the known
pixels around the mask. That corrects the light, as long as both images show the face there. Where
the rim crosses hair or background in one of them, the difference has nothing to do with light, and
the membrane would smear the background's colour over the cheek. So Tukey's biweight (Beaton & Tukey
1974) weighs each difference on the rim. The seam that remains lies where the mask's opacity is 0.

Faces are float arrays in 8-bit levels (0..255, not rounded).
"""

from __future__ import annotations

import numpy as np

from .domain import Domain

# 8-bit levels, length of a colour difference from which it is not due to light; by eye,
# docs/quality.md, row "biweight"
RIM_OUTLIER = 40.0


def split_difference(
    fore: np.ndarray, back: np.ndarray, weights: np.ndarray, inside: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Split the differences back - fore of N faces into a constant and the rest on the rim.

    fore, back  (N, h, w, 3): the new faces, and the frames that they are blended into
    weights     (N, h, w): how much each pixel counts for the constant; high well within the face
    inside      (h, w) bool: the pixels that are solved for; the others are the rim

    Gives the weighted mean difference (3, N), and the deviations from it (h, w, 3, N): on the rim,
    each is multiplied by Tukey's biweight (1 - (d / RIM_OUTLIER)^2)^2, where d is the length of its
    colour vector, or by 0 if d > RIM_OUTLIER; inside, they are 0.
    """
    difference = np.moveaxis(back - fore, 0, -1)  # (h, w, 3, N)
    sums = np.einsum("nhw,hwcn->cn", weights, difference)
    mean = sums / weights.sum(axis=(1, 2))  # (3, N)
    rim = np.where(inside[..., None, None], 0, difference - mean)
    squared_distance = np.square(rim / RIM_OUTLIER).sum(axis=2, keepdims=True)
    rim *= np.square(np.maximum(1 - squared_distance, 0))
    return mean, rim


def blend_faces(fore: np.ndarray, mean: np.ndarray, rim: np.ndarray, domain: Domain) -> np.ndarray:
    """The faces fore (N, h, w, 3) in the light of the frames, same shape, float64.

    Adds to each its mean difference and the membrane that its rim spans; `mean` and `rim` are as
    `split_difference` gives them.
    """
    blended = np.moveaxis(fore, 0, -1) + mean + domain.solve(rim)  # (h, w, 3, N)
    return np.moveaxis(blended, -1, 0)
