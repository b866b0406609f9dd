"""Correlation of a rectified face with the mark's pattern, at one placement or at all of them.

Both first whiten the face. A face has most of its contrast at low frequencies, at the eyes and at
the mouth, and would drown the mark there, which is equally strong everywhere. After whitening, all
places and frequencies have the same weight.
"""

from __future__ import annotations

import numpy as np
from scipy import fft, ndimage

from .pattern import MARK_PATTERN, MARK_SIGNS, MARK_WINDOW, block_dct
from .placement import MAX_SHIFT, PLACEMENT_SHAPE, SEARCH_ROTATIONS, SEARCH_SCALES, Placement
from .rectify import SEARCH_MARGIN, SEARCH_SHAPE, normalise_contrast
from .resample import resample

WHITENING_SIGMA = 0.8  # of the high-pass filter, in units of the aligned face; by eye
# A coefficient is limited to so many times the median magnitude at its frequency. Otherwise a few
# strong coefficients, at the eyes and the mouth, would decide. By eye.
COEFFICIENT_LIMIT = 4.0


def matched_filter(pattern: np.ndarray) -> np.ndarray:
    """The spectrum (h, w // 2 + 1) whose product with a face's is that of their correlation."""
    return np.conj(fft.rfft2(pattern, SEARCH_SHAPE))


MARK_FILTER = matched_filter(MARK_PATTERN)


def correlate(face: np.ndarray) -> np.ndarray:
    """The correlation of a rectified face (h, w) with the mark: PLACEMENT_SHAPE, float32.

    Undo each scale and rotation in turn; one product of spectra then gives all shifts at once.
    """
    shifts = slice(SEARCH_MARGIN - MAX_SHIFT, SEARCH_MARGIN + MAX_SHIFT + 1)
    correlation = np.empty(PLACEMENT_SHAPE, np.float32)
    for i, scale in enumerate(SEARCH_SCALES):
        for j, rotation in enumerate(SEARCH_ROTATIONS):
            white = whiten(undo_scale_and_rotation(face, scale, rotation))
            product = fft.irfft2(fft.rfft2(white) * MARK_FILTER, SEARCH_SHAPE)
            correlation[i, j] = product[shifts, shifts]
    return correlation


def signed_coefficients(face: np.ndarray, placement: Placement) -> np.ndarray:
    """The DCT coefficients of a rectified face in the mark's band, times the mark's signs: (n,).

    Without a mark, each of them is positive with probability 1/2.
    """
    h, w = MARK_PATTERN.shape
    y, x = SEARCH_MARGIN + placement.y, SEARCH_MARGIN + placement.x
    white = whiten(undo_scale_and_rotation(face, placement.scale, placement.rotation))
    coefficients = block_dct(white[y : y + h, x : x + w] * MARK_WINDOW)
    median = np.median(np.abs(coefficients), axis=(0, 1)) + 1e-9  # of each frequency
    limited = np.tanh(coefficients / (COEFFICIENT_LIMIT * median))
    return (limited * MARK_SIGNS)[MARK_SIGNS != 0]


def whiten(face: np.ndarray) -> np.ndarray:
    """A rectified face (h, w) with about the same contrast at all places and frequencies."""
    high_pass = face - ndimage.gaussian_filter(face, WHITENING_SIGMA)
    return normalise_contrast(high_pass, WHITENING_SIGMA)


def undo_scale_and_rotation(face: np.ndarray, scale: float, rotation: float) -> np.ndarray:
    """A rectified face (h, w), `scale` times smaller and rotated back by `rotation` degrees."""
    a = scale * np.exp(1j * np.radians(rotation))
    linear = np.array([[a.real, -a.imag], [a.imag, a.real]])
    centre = (np.array(SEARCH_SHAPE[::-1]) - 1) / 2
    matrix = np.column_stack([linear, centre - linear @ centre])  # result -> face
    return resample(face, matrix, SEARCH_SHAPE, "nearest", order=3)
