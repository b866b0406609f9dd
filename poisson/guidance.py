"""Guidance fields: which differences between neighbours the blended image should have.

Each function takes images (H, W, ...) and gives (right, down), of the same shape, float64: the
differences to the pixel on the right and to the one below, 0 in the last column and row.
"""

from __future__ import annotations

import numpy as np


def differences(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An image's (H, W, C) own forward differences, down and to the right."""
    right, down = np.zeros(image.shape), np.zeros(image.shape)
    np.subtract(image[:, 1:], image[:, :-1], out=right[:, :-1], dtype=np.float64)
    np.subtract(image[1:], image[:-1], out=down[:-1], dtype=np.float64)
    return right, down


def normal(fore: np.ndarray, back: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The differences (H, W, C) of the pasted image (Perez et al. 2003, eq. 11)."""
    return differences(fore)


def mixed(fore: np.ndarray, back: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """At each pixel the larger of two differences (H, W, C) (Perez et al. 2003, eq. 12-13)."""
    pairs = zip(differences(fore), differences(back), strict=True)
    right, down = (np.where(np.abs(f) > np.abs(b), f, b) for f, b in pairs)
    return right, down
