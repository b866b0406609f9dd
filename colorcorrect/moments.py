"""The weighted mean and covariance of the colours of an image."""

from __future__ import annotations

import numpy as np


def moments(image: np.ndarray, mask: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Mean (3,) and covariance (3, 3), float64, of an image (..., 3), weighted by a mask (...).

    Raises ValueError for a mask of another shape, and for one whose sum is 0.
    """
    pixels = image.reshape(-1, 3).astype(np.float64)
    if mask is not None and mask.shape != image.shape[:-1]:
        raise ValueError(f"a mask {mask.shape} does not fit the image {image.shape}")
    weights = np.ones(len(pixels)) if mask is None else mask.reshape(-1).astype(np.float64)
    if weights.sum() <= 0:
        raise ValueError("the mask leaves no pixel to take statistics of")
    mean = weights @ pixels / weights.sum()
    centred = pixels - mean
    return mean, (centred * weights[:, None]).T @ centred / weights.sum()
