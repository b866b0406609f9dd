"""What is behind an actor: rooms, walls, windows, streets and trees, mostly out of focus.

Colours are linear light; x and y run in heights of the picture, y down. The numbers are by eye.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy

from .curves import mix, smoothstep

BACKGROUND_STREAM = 0xBAC6  # keeps these random numbers apart from those of performances
SHARP_BLUR, SOFT_BLUR = 0.002, 0.02  # of the picture's height: sigma of the focus' blur, by eye


def render_background(size: tuple[int, int], seed: int) -> np.ndarray:
    """A place on a picture of size (w, h): (h, w, 3) float32 in linear light."""
    rng = np.random.default_rng([seed, BACKGROUND_STREAM])
    w, h = size
    y, x = np.mgrid[:h, :w].astype(np.float32) / h
    places = list(PLACES)
    shares = np.array([PLACES[place] for place in places])
    picture = places[rng.choice(len(places), p=shares / shares.sum())](x, y, rng)
    blur = h * SHARP_BLUR * (SOFT_BLUR / SHARP_BLUR) ** rng.random()
    picture = scipy.ndimage.gaussian_filter(picture, (blur, blur, 0))
    light = np.float32(2 ** rng.uniform(-1, 0.7))
    return np.clip(picture * light, 0.002, 1.5).astype(np.float32)


def _room(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A wall with furniture and lamps."""
    picture = _wall(x, y, rng)
    for _ in range(rng.integers(3, 12)):
        picture = _add_box(picture, x, y, rng)
    for _ in range(rng.integers(0, 4)):
        picture = _add_lamp(picture, x, y, rng)
    return picture


