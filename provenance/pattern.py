"""The pattern of the mark: random signs in the block DCT of an aligned face.

The method is spread spectrum (Cox, Kilian, Leighton & Shamoon 1997). The face is divided into
blocks, and each DCT coefficient in a band of middle frequencies gets a random sign; the key seeds
the generator. Embedding adds a little of its sign to each coefficient; detection correlates the
coefficients with the signs.

Everything here is part of version 1 of the mark. If it changed, marked clips would no longer be
found.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import scipy

from faces import Canvas, align

MARK_VERSION, MARK_KEY = 1, 1997  # a new version takes a new key
# The outline is the mark's own, independent of the region that is replaced, which may change.
MARK_REGION = align.Region((0, 20), (96, 112), (
    (24, 29), (36, 25), (48, 24), (60, 25), (72, 29), (80, 37), (84, 53), (83, 73), (78, 92),
    (70, 108), (60, 119), (48, 124), (36, 119), (26, 108), (18, 92), (13, 73), (12, 53), (16, 37),
))  # fmt: skip
MARK_CANVAS = Canvas(MARK_REGION, MARK_REGION.size)  # a pixel for each unit of the aligned face
MARK_FEATHER = 0.1  # widths of the canvas, over which the pattern fades at the outline; by eye
DCT_BLOCK = 16  # pixels, the side of a block; by choice
# Cycles a pixel. Lower frequencies have much contrast of the face's own; coders discard higher
# ones. By eye.
MARK_BAND = 0.10, 0.22

_ROWS, _COLUMNS = MARK_REGION.size[1] // DCT_BLOCK, MARK_REGION.size[0] // DCT_BLOCK


def draw_signs(key: int) -> np.ndarray:
    """The signs of a key, float32 (rows, columns, DCT_BLOCK, DCT_BLOCK).

    1 or -1 for DCT coefficients in the band, 0 outside it.
    """
    u, v = np.ogrid[:DCT_BLOCK, :DCT_BLOCK]
    frequency = np.hypot(u, v) / (2 * DCT_BLOCK)  # of the DCT-II's basis functions, cycles a pixel
    band = (MARK_BAND[0] <= frequency) & (frequency < MARK_BAND[1])
    signs = np.zeros((_ROWS, _COLUMNS, DCT_BLOCK, DCT_BLOCK), np.float32)
    signs[..., band] = np.random.default_rng(key).choice([-1, 1], (_ROWS, _COLUMNS, band.sum()))
    return signs


def block_dct(image: np.ndarray) -> np.ndarray:
    """The DCT of the blocks of an image (h, w): (rows, columns, DCT_BLOCK, DCT_BLOCK)."""
    blocks = image.reshape(_ROWS, DCT_BLOCK, _COLUMNS, DCT_BLOCK).swapaxes(1, 2)
    return scipy.fft.dctn(blocks, axes=(2, 3), norm="ortho")


def inverse_block_dct(coefficients: np.ndarray) -> np.ndarray:
    """The image (h, w) whose `block_dct` has these coefficients."""
    blocks = scipy.fft.idctn(coefficients, axes=(2, 3), norm="ortho")
    return blocks.swapaxes(1, 2).reshape(_ROWS * DCT_BLOCK, _COLUMNS * DCT_BLOCK)


# Made when first asked for, so that the import of this room takes no time.
@cache
def mark_window() -> np.ndarray:
    """How strong the mark is at each place of its canvas, (h, w), 0..1."""
    return MARK_CANVAS.mask(MARK_FEATHER)


@cache
def mark_signs() -> np.ndarray:
    """The signs of the mark, shaped as `draw_signs` gives them."""
    return draw_signs(MARK_KEY)


@cache
def mark_pattern() -> np.ndarray:
    """What the mark adds to a face, up to its strength, (h, w)."""
    return inverse_block_dct(mark_signs()) * mark_window()
