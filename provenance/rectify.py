"""Rectification: a face in a frame -> its fine detail on the canvas where the mark is searched."""

from __future__ import annotations

import numpy as np
import scipy

from faces import align
from files import luma

from .pattern import MARK_CANVAS
from .resample import resample, shift_origin

SEARCH_MARGIN = 16  # units of the aligned face kept around the mark's canvas; by choice
SEARCH_CANVAS = MARK_CANVAS.with_margin(SEARCH_MARGIN)
SEARCH_SHAPE = SEARCH_CANVAS.size[::-1]  # (h, w)

# Shrinking a frame much would alias, so it is smoothed first. Both as in faces.warp.
MAX_UNSMOOTHED_SHRINK = 1.25  # frame pixels a canvas pixel, up to which it is not smoothed
SHRINK_SIGMA = 0.4  # of the Gaussian, in canvas pixels

DETAIL_SIGMA = 2.0  # canvas pixels; coarser structure is the face's own and is removed; by eye
CONTRAST_SIGMA = 2.0  # canvas pixels, of the neighbourhood in which contrast is measured; by eye
MIN_CONTRAST = 0.1  # of the mean contrast; added, so that noise in smooth places stays low; by eye


def rectify(image: np.ndarray, to_aligned: np.ndarray) -> np.ndarray:
    """The fine detail of a face in a frame (H, W, 3) uint8, on SEARCH_CANVAS: (h, w) float32.

    `to_aligned` (2, 3) is frame -> aligned face. All zeros if the face lies outside the frame.
    """
    box = SEARCH_CANVAS.bounding_box(to_aligned, image.shape)
    crop = image[box]
    if 0 in crop.shape:
        return np.zeros(SEARCH_SHAPE, np.float32)
    to_canvas = shift_origin(SEARCH_CANVAS.matrix(to_aligned), box)
    face = luma(crop, np.float32)
    pixels_per_unit = 1 / align.scale_of(to_canvas)
    if pixels_per_unit > MAX_UNSMOOTHED_SHRINK:
        face = scipy.ndimage.gaussian_filter(face, SHRINK_SIGMA * pixels_per_unit)
    face = resample(face, align.invert(to_canvas), SEARCH_SHAPE, "nearest")
    return normalise_contrast(face, DETAIL_SIGMA)


def normalise_contrast(face: np.ndarray, sigma: float) -> np.ndarray:
    """The detail of a face (h, w) finer than `sigma` pixels, divided by its local contrast.

    So skin weighs as much as eyes and hair, whose strong contrast says nothing about the mark.
    """
    detail = face - scipy.ndimage.gaussian_filter(face, sigma)
    contrast = np.sqrt(scipy.ndimage.gaussian_filter(detail**2, CONTRAST_SIGMA))
    return detail / (contrast + MIN_CONTRAST * contrast.mean() + 1e-6)
