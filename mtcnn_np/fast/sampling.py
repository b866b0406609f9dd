"""A level of the image pyramid in the layout that `pnet.PlanarPNet` takes."""

from __future__ import annotations

import numpy as np

from ..pyramid import Patch


def sample_phases(image: np.ndarray, patch: Patch) -> np.ndarray:
    """The pixels that `sampling.sample_level` gives, in four phases: (2, 3, 2, R, C), 0..255.

    A phase has all even or all odd rows, and of these all even or all odd columns: pixel (y, x)
    stands at [y % 2, :, x % 2, y // 2, x // 2]. Of an odd number of rows or columns the last is
    left out, since PNet's pool does not reach it.
    """
    y0, y1, fy = _taps(image.shape[0], patch.level.height, patch.rows)
    x0, x1, fx = _taps(image.shape[1], patch.level.width, patch.columns)
    # Gather whole rows, then from these the left and the right neighbours of all samples. The order
    # of the columns: left, right; of each red, green, blue; of each even, odd.
    where = (3 * np.stack([x0, x1])[:, None] + np.arange(3)[:, None]).ravel()  # (2 3 2C,)
    lines = np.ascontiguousarray(image).reshape(len(image), -1)  # (H, 3 W)
    above, below = (lines.take(y, axis=0)[:, where].astype(np.float32) for y in (y0, y1))
    below -= above
    below *= fy[:, None]
    below += above  # (2R, 2 3 2C)
    left, right = below[:, : len(where) // 2], below[:, len(where) // 2 :]
    right -= left
    right *= np.tile(fx, 3)
    phases = np.empty((2, 3, 2, len(y0) // 2, len(x0) // 2), np.float32)
    split = 2, len(y0) // 2, 3, 2, len(x0) // 2
    np.add(left.reshape(split), right.reshape(split), out=phases.transpose(0, 3, 1, 2, 4))
    return phases


def _taps(
    image_length: int, level_length: int, pixels: range
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For the even pixels of a range, then the odd: both neighbours, the weight of the second."""
    even = np.arange(pixels.start, pixels.stop - 1, 2, dtype=np.float32)
    position = np.concatenate([even, even + 1]) * np.float32(image_length / level_length)
    first = position.astype(np.intp)
    return first, np.minimum(first + 1, image_length - 1), position - first.astype(np.float32)
