"""Reinhard's colour transfer: match mean and standard deviation in each channel of CIELAB."""

from __future__ import annotations

import numpy as np

from faces import Canvas

from .lab import lab_to_rgb, rgb_to_lab
from .moments import moments
from .transfer import ColourMap, FrameTransfer, one_by_one, repaint

MIN_LAB_VARIANCE = 1e-8  # of L, a or b; a smaller one may be float32 rounding of values up to 100


def reinhard(
    source: np.ndarray,
    target: np.ndarray,
    mask: np.ndarray | None = None,
    target_mask: np.ndarray | None = None,
    max_chroma_gain: float = np.inf,
) -> np.ndarray:
    """`source` with the mean and standard deviation of `target` in each channel of CIELAB.

    source, target     RGB (..., 3) floats 0..1; the result has the source's dtype, may leave 0..1
    mask, target_mask  (...) 0..1: how much each pixel counts; `mask` serves both if it is alone
    max_chroma_gain    the largest factor by which the deviations of a and b grow

    Reinhard, Ashikhmin, Gooch & Shirley 2001, eq. 10-11, in CIELAB in place of their l-alpha-beta.
    A channel in which the source has no spread gets none. Raises ValueError for other dtypes and
    for shapes that do not fit.
    """
    return fit_reinhard(source, target, mask, target_mask, max_chroma_gain)(source)


def fit_reinhard(source, target, mask=None, target_mask=None, max_chroma_gain=np.inf) -> ColourMap:
    """The map of colours by which `reinhard` changes (..., 3) the source."""
    mean_s, cov_s = moments(rgb_to_lab(source), mask)
    mean_t, cov_t = moments(rgb_to_lab(target), mask if target_mask is None else target_mask)
    var_s, var_t = np.diag(cov_s), np.diag(cov_t)
    gain = np.sqrt(np.divide(var_t, var_s, out=np.ones(3), where=var_s > MIN_LAB_VARIANCE))
    gain[1:] = np.minimum(gain[1:], max_chroma_gain)
    return lambda rgb: lab_to_rgb(((rgb_to_lab(rgb) - mean_s) * gain + mean_t).astype(rgb.dtype))


def before_training(donor: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The donor's faces (N, h, w, 3) with the statistics of the target's (M, h, w, 3)."""
    return repaint(fit_reinhard, donor, target, weights)


def for_clip(canvas: Canvas) -> FrameTransfer:
    """Each drawn face with the statistics of the face that it replaces."""
    return one_by_one(reinhard, canvas)
