"""Reinhard's colour transfer: mean and standard deviation of each channel of CIELAB."""

from __future__ import annotations

import numpy as np

from .lab import lab_to_rgb, rgb_to_lab
from .moments import moments
from .transfer import FrameTransfer, repaint

MIN_LAB_VARIANCE = 1e-8  # below, float32 rounding of L 0..100 explains the spread


def reinhard(
    source: np.ndarray,
    target: np.ndarray,
    mask: np.ndarray | None = None,
    target_mask: np.ndarray | None = None,
    max_chroma_gain: float = np.inf,
) -> np.ndarray:
    """`source` with the mean and standard deviation of `target` in each channel of CIELAB.

    source, target     RGB (..., 3) floats 0..1; the result has the source's dtype, may leave 0..1
    mask, target_mask  (...) 0..1: how much each pixel counts; one mask serves both if alone
    max_chroma_gain    the deviations of a and b are multiplied by at most this

    After Reinhard, Ashikhmin, Gooch & Shirley 2001, eq. 10-11, who took l-alpha-beta, another space
    with independent axes. A channel without spread in the source keeps having none. Raises
    ValueError for what does not fit.
    """
    ours, theirs = rgb_to_lab(source), rgb_to_lab(target)
    mean_s, cov_s = moments(ours, mask)
    mean_t, cov_t = moments(theirs, mask if target_mask is None else target_mask)
    var_s, var_t = np.diag(cov_s), np.diag(cov_t)
    gain = np.sqrt(np.divide(var_t, var_s, out=np.ones(3), where=var_s > MIN_LAB_VARIANCE))
    gain[1:] = np.minimum(gain[1:], max_chroma_gain)
    return lab_to_rgb(((ours - mean_s) * gain + mean_t).astype(source.dtype))


def before_training(donor: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The donor's faces with the statistics of the target's."""
    return repaint(reinhard, donor, target, weights)


def for_clip(weights: np.ndarray) -> FrameTransfer:
    """Each drawn face with the statistics of the face that it replaces."""
    return lambda drawn, target: reinhard(drawn, target, weights)
