"""Light: a drawn face gets the shading and the tint of the face it replaces, and keeps its own beard, brows and spots.

What light does to a face changes slowly across it, as intrinsic images have it (Land & McCann 1971): image = reflectance * shading, shading
smooth. Of both faces the part is taken that a parabola across the face explains, and the drawn face is multiplied by their quotient.
"""

from __future__ import annotations

import numpy as np

LEAST = 0.02  # of a shading, in 0..1: what divides is never smaller
FACTORS = 0.5, 2.0  # of brightness; what needs more is not light


class Relight:
    """For canvases of one shape. weights (h, w): which pixels say how the light is, the middle of the face."""

    def __init__(self, weights: np.ndarray):
        x = np.linspace(-1, 1, weights.shape[1])
        # Across, not up and down: there a beard or a fringe would pass for shadow.
        self._basis = np.stack([np.ones_like(x), x, x * x], -1)  # (w, 3)
        moments = np.einsum("hw,wi,wj->ij", weights, self._basis, self._basis)
        self._fit = np.linalg.solve(moments, self._basis.T)  # (3, w), for sums of weighted columns
        self._weights = weights

    def shading(self, image: np.ndarray) -> np.ndarray:
        """The weighted least-squares parabola in x of an image (h, w, C): (w, C)."""
        return self._basis @ (self._fit @ np.einsum("hw,hwc->wc", self._weights, image))

    def __call__(self, face: np.ndarray, like: np.ndarray) -> np.ndarray:
        """`face` in the light of `like`: all (h, w, C) float, 0..1; the result may exceed 1."""
        quotient = np.maximum(self.shading(like), LEAST) / np.maximum(self.shading(face), LEAST)
        return face * quotient.clip(*FACTORS).astype(face.dtype)
