"""Which kernels a convolution runs on."""

from __future__ import annotations

import numpy as np

from .. import backend
from .winograd import TAPS, TILE

MIN_WINOGRAD_CHANNELS = 16  # below, the transforms cost more than they save; see `use_winograd`
MIN_WINOGRAD_TILES = (
    16  # below, transforming the kernel is not worth it; python -m benchmarks.kernels
)


def use_winograd(cells: tuple[int, int, int], w_shape: tuple[int, ...], stride: int, array) -> bool:
    """Whether Winograd's kernels are sooner done than strips, for so many outputs (N, OH, OW).

    - 3x3 kernels at stride 1 on the CPU: the only ones it is written for.
    - At least 16 channels on both sides: it saves 9 - 36/16 multiplications for each pair of
      channels and cell, and its transforms cost 36 36/16 and 36 for each channel and cell.
    - Some tiles, so that transforming the kernel pays.
    - Not where padding to whole tiles would waste more than a third of the work: 9 x 9 outputs take
      3 x 3 tiles, 1.8 times their size.

    It gains a quarter of a training step of the nets of 2020 (python -m benchmarks.kernels).
    """
    kh, kw, inputs, outputs = w_shape
    n, h, w = cells
    if backend.of(array) is not np or (kh, kw) != (TAPS, TAPS) or stride != 1:
        return False
    tiles = -(-h // TILE) * -(-w // TILE)
    if n * tiles < MIN_WINOGRAD_TILES or min(inputs, outputs) < MIN_WINOGRAD_CHANNELS:
        return False
    return 2 * tiles * TILE**2 <= 3 * h * w
