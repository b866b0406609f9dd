"""The room behind an actor, out of focus."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from .curves import mix, smoothstep

BACKGROUND_STREAM = 0xBAC6  # keeps these random numbers apart from those of performances


def render_background(size: tuple[int, int], seed: int) -> np.ndarray:
    """A wall with furniture and lamps on a picture of size (w, h): (h, w, 3) in linear light."""
    rng = np.random.default_rng([seed, BACKGROUND_STREAM])
    w, h = size
    y, x = np.mgrid[:h, :w].astype(np.float32) / h
    wall = _sample_colour(rng)
    picture = mix(wall, 0.6 * wall + 0.4 * _sample_colour(rng), (0.6 * x + 0.4 * y)[..., None])
    for _ in range(8):
        picture = _add_furniture(picture, x, y, rng)
    for _ in range(3):
        picture = _add_lamp(picture, x, y, rng)
    return ndimage.gaussian_filter(picture, (0.012 * h, 0.012 * h, 0))


def _sample_colour(rng: np.random.Generator) -> np.ndarray:
    """A muted colour in linear light."""
    return (rng.uniform(0.03, 0.40) * rng.uniform(0.55, 1.25, 3)).astype(np.float32)


def _aspect(picture: np.ndarray) -> float:
    return picture.shape[1] / picture.shape[0]


def _add_furniture(
    picture: np.ndarray, x: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """A rectangle with soft edges, anywhere; x and y in heights of the picture."""
    cx, cy = rng.uniform(0, _aspect(picture)), rng.uniform(0, 1)
    half_width, half_height = rng.uniform(0.04, 0.25), rng.uniform(0.05, 0.4)
    inside = smoothstep(0, 0.03, half_width - np.abs(x - cx))
    inside = inside * smoothstep(0, 0.03, half_height - np.abs(y - cy))
    return mix(picture, _sample_colour(rng), 0.75 * inside[..., None])


def _add_lamp(
    picture: np.ndarray, x: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """A bright, warm disc in the upper part of the picture."""
    cx, cy, radius = (
        rng.uniform(0, _aspect(picture)),
        rng.uniform(0, 0.7),
        rng.uniform(0.015, 0.04),
    )
    lit = smoothstep(radius, radius * 0.85, np.hypot(x - cx, y - cy))
    warm = np.float32(rng.uniform(0.5, 0.9)) * np.float32([1, 0.9, 0.7])
    return mix(picture, warm, 0.8 * lit[..., None])
