"""How the TensorFlow graph of 2020 scales images: two bilinear rules of that library, kept to the letter.

Both take uint8 frames (H, W, 3) and give float32.
"""

from __future__ import annotations

import numpy as np

_MIDDLE, _SCALE = np.float32(127.5), np.float32(1 / 128)


def pyramid_level(
    image: np.ndarray,
    height: int,
    width: int,
    rows: slice | None = None,
    columns: slice | None = None,
) -> np.ndarray:
    """The frame at another size, or these rows and columns of that, each level 0..255, in phases (2, 3, 2, R, C).

    Pixel (y, x) is [y % 2, :, x % 2, y // 2, x // 2]; of an odd number of rows or columns the last is left out.
    Legacy `resize_bilinear`: output i looks at input i H / height, no half-pixel shift, no smoothing.
    """
    y0, y1, fy = _taps(
        image.shape[0], height, rows or slice(0, height)
    )  # first all even rows, then all odd ones
    x0, x1, fx = _taps(image.shape[1], width, columns or slice(0, width))
    # left and right neighbours, red, green and blue, even and odd columns
    at = (3 * np.stack([x0, x1])[:, None] + np.arange(3)[:, None]).ravel()  # (2 3 2C,)
    lines = np.ascontiguousarray(image).reshape(len(image), -1)
    upper, lower = (
        lines.take(y, axis=0)[:, at].astype(np.float32) for y in (y0, y1)
    )  # (2R, 2 3 2C)
    lower -= upper
    lower *= fy[:, None]
    lower += upper
    left, right = lower[:, : len(at) // 2], lower[:, len(at) // 2 :]
    right -= left
    right *= np.tile(fx, 3)
    level = np.empty((2, 3, 2, len(y0) // 2, len(x0) // 2), np.float32)
    split = 2, len(y0) // 2, 3, 2, len(x0) // 2
    np.add(left.reshape(split), right.reshape(split), out=level.transpose(0, 3, 1, 2, 4))
    return level


def _taps(before: int, after: int, some: slice) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of the even positions in `some`, then of the odd ones: the two neighbours, and the second one's share."""
    even = np.arange(some.start, some.stop - 1, 2, dtype=np.float32)
    position = np.concatenate([even, even + 1]) * np.float32(before / after)
    first = np.minimum(position.astype(np.intp), before - 1)
    return first, np.minimum(first + 1, before - 1), position - first.astype(np.float32)


def crops(image: np.ndarray, boxes: np.ndarray, size: int) -> np.ndarray:
    """Each box (N, 4) of the frame as (N, size, size, 3), normalised: (level - 127.5) / 128.

    `crop_and_resize`: with y1, y2 in units of the height H, sample i looks at y1 (H-1) + i (y2 - y1) (H-1) / (size-1);
    what lies outside the frame is 0, the middle grey.
    """
    height, width = image.shape[:2]
    if not height * width:
        return np.zeros((len(boxes), size, size, 3), np.float32)
    y, y_in = _positions(boxes[:, 1], boxes[:, 3], height, size)
    x, x_in = _positions(boxes[:, 0], boxes[:, 2], width, size)
    fy, fx = (y - np.floor(y))[:, :, None, None], (x - np.floor(x))[:, None, :, None]
    top, left = y.astype(np.intp), x.astype(np.intp)
    bottom, right = np.minimum(top + 1, height - 1), np.minimum(left + 1, width - 1)
    pixels = np.ascontiguousarray(image).reshape(-1, 3)

    def row(rows):
        start = rows[:, :, None] * width
        a, b = (pixels.take(start + columns[:, None], axis=0) for columns in (left, right))
        b = b.astype(np.float32)
        b -= a
        b *= fx
        b += a
        return b

    upper, value = row(top), row(bottom)
    value -= upper
    value *= fy
    value += upper
    value -= _MIDDLE
    value *= _SCALE
    if not (y_in.all() and x_in.all()):
        value *= (y_in[:, :, None] & x_in[:, None, :])[..., None]
    return value  # (N, size, size, 3)


def _positions(
    first: np.ndarray, last: np.ndarray, length: int, size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sampling positions (N, size) along an axis of `length` pixels, and which of them lie inside."""
    first, last = (v.astype(np.float32) / np.float32(length) for v in (first, last))
    step = (last - first) * np.float32(length - 1) / np.float32(size - 1)
    position = (
        first[:, None] * np.float32(length - 1) + np.arange(size, dtype=np.float32) * step[:, None]
    )
    inside = (position >= 0) & (position <= length - 1)
    return np.where(inside, position, 0), inside
