"""Bilinear resampling: from a frame to a canvas, from a canvas back into the frame, resizing."""

from __future__ import annotations

import numpy as np
import scipy

from files import interpolate_bilinear

from .align import invert, scale_of

MAX_UNSMOOTHED_SCALE = 1.25  # patch pixels per frame pixel; a finer patch is smoothed first, by eye
ANTIALIAS_SIGMA = 0.4  # frame pixels, standard deviation of the Gaussian that smooths it; by eye


def warp(
    image: np.ndarray, matrix: np.ndarray, size: tuple[int, int], edges: str = "zero"
) -> np.ndarray:
    """Resample image (H, W, C) through `matrix` (2, 3), image -> result: (h, w, C), size = (w, h).

    Each pixel of the result is the weighted mean of the four pixels around the place that the
    matrix maps to it. Outside the image the value is 0 or, with edges="repeat", that of the nearest
    pixel inside. The dtype stays. Raises ValueError for other `edges`.
    """
    if edges not in ("zero", "repeat"):
        raise ValueError(f'edges is "zero" or "repeat", not {edges!r}')
    w, h = size
    x, y = _map(invert(matrix), np.arange(w), np.arange(h)[:, None])
    if edges == "repeat":
        x, y = np.clip(x, 0, image.shape[1] - 1), np.clip(y, 0, image.shape[0] - 1)
    return _sample(image, x, y).reshape(h, w, -1)


def unwarp_into(
    frame: np.ndarray, patch: np.ndarray, opacity: np.ndarray, matrix: np.ndarray
) -> np.ndarray:
    """A copy of frame (H, W, 3) uint8 with `patch` in it; `matrix` (2, 3) is frame -> patch.

    patch (h, w, 3) holds 8-bit levels in any dtype, opacity (h, w) is 0..1. Pixels whose opacity is
    0 keep their bytes. A patch finer than the frame is smoothed first, so that it does not alias.
    """
    h, w = opacity.shape
    out = frame.copy()
    rows, columns = bounding_box(matrix, (w, h), frame.shape)
    part = out[rows, columns]  # a view
    x, y = np.arange(frame.shape[1])[columns], np.arange(frame.shape[0])[rows, None]
    x, y = _map(matrix, x, y)
    near = (x > -1) & (x < w) & (y > -1) & (y < h)
    if not near.any():
        return out
    layers = np.dstack([patch, opacity]).astype(np.float32)
    scale = scale_of(matrix)  # patch pixels per frame pixel
    if scale > MAX_UNSMOOTHED_SCALE:
        sigma = ANTIALIAS_SIGMA * scale
        layers = scipy.ndimage.gaussian_filter(layers, (sigma, sigma, 0))
    sampled = _sample(layers, x[near], y[near])  # (P, 4)
    new, alpha = sampled[:, :3], sampled[:, 3:]
    near = near.reshape(part.shape[:2])
    old = part[near]  # (P, 3)
    part[near] = np.where(alpha > 0, _to_dtype(old * (1 - alpha) + new * alpha, frame.dtype), old)
    return out


def bounding_box(
    matrix: np.ndarray, size: tuple[int, int], shape: tuple[int, ...]
) -> tuple[slice, slice]:
    """The rows and columns of a frame of `shape` (H, W, ...) that hold a patch of size (w, h).

    `matrix` (2, 3) is frame -> patch. Where the patch lies outside the frame, both are empty.
    """
    w, h = size
    corners = invert(matrix) @ np.array([[-1, w, -1, w], [-1, -1, h, h], [1, 1, 1, 1]], float)
    first, last = np.floor(corners.min(axis=1)), np.ceil(corners.max(axis=1)) + 1
    (x1, y1), (x2, y2) = (np.clip(v, 0, shape[1::-1]).astype(int) for v in (first, last))
    return slice(y1, y2), slice(x1, x2)


def resize(images: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """images (N, H, W, C) -> (N, h, w, C) float32 with size = (w, h).

    Bilinear between pixel centres, edges repeated: a matrix product along each axis. Nothing is
    smoothed before shrinking, as in cv2.INTER_LINEAR, which the nets of 2020 were trained with.
    """
    n, h, w, c = images.shape
    along_y, along_x = _interpolation(h, size[1]), _interpolation(w, size[0])
    rows = along_y @ images.reshape(n, h, w * c).astype(np.float32)  # (N, h', W C)
    return (along_x @ rows.reshape(-1, w, c)).reshape(n, size[1], size[0], c)


def _map(matrix: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The points of a grid x (w,), y (h, 1), mapped by `matrix` (2, 3): x and y, (h w,) each."""
    (a, b, tx), (c, d, ty) = matrix
    return (a * x + b * y + tx).ravel(), (c * x + d * y + ty).ravel()


def _sample(image: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """image (H, W, C) at positions x, y (P,): (P, C), bilinear, 0 outside, same dtype."""
    height, width, channels = image.shape
    # Pad with zero pixels; positions farther out are moved onto the padding.
    x, y = np.clip(x, -1, width), np.clip(y, -1, height)
    left, top = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
    box = slice(max(top.min(), 0), top.max() + 2), slice(max(left.min(), 0), left.max() + 2)
    part = np.pad(image[box], ((1, 2), (1, 2), (0, 0)))
    first = (top - box[0].start + 1) * part.shape[1] + left - box[1].start + 1
    real = np.float64 if image.dtype == np.float64 else np.float32
    fx, fy = (x - left).astype(real)[:, None], (y - top).astype(real)[:, None]
    values = interpolate_bilinear(part.reshape(-1, channels), first, part.shape[1], fx, fy)
    return _to_dtype(values, image.dtype)


def _to_dtype(values: np.ndarray, dtype) -> np.ndarray:
    """Real numbers as `dtype`, rounded and clipped where that holds integers."""
    if np.issubdtype(dtype, np.integer):
        info = np.iinfo(dtype)
        return np.clip(np.rint(values), info.min, info.max).astype(dtype)
    return values.astype(dtype, copy=False)


def _interpolation(before: int, after: int) -> np.ndarray:
    """The matrix (after, before) of linear interpolation along one axis."""
    position = np.clip((np.arange(after) + 0.5) * before / after - 0.5, 0, before - 1)
    left = np.minimum(position.astype(int), max(before - 2, 0))
    matrix = np.zeros((after, before), np.float32)
    matrix[np.arange(after), left] = 1 - (position - left)
    matrix[np.arange(after), np.minimum(left + 1, before - 1)] += position - left
    return matrix
