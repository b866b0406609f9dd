"""Resampling of single-channel images."""

from __future__ import annotations

import numpy as np
import scipy

from faces import align


def resample(
    image: np.ndarray,
    matrix: np.ndarray,
    shape: tuple[int, int],
    edges: str = "constant",
    order: int = 1,
) -> np.ndarray:
    """Sample image (H, W) through `matrix` (2, 3), result -> image: (h, w) of `shape`, float32.

    order  of the interpolating spline; 1 is bilinear
    edges  "constant" continues the image with zeros, "nearest" with its edge

    For one channel this takes a third of the time of `faces.warp.warp`.
    """
    (a, b, tx), (c, d, ty) = matrix
    matrix_yx, offset_yx = [[d, c], [b, a]], (ty, tx)  # scipy's order is y, x
    return scipy.ndimage.affine_transform(
        image, matrix_yx, offset_yx, shape, np.float32, order, edges
    )


def shift_origin(matrix: np.ndarray, box: tuple[slice, slice]) -> np.ndarray:
    """The matrix (2, 3) for coordinates in a crop of the frame, from that for the whole frame."""
    rows, columns = box
    return align.compose(matrix, np.array([[1.0, 0, columns.start], [0, 1, rows.start]]))
