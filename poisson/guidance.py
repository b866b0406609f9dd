"""Guidance fields: which differences between neighbours the blended image should have.

Each function takes images (H, W, ...) and gives (right, down): the differences to the pixel on the
right and to the one below, of the same shape, 0 in the last column and row.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage


def differences(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The image's own forward differences, float64."""
    right, down = np.zeros(image.shape), np.zeros(image.shape)
    np.subtract(image[:, 1:], image[:, :-1], out=right[:, :-1], dtype=np.float64)
    np.subtract(image[1:], image[:-1], out=down[:-1], dtype=np.float64)
    return right, down


def normal(fore: np.ndarray, back: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The differences of what is pasted (Perez et al. 2003, eq. 11)."""
    return differences(fore)


def mixed(fore: np.ndarray, back: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """At each pixel the larger of the two images' differences (Perez et al. 2003, eq. 12-13)."""
    pairs = zip(differences(fore), differences(back), strict=True)
    right, down = (np.where(np.abs(f) > np.abs(b), f, b) for f, b in pairs)
    return right, down


def opencv(fore: np.ndarray, back: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """OpenCV's seamlessClone: the differences of `fore` well inside the mask, of `back` elsewhere.

    Well inside is what remains of the mask after three erosions by 3x3. OpenCV solves for the whole
    bounding box of the mask, whatever its shape: see `opencv_domain`.
    """
    inner = ndimage.binary_erosion(mask, np.ones((3, 3)), iterations=3)
    inner = inner.reshape(inner.shape + (1,) * (fore.ndim - 2))
    pairs = zip(differences(fore), differences(back), strict=True)
    right, down = (np.where(inner, f, b) for f, b in pairs)
    return right, down


def opencv_domain(mask: np.ndarray) -> np.ndarray:
    """The pixels that seamlessClone solves for: the mask's bounding box without its border."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = np.zeros_like(mask)
    box[rows[0] + 1 : rows[-1], columns[0] + 1 : columns[-1]] = True
    return box
