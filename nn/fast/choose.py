"""Which kernels a convolution runs on."""

from __future__ import annotations

import numpy as np

from .. import backend
from .winograd import TAPS, TILE

# With fewer, the transforms cost more than they save; python -m benchmarks.kernels.
MIN_WINOGRAD_CHANNELS = 16  # of the input, and of the output
MIN_WINOGRAD_TILES = 16  # in all images together


# Windows that are multiplied for all phases, for each cell; 16 x 16 cells have 1.13. With more, the
# phases one by one are faster; python -m benchmarks.kernels --idea "all phases".
MAX_SHARED_WINDOWS = 1.13


def use_all_phases(x, w_shape: tuple[int, ...]) -> bool:
    """Whether to double x (N, H, W, I) by one product for all phases, instead of one for each.

    It copies each window once instead of four times, but there are (H + 1) (W + 1) windows instead
    of H W. It is written only for 3x3 kernels, which upsampling makes 4x4.
    """
    (_, h, w, _), taps = x.shape, w_shape[:2]
    return taps == (TAPS, TAPS) and (h + 1) * (w + 1) <= MAX_SHARED_WINDOWS * h * w


def use_winograd(cells: tuple[int, int, int], w_shape: tuple[int, ...], stride: int, array) -> bool:
    """Whether Winograd's kernels are faster than strips, for outputs of size `cells` (N, OH, OW).

    - They are written only for 3x3 kernels at stride 1 on the CPU.
    - They need enough channels. For each output cell they save 9 - 36/16 = 6.75 multiplications for
      each pair of channels. Their transforms cost 2 6^3 / 16 = 27 for each input channel and
      (4 6^2 + 4^2 6) / 16 = 15 for each output channel.
    - They need enough tiles to make up for the transform of the kernel.
    - Padding to whole tiles must not waste more than a third of the work: 9 x 9 outputs take 3 x 3
      tiles of 4 x 4, 1.8 times as many cells.

    With 16 faces a step it saves 6 to 8 % of the training of the nets of 2020, and up to 11 % of
    their inference; with 2, nothing (python -m benchmarks.kernels --idea winograd --batch 16).
    """
    kh, kw, inputs, outputs = w_shape
    n, h, w = cells
    if backend.of(array) is not np or (kh, kw) != (TAPS, TAPS) or stride != 1:
        return False
    tiles = -(-h // TILE) * -(-w // TILE)
    if n * tiles < MIN_WINOGRAD_TILES or min(inputs, outputs) < MIN_WINOGRAD_CHANNELS:
        return False
    return 2 * tiles * TILE**2 <= 3 * h * w
