"""Guidance and domain of OpenCV's seamlessClone, to compare with its recorded results."""

import numpy as np
from scipy import ndimage

from poisson.guidance import differences


def opencv_guidance(
    fore: np.ndarray, back: np.ndarray, mask: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
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
