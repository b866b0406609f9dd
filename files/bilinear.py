"""Bilinear interpolation: a value between four pixels, weighed by how near each is."""

from __future__ import annotations

import numpy as np


def interpolate_bilinear(
    pixels: np.ndarray, first: np.ndarray, row: int, fx: np.ndarray, fy: np.ndarray
) -> np.ndarray:
    """The values at positions between pixels (P, C), which hold an image row after row: (..., C).

    first   (...) the index of each position's upper left pixel
    row     how many pixels a row of the image has
    fx, fy  (..., 1) the distance from that pixel, to the right and down, 0..1
    """
    upper = pixels[first] * (1 - fx) + pixels[first + 1] * fx
    lower = pixels[first + row] * (1 - fx) + pixels[first + row + 1] * fx
    return upper * (1 - fy) + lower * fy
