"""Data augmentation: random changes to the faces that the encoder sees in training.

A clip shows few faces of a person, and a large net would memorise them. So the encoder sees each
face warped and under other light, while the decoder must draw the unchanged original. Memorised
pixels do not solve this; the net must learn what a face is. (As in deepfakes/faceswap, 2017.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from files import interpolate_bilinear


@dataclass(frozen=True)
class WarpStrength:
    """How far `warp_randomly` moves pixels; by eye."""

    control_points: int = 5  # along each side of the grid that bends a face
    # Twice as much hides how far a lid or a lip has moved: docs/quality.md.
    bend: float = 0.02  # standard deviation of a control point's shift, in widths of the face
    rotation: float = 0.10  # largest, in radians
    zoom: float = 0.05  # largest, as a fraction of the size
    shift: float = 0.04  # largest, in widths of the face


WARP_STRENGTH = WarpStrength()
RELIGHT_STRENGTH = 0.08  # of `relight_randomly`; by eye


def change_randomly(faces: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Faces (N, S, S, 3) float32, 0..1, warped and relit as in the training of a run."""
    return relight_randomly(warp_randomly(faces, rng), rng, RELIGHT_STRENGTH)


def warp_randomly(
    faces: np.ndarray, rng: np.random.Generator, strength: WarpStrength = WARP_STRENGTH
) -> np.ndarray:
    """Rotate, zoom, shift and bend each face (N, S, S, C) float32 at random; edges repeat."""
    count, size = faces.shape[:2]
    center = np.float32((size - 1) / 2)
    axis = np.arange(size, dtype=np.float32) - center
    bend_x, bend_y = _draw_bends(count, size, rng, strength)  # (N, S, S) each
    x, y = bend_x + axis, bend_y + axis[:, None]
    limits = strength.rotation, strength.zoom, strength.shift * size, strength.shift * size
    angle, zoom, shift_x, shift_y = (
        rng.uniform(-limit, limit, (count, 1, 1)).astype(np.float32) for limit in limits
    )
    cos, sin = np.cos(angle) * (1 + zoom), np.sin(angle) * (1 + zoom)
    x, y = cos * x - sin * y + shift_x + center, sin * x + cos * y + shift_y + center
    return _sample_bilinear(faces, x, y)


def _draw_bends(count: int, size: int, rng: np.random.Generator, strength: WarpStrength):
    """Random shifts (2, N, S, S) in pixels, interpolated linearly between the control points."""
    points = strength.control_points
    position = np.linspace(0, points - 1, size)[:, None]  # of each pixel, in control points
    linear = np.maximum(1 - np.abs(position - np.arange(points)), 0).astype(np.float32)  # (S, P)
    shifts = rng.standard_normal((2, count, points, points)) * strength.bend * size
    return linear @ shifts.astype(np.float32) @ linear.T


def _sample_bilinear(faces: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Faces (N, S, S, C) at positions x, y (N, S, S), in pixels, clipped to the faces."""
    n, size = faces.shape[:2]
    x, y = (np.clip(v, 0, np.float32(size - 1.001)) for v in (x, y))
    left, top = x.astype(np.int32), y.astype(np.int32)
    fx, fy = (x - left).astype(np.float32)[..., None], (y - top).astype(np.float32)[..., None]
    pixels = faces.reshape(n * size * size, -1)
    first = (np.arange(n, dtype=np.int32)[:, None, None] * size + top) * size + left
    return interpolate_bilinear(pixels, first, size, fx, fy)


def relight_randomly(faces: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Faces (N, S, S, 3), 0..1, under other light: a gain for each channel, and an offset.

    strength: the gain's largest distance from 1; tint and offset vary a third as much.
    """
    n = len(faces)
    gain = 1 + rng.uniform(-strength, strength, (n, 1, 1, 1))
    tint = rng.uniform(-strength, strength, (n, 1, 1, 3)) / 3
    offset = rng.uniform(-strength, strength, (n, 1, 1, 1)) / 3
    gain, offset = (gain + tint).astype(np.float32), offset.astype(np.float32)
    return np.clip(faces * gain + offset, 0, 1)
