"""Where the drawn face differs too widely from the target's, keep the frame's pixels.

Near the outline one of the two may show hair, a collar, or the wall beside a turned cheek instead
of the face. Images are float arrays in 8-bit levels (0..255).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage


@dataclass(frozen=True)
class AgreementLimits:
    """How much two faces may differ. Lengths are in widths of the canvas; all by eye."""

    # docs/quality.md, rows "keeping the frame's pixels" and "a margin", shows the effects.
    at_outline: float = 15.0  # limit there, in levels, mean over the channels
    inside_factor: float = 6.0  # on that limit, well inside: eyes and lips of two people differ
    inside_depth: float = 0.3  # distance from the outline from which that factor holds
    blur: float = 0.02  # standard deviation of the Gaussian that smooths the difference
    margin: float = 0.025  # excluded around a disagreement too, for its edge and shadow


AGREEMENT_LIMITS = AgreementLimits()


def allowed_difference(mask: np.ndarray) -> np.ndarray:
    """How many levels (h, w) float32 faces may differ by: more, the deeper in the mask (h, w)."""
    limits = AGREEMENT_LIMITS
    depth = ndimage.distance_transform_edt(mask > 0) / (limits.inside_depth * mask.shape[1])
    factor = 1 + (limits.inside_factor - 1) * np.clip(depth, 0, 1)
    return (limits.at_outline * factor).astype(np.float32)


def drop_disagreements(mask: np.ndarray, difference: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """The mask (h, w), 0..1, less the places where two faces disagree, and a margin around those.

    difference  (h, w, 3) between the two faces, in levels
    allowed     (h, w), as `allowed_difference` gives it
    """
    width = mask.shape[1]
    sigma = AGREEMENT_LIMITS.blur * width
    observed = np.abs(ndimage.gaussian_filter(difference, (sigma, sigma, 0))).mean(-1)
    trust = np.clip(2 - observed / allowed, 0, 1)  # falls to 0 at twice the allowed difference
    margin = max(round(AGREEMENT_LIMITS.margin * width), 1)
    trust[ndimage.binary_dilation(trust == 0, iterations=margin)] = 0
    return mask * ndimage.gaussian_filter(trust, sigma)
