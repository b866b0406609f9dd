"""Levels of the image pyramid and crops, sampled from frames (H, W, 3) uint8; all float32.

Both interpolate bilinearly, but place their samples by different rules, as TensorFlow's operations
in the graph of 2020 do.
"""

from __future__ import annotations

import numpy as np

from .pyramid import Patch

MIDDLE_GREY, HALF_RANGE = np.float32(127.5), np.float32(128)  # 8-bit levels; as in the graph


def normalise(levels: np.ndarray) -> np.ndarray:
    """8-bit levels 0..255, of any shape, as the nets take them, about -1..1."""
    return (levels - MIDDLE_GREY) / HALF_RANGE


def bilinear(image: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The image at rows y (N, h) and columns x (N, w), inside it, in pixels: (N, h, w, 3), 0..255.

    Computed in TensorFlow's order, a + f (b - a), to agree to the last bit.
    """
    height, width = image.shape[:2]
    pixels = np.ascontiguousarray(image).reshape(-1, 3)  # (H W, 3)
    top, left = y.astype(np.intp), x.astype(np.intp)
    bottom, right = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    fy, fx = (y - np.floor(y))[:, :, None, None], (x - np.floor(x))[:, None, :, None]

    def along_rows(rows: np.ndarray) -> np.ndarray:
        first = rows[:, :, None] * width
        a, b = (pixels.take(first + columns[:, None], axis=0) for columns in (left, right))
        return _mix(a, b.astype(np.float32), fx)

    return _mix(along_rows(top), along_rows(bottom), fy)


def _mix(a: np.ndarray, b: np.ndarray, share: np.ndarray) -> np.ndarray:
    """a + share (b - a); overwrites b."""
    b -= a
    b *= share
    b += a
    return b


def sample_level(image: np.ndarray, patch: Patch) -> np.ndarray:
    """A patch of the image pyramid: (rows, columns, 3), 0..255.

    As TensorFlow's legacy `resize_bilinear`: row i of a level of height h is row i H / h of the
    image, without a shift by half a pixel and without smoothing.
    """
    y = _level_positions(patch.rows, image.shape[0], patch.level.height)
    x = _level_positions(patch.columns, image.shape[1], patch.level.width)
    return bilinear(image, y[None], x[None])[0]


def _level_positions(pixels: range, image_length: int, level_length: int) -> np.ndarray:
    positions = np.arange(pixels.start, pixels.stop, dtype=np.float32)
    return positions * np.float32(image_length / level_length)


def sample_crops(image: np.ndarray, boxes: np.ndarray, size: int) -> np.ndarray:
    """Each box (N, 4) of the image, scaled to (N, size, size, 3) and normalised.

    As TensorFlow's `crop_and_resize`: the first and the last sample lie on the edges of the box,
    and an image of height H spans H - 1. Samples outside the image are 0, middle grey.
    """
    y, y_inside = _crop_positions(boxes[:, 1], boxes[:, 3], image.shape[0], size)
    x, x_inside = _crop_positions(boxes[:, 0], boxes[:, 2], image.shape[1], size)
    crops = normalise(bilinear(image, y, x))  # (N, size, size, 3)
    if not (y_inside.all() and x_inside.all()):
        crops *= (y_inside[:, :, None] & x_inside[:, None, :])[..., None]
    return crops


def _crop_positions(
    first: np.ndarray, last: np.ndarray, length: int, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Where to sample an axis of `length` pixels: (N, size), 0 where outside, and which are inside.

    With edges in units of the length L, sample i of `crop_and_resize` lies at
    first (L - 1) + i (last - first) (L - 1) / (size - 1).
    """
    span = np.float32(length - 1)
    first, last = (edge.astype(np.float32) / np.float32(length) for edge in (first, last))
    step = (last - first) * span / np.float32(size - 1)  # (N,)
    position = first[:, None] * span + np.arange(size, dtype=np.float32) * step[:, None]
    inside = (position >= 0) & (position <= length - 1)
    return np.where(inside, position, 0), inside
