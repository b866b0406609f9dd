"""Warped faces: what the coder is shown, so that it cannot learn its few frames by heart.

It is shown a face through a bent glass, and asked for the straight one. From then on it must understand what it sees (deepfakes/faceswap,
2017, where every trainer has it since).
"""

from __future__ import annotations

import numpy as np

GRID = 5  # control points along a side
BEND = 0.04  # standard deviation of their shifts, in sides of the face
TURN, STRETCH, SHIFT = 0.10, 0.05, 0.04  # radians, share, sides: at most


def _spread(points: int, size: int) -> np.ndarray:
    """The matrix (size, points) that interpolates linearly between control points."""
    at = np.linspace(0, points - 1, size)
    return np.maximum(1 - np.abs(at[:, None] - np.arange(points)), 0).astype(np.float32)


def warp(faces: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Faces (N, S, S, C) float32, each turned, stretched, shifted and bent at random, bilinearly; edges repeat."""
    n, size = faces.shape[:2]
    spread = _spread(GRID, size)
    middle = np.float32((size - 1) / 2)
    bent = (
        spread
        @ (rng.standard_normal((2, n, GRID, GRID)) * BEND * size).astype(np.float32)
        @ spread.T
    )  # (2, N, S, S)
    angle, stretch, right, down = (
        rng.uniform(-m, m, (n, 1, 1)).astype(np.float32)
        for m in (TURN, STRETCH, SHIFT * size, SHIFT * size)
    )
    axis = np.arange(size, dtype=np.float32) - middle
    x, y = bent[0] + axis, bent[1] + axis[:, None]
    cosine, sine = np.cos(angle) * (1 + stretch), np.sin(angle) * (1 + stretch)
    x, y = cosine * x - sine * y + right + middle, sine * x + cosine * y + down + middle
    x, y = (np.clip(v, 0, np.float32(size - 1.001)) for v in (x, y))
    left, top = x.astype(np.int32), y.astype(np.int32)
    fx, fy = ((v - whole).astype(np.float32)[..., None] for v, whole in ((x, left), (y, top)))
    pixels = faces.reshape(n * size * size, -1)
    first = (np.arange(n, dtype=np.int32)[:, None, None] * size + top) * size + left
    upper = pixels[first] * (1 - fx) + pixels[first + 1] * fx
    lower = pixels[first + size] * (1 - fx) + pixels[first + size + 1] * fx
    return upper * (1 - fy) + lower * fy


def relight(faces: np.ndarray, rng: np.random.Generator, strength: float = 0.15) -> np.ndarray:
    """Faces (N, S, S, 3) under other light: each channel times its own factor, all plus a little."""
    n = len(faces)
    gain = (
        1
        + rng.uniform(-strength, strength, (n, 1, 1, 1))
        + rng.uniform(-strength, strength, (n, 1, 1, 3)) / 3
    )
    lift = rng.uniform(-strength, strength, (n, 1, 1, 1)) / 3
    return np.clip(faces * gain.astype(np.float32) + lift.astype(np.float32), 0, 1)
