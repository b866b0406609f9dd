"""Embedding: an invisible mark in the pixels of a replaced face.

The mark has a fixed place in the coordinates of the aligned face. Detection restores these
coordinates after scaling and cropping. Since the mark moves with the face, a video coder's motion
compensation keeps it.

The mark is a label, not a secret: its key is public, it says only "this face was made by a
program", and anybody who wants to can remove it.
"""

from __future__ import annotations

import numpy as np
import scipy

from faces import align

from .pattern import MARK_CANVAS, mark_pattern, mark_window
from .resample import resample, shift_origin

MARK_PSNR = 45.15  # decibels, of the marked face against the unmarked; by choice: not visible
# The mark's strength at a pixel is (texture + MASKING_FLOOR) ** MASKING_POWER; all three by eye.
MASKING_SIGMA = 3.0  # units of the aligned face: finer detail counts as texture
MASKING_FLOOR = 2.0  # 8-bit levels, so that smooth skin carries some of the mark, too
MASKING_POWER = 0.25
ROUNDING_NOISE = 1 / 12  # mean square error of rounding to whole levels (uniform distribution)


def embed(image: np.ndarray, untouched: np.ndarray, to_aligned: np.ndarray) -> np.ndarray:
    """A copy of the frame `image`, with the mark where one face differs from `untouched`.

    image, untouched  (H, W, 3) uint8
    to_aligned        (2, 3), frame -> aligned face

    All three channels change by the same levels, so the mark is in the luma and colours stay.
    """
    box = MARK_CANVAS.bounding_box(to_aligned, image.shape)
    face = image[box]  # (h, w, 3)
    replaced = _find_changes(face, untouched[box])
    if not replaced.any():
        return image.copy()
    to_canvas = shift_origin(MARK_CANVAS.matrix(to_aligned), box)
    pattern = mark_pattern() * _masking_strength(face, to_canvas)
    change = resample(pattern, to_canvas, face.shape[:2]) * replaced
    # Count only this face's pixels: another face may have been replaced in the same box.
    area = (replaced & (resample(mark_window(), to_canvas, face.shape[:2]) > 0)).sum()
    allowed = 255**2 / 10 ** (MARK_PSNR / 10) - ROUNDING_NOISE  # mean square, in levels
    change *= np.sqrt(allowed * area / max(float((change**2).sum()), 1e-12))
    out = image.copy()
    out[box] = np.clip(face + np.rint(change).astype(np.int16)[..., None], 0, 255)
    return out


def _find_changes(image: np.ndarray, untouched: np.ndarray) -> np.ndarray:
    """Whether any channel of a pixel differs, (h, w) bool; faster than `any(axis=2)`."""
    same = image == untouched
    return ~(same[..., 0] & same[..., 1] & same[..., 2])


def _masking_strength(face: np.ndarray, to_canvas: np.ndarray) -> np.ndarray:
    """The mark's relative strength at each pixel of the canvas, (h, w): texture can hide more."""
    green = face[..., 1].astype(np.float32)  # instead of luma, most of which is green: faster
    on_canvas = resample(green, align.invert(to_canvas), mark_pattern().shape, "nearest")
    detail = on_canvas - scipy.ndimage.gaussian_filter(on_canvas, MASKING_SIGMA)
    texture = scipy.ndimage.gaussian_filter(detail**2, MASKING_SIGMA) ** 0.5  # in levels
    return (texture + MASKING_FLOOR) ** MASKING_POWER
