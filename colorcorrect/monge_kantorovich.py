"""The linear Monge-Kantorovich colour transfer: match mean and covariance in RGB."""

from __future__ import annotations

import numpy as np

from faces import Canvas

from .lab import check_floats
from .moments import moments
from .transfer import ColourMap, FrameTransfer, one_by_one, repaint

# Smaller variances may be float32 rounding, which their inverse would amplify. The first limit is
# for colours 0..1, the second is relative to the largest variance.
MIN_RGB_VARIANCE, MIN_RELATIVE_VARIANCE = 1e-12, 1e-10


def monge_kantorovich(
    source: np.ndarray,
    target: np.ndarray,
    mask: np.ndarray | None = None,
    target_mask: np.ndarray | None = None,
) -> np.ndarray:
    """`source` with mean and covariance of `target`, by the linear map that moves colours least.

    source, target     RGB (..., 3) floats 0..1; the result has the source's dtype, may leave 0..1
    mask, target_mask  (...) 0..1: how much each pixel counts; `mask` serves both if it is alone

    Pitie & Kokaram 2007, eq. 12: T = S^-1/2 (S^1/2 R S^1/2)^1/2 S^-1/2, where S and R are the
    covariances of source and target. A direction in which the source has no spread gets none.
    Raises ValueError for other dtypes and for shapes that do not fit.
    """
    return fit_monge_kantorovich(source, target, mask, target_mask)(source)


def fit_monge_kantorovich(source, target, mask=None, target_mask=None) -> ColourMap:
    """The map of colours by which `monge_kantorovich` changes (..., 3) the source."""
    check_floats(source)
    check_floats(target)
    mean_s, cov_s = moments(source, mask)
    mean_t, cov_t = moments(target, mask if target_mask is None else target_mask)
    root, inverse_root = _power(cov_s, 0.5), _power(cov_s, -0.5)
    transport = inverse_root @ _power(root @ cov_t @ root, 0.5) @ inverse_root
    return lambda rgb: ((rgb - mean_s) @ transport.T + mean_t).astype(rgb.dtype)


def before_training(donor: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The donor's faces (N, h, w, 3) with the statistics of the target's (M, h, w, 3)."""
    return repaint(fit_monge_kantorovich, donor, target, weights)


def for_clip(canvas: Canvas) -> FrameTransfer:
    """Each drawn face with the statistics of the face that it replaces."""
    return one_by_one(monge_kantorovich, canvas)


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """A power of a symmetric positive semidefinite matrix.

    A negative power leaves out directions without spread, like a pseudo-inverse.
    """
    values, vectors = np.linalg.eigh(matrix)
    values = np.maximum(values, 0)  # rounding makes zeros slightly negative
    if exponent < 0:
        usable = values > max(MIN_RGB_VARIANCE, MIN_RELATIVE_VARIANCE * values[-1])
        values = np.where(usable, values, np.inf)
    return (vectors * values**exponent) @ vectors.T
