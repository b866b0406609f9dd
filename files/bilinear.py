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
    upper = pixels[first] * (1 - fx) + pixels[first + 1] * fx
    lower = pixels[first + row] * (1 - fx) + pixels[first + row + 1] * fx
    return upper * (1 - fy) + lower * fy
