"""Bilinear resampling: a frame to an aligned face, an aligned patch back into its frame, and resizing."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from .align import invert


def warp(
    image: np.ndarray, matrix: np.ndarray, size: tuple[int, int], edges: str = "zero"
) -> np.ndarray:
    """Resample image (H, W, C) through `matrix` (2, 3), image -> result: (h, w, C) with size = (w, h), same dtype.

    Each pixel of the result looks up where it comes from and weighs the four pixels around. Outside the image is 0, or, with
    edges="repeat", what is nearest inside.
    """
    if edges not in ("zero", "repeat"):
        raise ValueError(f'edges is "zero" or "repeat", not {edges!r}')
    w, h = size
    (a, b, tx), (c, d, ty) = invert(matrix)
    x, y = np.arange(w), np.arange(h)[:, None]
    x, y = (a * x + b * y + tx).ravel(), (c * x + d * y + ty).ravel()
    if edges == "repeat":
        x, y = np.clip(x, 0, image.shape[1] - 1), np.clip(y, 0, image.shape[0] - 1)
    return _sample(image, x, y).reshape(h, w, -1)


def _sample(image: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """image (H, W, C) at positions x, y (P,): (P, C), bilinear, 0 outside, same dtype."""
    height, width, channels = image.shape
    # A border of one zero pixel on each side; whatever lies farther out is moved onto it.
    x = np.clip(x, -1, width)
    y = np.clip(y, -1, height)
    left, top = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
    box = slice(max(top.min(), 0), top.max() + 2), slice(max(left.min(), 0), left.max() + 2)
    part = np.pad(image[box], ((1, 2), (1, 2), (0, 0)))
    pixels = part.reshape(-1, channels)
    first = (top - box[0].start + 1) * part.shape[1] + left - box[1].start + 1
    real = np.float64 if image.dtype == np.float64 else np.float32
    fx, fy = (x - left).astype(real)[:, None], (y - top).astype(real)[:, None]
    upper = pixels[first] * (1 - fx) + pixels[first + 1] * fx
    lower = pixels[first + part.shape[1]] * (1 - fx) + pixels[first + part.shape[1] + 1] * fx
    value = upper * (1 - fy) + lower * fy
    return _as(value, image.dtype)


def _as(value: np.ndarray, dtype) -> np.ndarray:
    """Real numbers as `dtype`, rounded and clipped where that holds integers."""
    if np.issubdtype(dtype, np.integer):
        info = np.iinfo(dtype)
        return np.clip(np.rint(value), info.min, info.max).astype(dtype)
    return value.astype(dtype, copy=False)


def unwarp_into(
    frame: np.ndarray, patch: np.ndarray, mask: np.ndarray, matrix: np.ndarray
) -> np.ndarray:
    """A copy of frame (H, W, 3) uint8 with `patch` put back where `matrix`, frame -> patch, took it from.

    patch (h, w, 3) holds levels 0..255 (any dtype), mask (h, w) its opacity 0..1. Only pixels whose opacity is above 0
    change; all others keep their bytes. A patch finer than the frame is smoothed first, so that it does not alias.
    """
    height, width = frame.shape[:2]
    h, w = mask.shape
    corners = invert(matrix) @ np.array([[-1, w, -1, w], [-1, -1, h, h], [1, 1, 1, 1]], float)
    x1, y1 = np.floor(corners.min(axis=1)).astype(int)
    x2, y2 = np.ceil(corners.max(axis=1)).astype(int) + 1
    x1, y1, x2, y2 = max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)
    out = frame.copy()
    if x1 >= x2 or y1 >= y2:
        return out
    layers = np.dstack([patch, mask]).astype(np.float32)
    shrink = np.sqrt(abs(np.linalg.det(matrix[:, :2])))  # patch pixels a frame pixel
    if shrink > 1.25:
        layers = ndimage.gaussian_filter(layers, (0.4 * shrink, 0.4 * shrink, 0))
    (a, b, tx), (c, d, ty) = matrix
    x, y = np.arange(x1, x2), np.arange(y1, y2)[:, None]
    x, y = (a * x + b * y + tx).ravel(), (c * x + d * y + ty).ravel()
    near = np.flatnonzero((x > -1) & (x < w) & (y > -1) & (y < h))
    if not len(near):
        return out
    sampled = _sample(layers, x[near], y[near])
    opacity = sampled[:, 3:]
    rows, columns = y1 + near // (x2 - x1), x1 + near % (x2 - x1)
    old = frame[rows, columns]
    new = _as(old * (1 - opacity) + sampled[:, :3] * opacity, frame.dtype)
    out[rows, columns] = np.where(opacity > 0, new, old)
    return out


def resize(images: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """images (N, H, W, C) -> (N, h, w, C) with size = (w, h): bilinear between pixel centres, edges repeated, float32.

    Two matrix products, one an axis. No smoothing before shrinking: what cv2.INTER_LINEAR does, which the nets of 2020
    were trained with.
    """
    n, h, w, c = images.shape
    down, along = _weights(h, size[1]), _weights(w, size[0])
    rows = down @ images.reshape(n, h, w * c).astype(np.float32)  # (N, h', W C)
    return (along @ rows.reshape(-1, w, c)).reshape(n, size[1], size[0], c)


def _weights(before: int, after: int) -> np.ndarray:
    """The matrix (after, before) of linear interpolation along one axis."""
    position = np.clip((np.arange(after) + 0.5) * before / after - 0.5, 0, before - 1)
    left = np.minimum(position.astype(int), max(before - 2, 0))
    matrix = np.zeros((after, before), np.float32)
    matrix[np.arange(after), left] = 1 - (position - left)
    matrix[np.arange(after), np.minimum(left + 1, before - 1)] += position - left
    return matrix
