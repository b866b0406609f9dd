"""Noise for skin, strands of hair and irises: one tile, made once, that repeats without a seam."""

from __future__ import annotations

from functools import cache

import numpy as np
import scipy

NOISE_SIZE = 512  # texels along each side of the tile; a power of 2, so that `&` wraps around
NOISE_OCTAVES = ((8, 0.3), (32, 0.5), (128, 0.7), (512, 0.8))  # (cells a side, strength); by eye


@cache
def _make_tile() -> np.ndarray:
    """Value noise of several scales in -1..1, (NOISE_SIZE, NOISE_SIZE) float32."""
    rng = np.random.default_rng(1)
    total = np.zeros((NOISE_SIZE, NOISE_SIZE), np.float32)
    for cells, strength in NOISE_OCTAVES:
        values = rng.standard_normal((cells, cells)).astype(np.float32)
        total += strength * scipy.ndimage.zoom(
            values, NOISE_SIZE // cells, order=1, mode="grid-wrap", grid_mode=True
        )
    return total / np.abs(total).max()


def noise(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The noise at texture coordinates (u, v); the tile repeats every 1."""
    row, column = (v * NOISE_SIZE).astype(np.int32), (u * NOISE_SIZE).astype(np.int32)
    return _make_tile()[row & (NOISE_SIZE - 1), column & (NOISE_SIZE - 1)]


def strands(along: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Strands of hair, about -1..1: the noise stretched in `along`, fine in `across`."""
    coarse = noise(across * 0.9, along * 0.05 + 0.3)
    fine = noise(across * 2.3 + 0.13, along * 0.08)
    return 0.55 * coarse + 0.45 * fine
