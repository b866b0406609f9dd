"""What a camera and a codec do to a rendered picture: from linear light to the levels of a file.

The order is that of a camera: lens (vignette, focus, motion), sensor (exposure, noise), processor
(white balance, tone curve, saturation, sharpening), and the file (fewer pixels, JPEG). Each step
draws its own strength, and most photographs are good ones. Nothing moves by more than a pixel, so
what is known of the picture's geometry stays true. The numbers are by eye.
"""

from __future__ import annotations

import io

import numpy as np
import scipy
from PIL import Image

from .curves import mix

LUMA_WEIGHTS = np.float32([0.2126, 0.7152, 0.0722])  # of linear red, green, blue: Rec. 709
JPEG_QUALITIES = (18, 95)  # least and most, of Pillow
PROBABILITIES = {  # how often a photograph shows each of these
    "vignette": 0.3,
    "unfocused": 0.35,
    "moving": 0.15,
    "banded": 0.1,
    "noisy": 0.6,
    "cast": 0.6,
    "sharpened": 0.35,
    "small": 0.2,
    "monochrome": 0.02,
    "compressed": 0.7,
}


def photograph(
    picture: np.ndarray, rng: np.random.Generator, exposed_for: np.ndarray | None = None
) -> np.ndarray:
    """A photograph (h, w, 3) uint8 of a picture (h, w, 3) in linear light.

    The same state of `rng` gives the same photograph. The picture is left as it is. `exposed_for`
    is the picture whose brightness sets the exposure, if that is another one.
    """
    has = {name: rng.random() < share for name, share in PROBABILITIES.items()}
    light = _pass_lens(np.maximum(picture, 0, dtype=np.float32), has, rng)
    metered = light if exposed_for is None else exposed_for
    light = _expose(light, float((metered @ LUMA_WEIGHTS).mean()), has, rng)
    levels = _develop(light, has, rng)
    if has["sharpened"]:
        levels = _sharpen(levels, rng)
    return _store(levels, has, rng)


def _pass_lens(light: np.ndarray, has: dict[str, bool], rng: np.random.Generator) -> np.ndarray:
    """Vignette, blur of focus and blur of motion."""
    if has["unfocused"]:
        sigma = rng.uniform(0.3, 1.1) * light.shape[0] / 224
        light = scipy.ndimage.gaussian_filter(light, (sigma, sigma, 0), truncate=2.5)
    if has["moving"]:
        light = _move(light, rng)
    if has["vignette"]:
        y, x = (np.linspace(-1, 1, n, dtype=np.float32) for n in light.shape[:2])
        corner = (y[:, None] ** 2 + x**2) / 2
        light = light * (1 - np.float32(rng.uniform(0.1, 0.5)) * corner)[..., None]
    return light


def _move(light: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The mean of shifted copies along a short line, the same way back and forth."""
    angle, reach = rng.uniform(0, np.pi), rng.uniform(0.6, 2.2) * light.shape[0] / 224
    total, steps, border = np.zeros_like(light), np.linspace(-reach, reach, 5), int(reach) + 1
    padded, (h, w) = (
        np.pad(light, ((border, border), (border, border), (0, 0)), "edge"),
        light.shape[:2],
    )
    for step in steps:
        top, left = border + np.rint([step * np.sin(angle), step * np.cos(angle)]).astype(int)
        total += padded[top : top + h, left : left + w]
    return total / np.float32(len(steps))


def _expose(
    light: np.ndarray, brightness: float, has: dict[str, bool], rng: np.random.Generator
) -> np.ndarray:
    """Exposure by the picture's brightness or not quite, banding of lamps, noise of the sensor."""
    gain = 2 ** rng.normal(0, 0.35) * (0.20 / (brightness + 0.02)) ** rng.uniform(0, 0.6)
    light = light * np.float32(np.clip(gain, 0.3, 3.5))
    if has["banded"]:  # lamps flicker while the rows are read one after the other
        rows = np.arange(len(light), dtype=np.float32) / len(light)
        wave = np.sin(2 * np.pi * (rng.uniform(1, 4) * rows + rng.random()))
        light *= (1 + np.float32(rng.uniform(0.02, 0.08)) * wave)[:, None, None].astype(np.float32)
    if has["noisy"]:
        photons, sensor = 10 ** rng.uniform(-4.5, -2.6), 10 ** rng.uniform(-6.5, -4.5)
        noise = rng.standard_normal(light.shape, np.float32)
        light += noise * np.sqrt(np.float32(photons) * light + np.float32(sensor))
    return light


def _develop(light: np.ndarray, has: dict[str, bool], rng: np.random.Generator) -> np.ndarray:
    """White balance, saturation and tone curve: linear light -> levels 0..1 (h, w, 3)."""
    if has["cast"]:
        warm, green = rng.normal(0, 0.10), rng.normal(0, 0.04)
        light = light * np.exp([warm, green, -warm]).astype(np.float32)
    grey = (light @ LUMA_WEIGHTS)[..., None]
    saturation = 0.0 if has["monochrome"] else np.clip(rng.normal(1.0, 0.15), 0.5, 1.4)
    light = mix(grey, light, np.float32(saturation))
    # A shoulder keeps highlights from clipping hard; its strength differs from camera to camera.
    shoulder = np.float32(rng.uniform(0.0, 0.5))
    light = np.maximum(light, 0)
    light = light * (1 + shoulder * light / 2) / (1 + shoulder * light)
    levels = np.minimum(light, 1) ** np.float32(1 / rng.uniform(2.0, 2.4))
    contrast = np.float32(rng.normal(0.15, 0.25))
    levels += contrast * levels * (1 - levels) * (2 * levels - 1)  # an S for a positive contrast
    black, white = np.float32(rng.uniform(-0.03, 0.06)), np.float32(rng.uniform(0.93, 1.03))
    return black + (white - black) * levels


def _sharpen(levels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Unsharp mask, with the halos that cheap cameras draw."""
    sigma = rng.uniform(0.6, 1.6)
    blurred = scipy.ndimage.gaussian_filter(levels, (sigma, sigma, 0), truncate=2.0)
    return levels + np.float32(rng.uniform(0.2, 1.2)) * (levels - blurred)


def _store(levels: np.ndarray, has: dict[str, bool], rng: np.random.Generator) -> np.ndarray:
    """Levels 0..1 -> uint8, perhaps from fewer pixels, perhaps through JPEG."""
    rounded = (np.clip(levels, 0, 1) * 255 + np.float32(0.5)).astype(np.uint8)
    picture = Image.fromarray(rounded)
    if has["small"]:
        share = rng.uniform(0.4, 0.85)
        fewer = tuple(max(round(side * share), 8) for side in picture.size)
        filters = Image.Resampling.BILINEAR, Image.Resampling.BICUBIC
        picture = picture.resize(fewer, Image.Resampling.BOX if share < 0.5 else filters[0])
        picture = picture.resize(rounded.shape[1::-1], filters[rng.integers(2)])
    if has["compressed"]:
        file = io.BytesIO()
        quality, subsampling = int(rng.integers(*JPEG_QUALITIES)), int(rng.choice([0, 2, 2]))
        picture.save(file, "jpeg", quality=quality, subsampling=subsampling)
        picture = Image.open(file)
    return np.array(picture)
