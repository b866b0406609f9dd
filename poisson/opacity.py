"""Where two faces differ too widely, one of them is no face there, and the frame stays as it is.

Near the outline an image may show hair, a collar, or the wall beside a turned cheek instead of the
face. Images are float arrays in 8-bit levels (0..255).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage


@dataclass(frozen=True)
class AgreementLimits:
    """How much two faces may differ; all by eye, docs/quality.md shows the effects.

    Lengths are in widths of the canvas.
    """

    at_outline: float = 15.0  # levels, mean over the channels; row "trust"
    inside_factor: float = 6.0  # well inside, eyes and lips may differ by so many times more
    inside_depth: float = 0.3  # distance from the outline at which that much is allowed
    blur: float = 0.02  # standard deviation of the Gaussian under which faces are compared
    margin: float = 0.025  # kept around a disagreement, for its edge and shadow; row "edge"


AGREEMENT_LIMITS = AgreementLimits()


def allowed_difference(mask: np.ndarray) -> np.ndarray:
    """By how many levels (h, w) faces may differ, for a mask (h, w): more with growing depth."""
    limits = AGREEMENT_LIMITS
    depth = ndimage.distance_transform_edt(mask > 0) / (limits.inside_depth * mask.shape[1])
    factor = 1 + (limits.inside_factor - 1) * np.clip(depth, 0, 1)
    return (limits.at_outline * factor).astype(np.float32)


def keep_disagreements(mask: np.ndarray, difference: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """The mask (h, w) without the places where two faces disagree, and a margin around those.

    difference  (h, w, 3) of the two faces, levels
    allowed     (h, w), as `allowed_difference` gives it
    """
    width = mask.shape[1]
    sigma = AGREEMENT_LIMITS.blur * width
    observed = np.abs(ndimage.gaussian_filter(difference, (sigma, sigma, 0))).mean(-1)
    trust = np.clip(2 - observed / allowed, 0, 1)  # falls to 0 at twice what is allowed
    margin = max(round(AGREEMENT_LIMITS.margin * width), 1)
    trust[ndimage.binary_dilation(trust == 0, iterations=margin)] = 0
    return mask * ndimage.gaussian_filter(trust, sigma)
