"""Bilinear interpolation: the mean of four pixels, weighted by how near each is."""

from __future__ import annotations

import numpy as np


def interpolate_bilinear(
    pixels: np.ndarray, first: np.ndarray, row: int, fx: np.ndarray, fy: np.ndarray
) -> np.ndarray:
    """The values (..., C) at positions between the pixels (P, C) of an image, stored row by row.

    first   (...) index of the pixel at the upper left of each position
    row     number of pixels in a row of the image
    fx, fy  (..., 1) distance from that pixel to the right and down, 0..1
    """
    upper = pixels.take(first, axis=0) * (1 - fx)  # take and += copy less than [] and +
    upper += pixels.take(first + 1, axis=0) * fx
    lower = pixels.take(first + row, axis=0) * (1 - fx)
    lower += pixels.take(first + row + 1, axis=0) * fx
    return upper * (1 - fy) + lower * fy
