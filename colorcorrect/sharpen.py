"""Sharpening: a face gets finest details as strong as those of the face that it replaces.

A drawn face is softer than its frame. The details that it has are made stronger (unsharp masking),
until they have the energy of the frame's. Nothing is taken from the frame but that number, so its
person does not come along.
"""

from __future__ import annotations

import numpy as np
import scipy

FINEST_PX = 1.0  # standard deviation of the blur that leaves out the finest details; by eye
MAX_SHARPENING = 3.0  # the largest factor; by eye


def sharpen(faces: np.ndarray, like: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Faces with details as strong as those of `like`, unless they are stronger already.

    faces, like  (N, h, w, 3) floats 0..1; the result may leave 0..1
    weights      (N, h, w) 0..1: how much each pixel counts for how strong details are
    """
    ours, theirs = map(_take_details, (faces, like))
    energies = [np.einsum("nhwc,nhw->n", np.square(d), weights) for d in (ours, theirs)]
    factor = np.sqrt(energies[1] / np.maximum(energies[0], 1e-12)).clip(1, MAX_SHARPENING)
    return faces + ours * (factor - 1).astype(np.float32)[:, None, None, None]


def _take_details(faces: np.ndarray) -> np.ndarray:
    """What a blur leaves out."""
    return faces - scipy.ndimage.gaussian_filter(faces, (0, FINEST_PX, FINEST_PX, 0))
