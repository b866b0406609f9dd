"""Random changes of faces in pretraining, so that a net learns not to depend on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

CLIP_BLUR = 1.5  # pixels: the largest standard deviation of a picture's blur; by eye


@dataclass(frozen=True)
class LightChange:
    """How much light differs, as standard deviations of logarithms; by eye."""

    gain: float = 0.2  # of all channels
    tint: float = 0.08  # of each channel
    slope: float = 0.2  # from the middle to the right edge


@dataclass(frozen=True)
class Patches:
    """Shadows, moustaches and blushes: patches of a face in which it has another colour; by eye."""

    most: int = 3  # on a face
    radii: tuple[float, float] = (0.04, 0.4)  # of an ellipse, in widths of the picture
    edge: tuple[float, float] = (0.1, 0.7)  # width of its soft edge, in radii
    darker: float = 0.8  # the largest, as a logarithm
    tint: float = 0.08  # standard deviation for each channel, as a logarithm


LIGHT_CHANGE, PATCHES = LightChange(), Patches()


def as_floats(faces: np.ndarray) -> np.ndarray:
    """Levels 0..255 -> 0..1, float32; any shape."""
    return faces * np.float32(1 / 255)


def draw_mirroring(rng: np.random.Generator) -> slice:
    """The columns of pictures in their order, or from right to left."""
    return slice(None, None, -1 if rng.random() < 0.5 else 1)


def draw_blur(count: int, rng: np.random.Generator) -> np.ndarray:
    """Standard deviations (count,) in pixels: how unsharp pictures are."""
    return rng.uniform(0, CLIP_BLUR, count)


def soften(faces: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """Faces (N, h, w, 3), blurred by (N,) pixels each."""
    pairs = zip(faces, deviations, strict=True)
    return np.stack([scipy.ndimage.gaussian_filter(f, (d, d, 0), truncate=3) for f, d in pairs])


def change_light(faces: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Faces (N, h, w, 3), 0..1, in other light: brighter, tinted, and lit from the side."""
    n, change = len(faces), LIGHT_CHANGE
    across = np.linspace(-1, 1, faces.shape[2])[None, None, :, None]
    log_gain = rng.normal(0, change.gain, (n, 1, 1, 1)) + rng.normal(0, change.tint, (n, 1, 1, 3))
    log_gain = log_gain + across * rng.normal(0, change.slope, (n, 1, 1, 1))
    return (faces * np.exp(log_gain).astype(np.float32)).clip(0, 1)


def add_patches(faces: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Faces (N, h, w, 3), 0..1, each with a few patches that are darker or of another hue."""
    n, h, w, _ = faces.shape
    y, x = (np.mgrid[:h, :w] / w).astype(np.float32)
    log_gain = np.zeros(faces.shape, np.float32)
    for change in log_gain:
        for _ in range(rng.integers(0, PATCHES.most + 1)):
            radius_x, radius_y = np.exp(rng.uniform(*np.log(PATCHES.radii), 2))
            along, across = _turn(x - rng.uniform(0.1, 0.9), y - rng.uniform(0.1, 0.9), rng)
            distance = np.hypot(along / radius_x, across / radius_y)
            inside = np.clip((1 - distance) / rng.uniform(*PATCHES.edge), 0, 1)[..., None]
            hue = rng.normal(0, PATCHES.tint, 3) - rng.uniform(0, PATCHES.darker)
            change += inside * hue.astype(np.float32)
    return (faces * np.exp(log_gain)).clip(0, 1)


def _turn(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    angle = rng.uniform(0, np.pi)
    return x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
