"""Correlation of a rectified face with the mark's pattern, at one placement or at all of them.

Both forms first whiten the face. A face has most of its contrast at low frequencies and at the eyes
and the mouth, while the mark is as strong everywhere; after whitening, the correlation weighs all
places and frequencies alike.
"""

from __future__ import annotations

import numpy as np
from scipy import fft, ndimage

from .pattern import MARK_PATTERN, MARK_SIGNS, MARK_WINDOW, block_dct
from .placement import MAX_SHIFT, PLACEMENT_SHAPE, SEARCH_ROTATIONS, SEARCH_SCALES, Placement
from .rectify import SEARCH_MARGIN, SEARCH_SHAPE, normalise_contrast
from .resample import resample

WHITENING_SIGMA = 0.8  # units of the aligned face, of the high-pass filter that whitens; by eye
# Usual magnitudes of a coefficient, to which it is limited. Without a limit a few strong
# coefficients, at the eyes and the mouth, would decide. By eye.
COEFFICIENT_LIMIT = 4.0


def matched_filter(pattern: np.ndarray) -> np.ndarray:
    """The spectrum to multiply with a face's, so that the product is that of their correlation."""
    return np.conj(fft.rfft2(pattern, SEARCH_SHAPE))


MARK_FILTER = matched_filter(MARK_PATTERN)


def correlate(face: np.ndarray) -> np.ndarray:
    """How well a rectified face agrees with the mark at each placement: PLACEMENT_SHAPE, float32.

    Each scale and rotation is undone in turn; then one product of spectra gives all the shifts.
    """
    shifts = slice(SEARCH_MARGIN - MAX_SHIFT, SEARCH_MARGIN + MAX_SHIFT + 1)
    correlation = np.empty(PLACEMENT_SHAPE, np.float32)
    for i, scale in enumerate(SEARCH_SCALES):
        for j, rotation in enumerate(SEARCH_ROTATIONS):
            white = whiten(undo_rotation(face, scale, rotation))
            product = fft.irfft2(fft.rfft2(white) * MARK_FILTER, SEARCH_SHAPE)
            correlation[i, j] = product[shifts, shifts]
    return correlation


def signed_coefficients(face: np.ndarray, placement: Placement) -> np.ndarray:
    """A rectified face's DCT coefficients in the mark's band, times the mark's signs: (n,).

    Without a mark each is positive as often as negative.
    """
    h, w = MARK_PATTERN.shape
    y, x = SEARCH_MARGIN + placement.y, SEARCH_MARGIN + placement.x
    white = whiten(undo_rotation(face, placement.scale, placement.rotation))
    coefficients = block_dct(white[y : y + h, x : x + w] * MARK_WINDOW)
    usual = np.median(np.abs(coefficients), axis=(0, 1)) + 1e-9  # of each frequency
    limited = np.tanh(coefficients / (COEFFICIENT_LIMIT * usual))
    return (limited * MARK_SIGNS)[MARK_SIGNS != 0]


def whiten(face: np.ndarray) -> np.ndarray:
    """A rectified face with about the same contrast at all places and at all frequencies."""
    return normalise_contrast(
        face - ndimage.gaussian_filter(face, WHITENING_SIGMA), WHITENING_SIGMA
    )


def undo_rotation(face: np.ndarray, scale: float, rotation: float) -> np.ndarray:
    """A rectified face, shrunk `scale` times and turned back by `rotation` degrees."""
    a = scale * np.exp(1j * np.radians(rotation))
    turn = np.array([[a.real, -a.imag], [a.imag, a.real]])
    centre = (np.array(SEARCH_SHAPE[::-1]) - 1) / 2
    matrix = np.column_stack([turn, centre - turn @ centre])
    return resample(face, matrix, SEARCH_SHAPE, "nearest", order=3)
