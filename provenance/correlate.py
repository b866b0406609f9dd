"""Correlation of a rectified face with the mark's pattern, at one placement or at all of them.

Both first whiten the face. A face has most of its contrast at low frequencies, at the eyes and at
the mouth, and would drown the mark there, which is equally strong everywhere. After whitening, all
places and frequencies have the same weight.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import scipy

from .pattern import block_dct, mark_pattern, mark_signs, mark_window
from .placement import MAX_SHIFT, PLACEMENT_SHAPE, SEARCH_ROTATIONS, SEARCH_SCALES, Placement
from .rectify import SEARCH_MARGIN, SEARCH_SHAPE, normalise_contrast
from .resample import resample

WHITENING_SIGMA = 0.8  # of the high-pass filter, in units of the aligned face; by eye
# A coefficient is limited to so many times the median magnitude at its frequency. Otherwise a few
# strong coefficients, at the eyes and the mouth, would decide. By eye.
COEFFICIENT_LIMIT = 4.0


def matched_filter(pattern: np.ndarray) -> np.ndarray:
    """The spectrum (h, w // 2 + 1) whose product with a face's is that of their correlation."""
    return np.conj(scipy.fft.rfft2(pattern, SEARCH_SHAPE))


@cache
def mark_filter() -> np.ndarray:
    """The matched filter of the mark, (h, w // 2 + 1)."""
    return matched_filter(mark_pattern())


def correlate(face: np.ndarray) -> np.ndarray:
    """The correlation of a rectified face (h, w) with the mark: PLACEMENT_SHAPE, float32.

    Undo each scale and rotation in turn; one product of spectra then gives all shifts at once.
    """
    shifts = slice(SEARCH_MARGIN - MAX_SHIFT, SEARCH_MARGIN + MAX_SHIFT + 1)
    correlation = np.empty(PLACEMENT_SHAPE, np.float32)
    for i, scale in enumerate(SEARCH_SCALES):
        for j, rotation in enumerate(SEARCH_ROTATIONS):
            white = whiten(undo_scale_and_rotation(face, scale, rotation))
            product = scipy.fft.irfft2(scipy.fft.rfft2(white) * mark_filter(), SEARCH_SHAPE)
            correlation[i, j] = product[shifts, shifts]
    return correlation


def signed_coefficients(face: np.ndarray, placement: Placement) -> np.ndarray:
    """The DCT coefficients of a rectified face in the mark's band, times the mark's signs: (n,).

    Without a mark, each of them is positive with probability 1/2.
    """
    h, w = mark_pattern().shape
    y, x = SEARCH_MARGIN + placement.y, SEARCH_MARGIN + placement.x
    white = whiten(undo_scale_and_rotation(face, placement.scale, placement.rotation))
    coefficients = block_dct(white[y : y + h, x : x + w] * mark_window())
    median = np.median(np.abs(coefficients), axis=(0, 1)) + 1e-9  # of each frequency
    limited = np.tanh(coefficients / (COEFFICIENT_LIMIT * median))
    signs = mark_signs()
    return (limited * signs)[signs != 0]


def whiten(face: np.ndarray) -> np.ndarray:
    """A rectified face (h, w) with about the same contrast at all places and frequencies."""
    high_pass = face - scipy.ndimage.gaussian_filter(face, WHITENING_SIGMA)
    return normalise_contrast(high_pass, WHITENING_SIGMA)


def undo_scale_and_rotation(face: np.ndarray, scale: float, rotation: float) -> np.ndarray:
    """A rectified face (h, w), `scale` times smaller and rotated back by `rotation` degrees."""
    a = scale * np.exp(1j * np.radians(rotation))
    linear = np.array([[a.real, -a.imag], [a.imag, a.real]])
    centre = (np.array(SEARCH_SHAPE[::-1]) - 1) / 2
    matrix = np.column_stack([linear, centre - linear @ centre])  # result -> face
    return resample(face, matrix, SEARCH_SHAPE, "nearest", order=3)
