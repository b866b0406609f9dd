"""Drawn faces of nobody, plain but shaded enough that the detector takes them for faces.

python -m examples.drawn FOLDER       writes target.mp4 and donor.mp4 there, two clips to try the pipeline with
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage


def draw_face(
    size=(160, 120),
    centre=(80.0, 62.0),
    scale=1.0,
    mouth=0.3,
    skin=(205, 160, 130),
    hair=(60, 40, 30),
    brow=1.0,
) -> np.ndarray:
    """A frame (h, w, 3) uint8, size = (w, h), with one face whose eyes are 34 * scale pixels apart; mouth 0..1 is open."""
    w, h = size
    y, x = np.mgrid[: 2 * h, : 2 * w] / 2
    u, v = (x - centre[0]) / (34 * scale), (y - centre[1]) / (34 * scale)
    image = np.empty((2 * h, 2 * w, 3))
    image[:] = (70, 85, 100)
    image += ((x / w + y / h) * 25)[..., None]

    def paint(where, colour, strength=1.0):
        nonlocal image
        alpha = (where * strength)[..., None]
        image = image * (1 - alpha) + np.array(colour, float) * alpha

    def disc(cu, cv, ru, rv, soft=0.06):
        r = np.hypot((u - cu) / ru, (v - cv) / rv)
        return np.clip((1 - r) / soft + 0.5, 0, 1)

    skin = np.array(skin, float)
    paint(disc(0, 2.2, 2.0, 1.0), (50, 60, 110))
    paint(disc(0, 1.5, 0.55, 0.8), skin * 0.75)
    paint(disc(0, 0.0, 1.28, 1.62), hair)
    paint(disc(0, 0.25, 1.05, 1.42), skin)
    shade = np.clip(1 - 0.42 * np.abs(u) ** 2.2 - 0.10 * np.abs(v - 0.2) ** 2, 0.4, 1)
    face = disc(0, 0.25, 1.05, 1.42)
    image *= (1 - face + face * shade)[..., None]
    paint(np.clip((-0.72 - v + 0.1 * u * u) * 20, 0, 1) * disc(0, 0.0, 1.2, 1.6), hair)
    for side in (-1, 1):
        paint(disc(0.5 * side, -0.02, 0.30, 0.17, 0.7), skin * 0.6, 0.55)
        paint(disc(0.5 * side, 0.0, 0.20, 0.095), (235, 235, 230))
        paint(disc(0.5 * side, 0.0, 0.095, 0.095), (60, 40, 25))
        paint(disc(0.5 * side, 0.0, 0.045, 0.045), (10, 10, 10))
        paint(disc(0.5 * side, -0.085, 0.22, 0.035), (40, 25, 20))
        paint(disc(0.5 * side, -0.27 * brow, 0.28, 0.055, 0.3), np.array(hair) * 0.8)
        paint(disc(0.10 * side, 0.53, 0.06, 0.04, 0.6), skin * 0.45, 0.9)
        paint(disc(0.16 * side, 0.42, 0.07, 0.16, 0.9), skin * 0.72, 0.6)
    paint(disc(-0.03, 0.25, 0.05, 0.33, 0.9), np.minimum(skin * 1.35, 255), 0.45)
    paint(disc(0, 0.60, 0.2, 0.05, 0.9), skin * 0.6, 0.7)
    paint(disc(0, 0.98, 0.36, 0.11 + 0.12 * mouth, 0.3), (165, 75, 75))
    paint(disc(0, 0.98, 0.28, 0.015 + 0.13 * mouth, 0.3), (60, 15, 20))
    paint(disc(0, 1.22, 0.25, 0.05, 0.9), skin * 0.65, 0.6)
    image = ndimage.gaussian_filter(image, (1.2, 1.2, 0))
    return np.clip(image.reshape(h, 2, w, 2, 3).mean(axis=(1, 3)), 0, 255).astype(np.uint8)


def target_frame(n: int) -> np.ndarray:
    """Frame n of a fair-haired drawing that moves and talks."""
    return draw_face(
        (320, 240),
        (160 + 14 * np.sin(n / 9), 124 + 5 * np.cos(n / 7)),
        2.0 + 0.1 * np.sin(n / 13),
        0.5 + 0.5 * np.sin(n / 2.5),
        skin=(225, 185, 160),
        hair=(170, 130, 70),
    )


def donor_frame(n: int) -> np.ndarray:
    """Frame n of a dark one with a stronger brow."""
    return draw_face(
        (320, 240),
        (158 + 12 * np.cos(n / 8), 122 + 4 * np.sin(n / 6)),
        2.05,
        0.5 + 0.5 * np.cos(n / 3),
        skin=(150, 100, 75),
        hair=(25, 18, 14),
        brow=1.25,
    )


def main(folder: Path, frames: int = 100) -> None:
    import tempfile

    import video

    folder.mkdir(parents=True, exist_ok=True)
    for name, frame_of in (("target", target_frame), ("donor", donor_frame)):
        with tempfile.TemporaryDirectory() as one:
            Image.fromarray(frame_of(0)).save(Path(one) / "0.png")
            like = video.open_clip(one, rate=Fraction(25))
            with video.open_writer(
                folder / f"{name}.mp4", like, comment="A drawing; nobody real."
            ) as writer:
                for n in range(frames):
                    writer.write(frame_of(n), Fraction(n, 25))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m examples.drawn FOLDER")
    main(Path(sys.argv[1]))
