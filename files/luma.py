"""Luma: the brightness of an RGB colour, as defined for video."""

from __future__ import annotations

import numpy as np

BT601_LUMA = 0.299, 0.587, 0.114  # weights of red, green and blue (ITU-R BT.601)


def luma(rgb: np.ndarray, dtype=np.float64) -> np.ndarray:
    """The luma (...) of colours (..., 3), in their unit, computed in `dtype`."""
    return rgb @ np.array(BT601_LUMA, dtype)