def _wall(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A plain wall, lit from one side, a little stained."""
    colour, other = _sample_colour(rng), _sample_colour(rng)
    across, down = rng.uniform(-0.8, 0.8, 2)
    slope = smoothstep(-0.8, 0.8, across * (x - x.mean()) + down * (y - 0.5))
    picture = mix(colour, mix(colour, other, 0.4), slope[..., None])
    stains = 1 + np.float32(rng.uniform(0, 0.12)) * _clouds(x.shape, rng, rng.uniform(1.0, 2.2))
    return picture * stains[..., None]


def _studio(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A backdrop with a pool of light; at times black, or a screen of one strong colour."""
    colour = _sample_colour(rng) * np.float32(rng.choice([0.08, 1.0, 2.0]))
    if rng.random() < 0.25:
        colour = rng.dirichlet([0.6, 0.6, 0.6]).astype(np.float32)
    pool = np.hypot(x - x.mean() - rng.uniform(-0.3, 0.3), y - rng.uniform(0.2, 0.7))
    return colour * smoothstep(1.3, 0.1, pool)[..., None] * np.float32(1.3) + colour * 0.3


def _window(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A bright window with crossbars in a wall, at times with trees behind it."""
    picture = _wall(x, y, rng) * np.float32(0.6)
    left, top = rng.uniform(-0.2, 0.6) * _aspect(x), rng.uniform(-0.3, 0.25)
    width, height = rng.uniform(0.35, 0.9), rng.uniform(0.5, 1.0)
    u, v = (x - left) / width, (y - top) / height
    panes = rng.integers(1, 4), rng.integers(1, 3)
    glass = smoothstep(0.0, 0.02, np.minimum(np.minimum(u, 1 - u), np.minimum(v, 1 - v)))
    for at, count in zip((u, v), panes, strict=True):
        glass = glass * smoothstep(0.04, 0.06, np.abs((at * count + 0.5) % 1 - 0.5) + (at < 0.05))
    outside = np.float32(rng.uniform(0.5, 1.2)) * np.float32([0.92, 1.0, 1.08])
    if rng.random() < 0.5:
        outside = _trees(x, y, rng) * 2
    return mix(picture, outside, glass[..., None])


def _shelf(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Boards with books: narrow upright boxes in rows."""
    shelf_height, book = rng.uniform(0.18, 0.4), rng.uniform(0.02, 0.06)
    row = np.floor(y / shelf_height).astype(int)
    column = np.floor(x / book + 0.37 * row).astype(int)
    dye = np.random.default_rng(rng.integers(1 << 30)).random((32, 64, 4)).astype(np.float32)
    cell = dye[row % 32, column % 64]
    colour = (0.03 + 0.35 * cell[..., 3:] ** 2) * (0.5 + cell[..., :3])
    within = y / shelf_height - row
    colour *= (0.3 + 0.7 * smoothstep(0.04, 0.3, within - 0.3 * cell[..., 3]))[..., None]
    return mix(colour, _sample_colour(rng), smoothstep(0.10, 0.06, within)[..., None])


def _curtain(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Folds of cloth, panels or blinds: waves in one direction."""
    upright = rng.random() < 0.7
    at = x if upright else y
    waves = np.sin(2 * np.pi * (at * rng.uniform(3, 14) + 0.15 * np.sin(3 * (x + y))))
    waves = waves + 0.4 * np.sin(2 * np.pi * at * rng.uniform(8, 25))
    return _wall(x, y, rng) * (1 + np.float32(rng.uniform(0.1, 0.45)) * waves)[..., None]


def _outdoors(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Sky above, trees or houses at the horizon, ground below."""
    blue = np.float32([0.25, 0.42, 0.75]) * np.float32(rng.uniform(0.5, 1.2))
    cloud = smoothstep(-0.2, 1.2, _clouds(x.shape, rng, 1.8) + rng.uniform(-1, 1))
    sky = mix(blue, np.float32(rng.uniform(0.6, 1.0)), cloud[..., None])
    horizon = rng.uniform(0.2, 0.8)
    if rng.random() < 0.6:
        middle = _trees(x, y, rng)
        skyline = horizon - 0.2 * np.abs(_clouds(x.shape, rng, 2.0)[:1])
    else:
        house = np.floor(x * rng.uniform(1.5, 4)).astype(int)
        middle = _facades(x, y, house, rng)
        skyline = horizon - rng.uniform(0.1, 0.6, 64)[house[:1] % 64]
    picture = mix(sky, middle, smoothstep(-0.01, 0.01, y - skyline)[..., None])
    ground = _sample_colour(rng) * (1 + 0.2 * _clouds(x.shape, rng, 1.2))[..., None]
    return mix(picture, ground, smoothstep(0.12, 0.16, y - horizon)[..., None])


def _facades(
    x: np.ndarray, y: np.ndarray, house: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Houses with rows of windows; `house` (h, w) is the number of each pixel's house."""
    walls = np.stack([_sample_colour(rng) for _ in range(64)])[house % 64] * np.float32(1.3)
    across, down = (x * rng.uniform(9, 18)) % 1 - 0.5, (y * rng.uniform(7, 12)) % 1 - 0.5
    window = smoothstep(0.28, 0.22, np.abs(across)) * smoothstep(0.34, 0.28, np.abs(down))
    glass = np.float32([0.10, 0.12, 0.15]) * np.float32(rng.uniform(0.4, 3))
    return mix(walls, glass, window[..., None])


def _trees(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Leaves in light and shade, with spots of sky."""
    green = np.float32([0.11, 0.14, 0.05]) * rng.uniform(0.7, 1.3, 3).astype(np.float32)
    leaves = _clouds(x.shape, rng, rng.uniform(0.8, 1.4))
    picture = green * np.exp(np.float32(0.7) * leaves)[..., None]
    return mix(picture, np.float32([0.7, 0.8, 0.9]), smoothstep(1.2, 1.9, leaves)[..., None])


def _night(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Lights out of focus, discs of many colours, before the dark."""
    picture = _wall(x, y, rng) * np.float32(rng.uniform(0.05, 0.4))
    for _ in range(rng.integers(10, 40)):
        radius = rng.uniform(0.01, 0.06)
        distance = np.hypot(x - rng.uniform(0, _aspect(x)), y - rng.uniform(0, 1))
        colour = rng.dirichlet([1.5, 1.2, 0.8]) * rng.uniform(0.3, 2.0)
        lit = smoothstep(radius, radius * 0.85, distance) * rng.uniform(0.2, 0.9)
        picture = picture + colour.astype(np.float32) * lit[..., None].astype(np.float32)
    return picture


def _collage(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Clouds of several colours with boxes: anything at all."""
    picture = _wall(x, y, rng)
    for _ in range(3):
        cloud = smoothstep(-0.3, 0.3, _clouds(x.shape, rng, rng.uniform(0.8, 2.2)))
        picture = mix(picture, _sample_colour(rng) * np.float32(1.5), cloud[..., None])
    for _ in range(rng.integers(0, 6)):
        picture = _add_box(picture, x, y, rng)
    return picture


# What there is behind actors, and how often.
PLACES: dict[Callable[..., np.ndarray], float] = {
    _room: 0.28,
    _wall: 0.17,
    _studio: 0.12,
    _window: 0.10,
    _shelf: 0.05,
    _curtain: 0.07,
    _outdoors: 0.11,
    _night: 0.05,
    _collage: 0.05,
}


def _sample_colour(rng: np.random.Generator) -> np.ndarray:
    """A muted colour in linear light."""
    return (rng.uniform(0.03, 0.40) * rng.uniform(0.55, 1.25, 3)).astype(np.float32)


def _aspect(x: np.ndarray) -> float:
    return x.shape[1] / x.shape[0]


def _clouds(shape: tuple[int, int], rng: np.random.Generator, slope: float) -> np.ndarray:
    """Noise with amplitude 1 / frequency^slope, mean 0, deviation 1: (h, w) float32."""
    h, w = shape
    frequency = np.hypot(np.fft.fftfreq(h, 1 / h)[:, None], np.fft.rfftfreq(w, 1 / w) * (h / w))
    wave = np.fft.rfft2(rng.standard_normal(shape)) / np.maximum(frequency, 1) ** slope
    wave[0, 0] = 0
    noise = np.fft.irfft2(wave, shape)
    return (noise / (noise.std() + 1e-9)).astype(np.float32)


def _add_box(
    picture: np.ndarray, x: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """A rectangle with soft edges, anywhere: furniture, a picture on the wall."""
    cx, cy = rng.uniform(0, _aspect(x)), rng.uniform(0, 1)
    half_width, half_height = rng.uniform(0.04, 0.25), rng.uniform(0.05, 0.4)
    inside = smoothstep(0, 0.03, half_width - np.abs(x - cx))
    inside = inside * smoothstep(0, 0.03, half_height - np.abs(y - cy))
    return mix(picture, _sample_colour(rng), 0.75 * inside[..., None])


def _add_lamp(
    picture: np.ndarray, x: np.ndarray, y: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """A bright, warm disc in the upper part of the picture."""
    cx, cy, radius = rng.uniform(0, _aspect(x)), rng.uniform(0, 0.7), rng.uniform(0.015, 0.04)
    lit = smoothstep(radius, radius * 0.85, np.hypot(x - cx, y - cy))
    warm = np.float32(rng.uniform(0.5, 0.9)) * np.float32([1, 0.9, 0.7])
    return mix(picture, warm, 0.8 * lit[..., None])
