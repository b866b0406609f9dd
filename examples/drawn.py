"""Drawn faces of nobody, plain but shaded enough that the detector takes them for faces.

    python -m examples.drawn FOLDER

writes target.mp4 and donor.mp4 there, two clips to try the pipeline with.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image
from scipy import ndimage

import video
from files import run_command

EYE_DISTANCE = 34  # pixels between the eyes at scale 1
EXAMPLE_FRAMES = 100  # of each example clip
EXAMPLE_RATE = 25  # frames a second


@dataclass(frozen=True)
class Look:
    """Who is drawn.

    skin, hair  colours, RGB 0..255
    brow        how high the brows stand above the eyes, relative to the usual
    """

    skin: tuple[int, int, int] = (205, 160, 130)
    hair: tuple[int, int, int] = (60, 40, 30)
    brow: float = 1.0


class _Canvas:
    """A picture that is painted at twice its size, in coordinates of the face.

    u to the right and v down are 0 between the eyes; the unit is the distance of the eyes.
    """

    def __init__(self, size: tuple[int, int], centre: tuple[float, float], scale: float):
        self.size = w, h = size
        y, x = np.mgrid[: 2 * h, : 2 * w] / 2
        self.u = (x - centre[0]) / (EYE_DISTANCE * scale)
        self.v = (y - centre[1]) / (EYE_DISTANCE * scale)
        self.image = np.empty((2 * h, 2 * w, 3))
        self.image[:] = (70, 85, 100)
        self.image += ((x / w + y / h) * 25)[..., None]  # the background gets lighter downwards

    def ellipse(self, cu: float, cv: float, ru: float, rv: float, soft: float = 0.06) -> np.ndarray:
        """Opacity (2 h, 2 w) of an ellipse about (cu, cv) with these radii and a soft edge."""
        r = np.hypot((self.u - cu) / ru, (self.v - cv) / rv)
        return np.clip((1 - r) / soft + 0.5, 0, 1)

    def paint(self, opacity: np.ndarray, colour, strength: float = 1.0) -> None:
        alpha = (opacity * strength)[..., None]
        self.image = self.image * (1 - alpha) + np.array(colour, float) * alpha

    def picture(self) -> np.ndarray:
        """(h, w, 3) uint8."""
        w, h = self.size
        smooth = ndimage.gaussian_filter(self.image, (1.2, 1.2, 0))
        return np.clip(smooth.reshape(h, 2, w, 2, 3).mean(axis=(1, 3)), 0, 255).astype(np.uint8)


def draw_face(
    size: tuple[int, int] = (160, 120),
    centre: tuple[float, float] = (80.0, 62.0),
    scale: float = 1.0,
    mouth: float = 0.3,
    look: Look = Look(),
) -> np.ndarray:
    """A frame (h, w, 3) uint8, size = (w, h), with one face.

    centre  between the eyes, in pixels
    scale   the eyes are 34 * scale pixels apart
    mouth   how far it is open, 0..1
    """
    canvas = _Canvas(size, centre, scale)
    _paint_head(canvas, look)
    for side in (-1, 1):
        _paint_eye(canvas, look, side)
    _paint_nose(canvas, look)
    _paint_mouth(canvas, look, mouth)
    return canvas.picture()


def _paint_head(canvas: _Canvas, look: Look) -> None:
    """Shoulders, neck, hair, the shaded face, and the hair above the forehead."""
    paint, ellipse, u, v = canvas.paint, canvas.ellipse, canvas.u, canvas.v
    face = ellipse(0, 0.25, 1.05, 1.42)
    paint(ellipse(0, 2.2, 2.0, 1.0), (50, 60, 110))
    paint(ellipse(0, 1.5, 0.55, 0.8), np.array(look.skin, float) * 0.75)
    paint(ellipse(0, 0.0, 1.28, 1.62), look.hair)
    paint(face, look.skin)
    shade = np.clip(1 - 0.42 * np.abs(u) ** 2.2 - 0.10 * np.abs(v - 0.2) ** 2, 0.4, 1)
    canvas.image *= (1 - face + face * shade)[..., None]
    fringe = np.clip((-0.72 - v + 0.1 * u * u) * 20, 0, 1)
    paint(fringe * ellipse(0, 0.0, 1.2, 1.6), look.hair)


def _paint_eye(canvas: _Canvas, look: Look, side: int) -> None:
    """Socket, white, iris, pupil, lid and brow on the left (-1) or right (1)."""
    paint, ellipse, u = canvas.paint, canvas.ellipse, 0.5 * side
    paint(ellipse(u, -0.02, 0.30, 0.17, 0.7), np.array(look.skin, float) * 0.6, 0.55)
    paint(ellipse(u, 0.0, 0.20, 0.095), (235, 235, 230))
    paint(ellipse(u, 0.0, 0.095, 0.095), (60, 40, 25))
    paint(ellipse(u, 0.0, 0.045, 0.045), (10, 10, 10))
    paint(ellipse(u, -0.085, 0.22, 0.035), (40, 25, 20))
    paint(ellipse(u, -0.27 * look.brow, 0.28, 0.055, 0.3), np.array(look.hair) * 0.8)


def _paint_nose(canvas: _Canvas, look: Look) -> None:
    """Nostrils and wings, the light along the bridge, the shadow below."""
    paint, ellipse, skin = canvas.paint, canvas.ellipse, np.array(look.skin, float)
    for side in (-1, 1):
        paint(ellipse(0.10 * side, 0.53, 0.06, 0.04, 0.6), skin * 0.45, 0.9)
        paint(ellipse(0.16 * side, 0.42, 0.07, 0.16, 0.9), skin * 0.72, 0.6)
    paint(ellipse(-0.03, 0.25, 0.05, 0.33, 0.9), np.minimum(skin * 1.35, 255), 0.45)
    paint(ellipse(0, 0.60, 0.2, 0.05, 0.9), skin * 0.6, 0.7)


def _paint_mouth(canvas: _Canvas, look: Look, opening: float) -> None:
    """Lips, the dark between them, the shadow below."""
    paint, ellipse = canvas.paint, canvas.ellipse
    paint(ellipse(0, 0.98, 0.36, 0.11 + 0.12 * opening, 0.3), (165, 75, 75))
    paint(ellipse(0, 0.98, 0.28, 0.015 + 0.13 * opening, 0.3), (60, 15, 20))
    paint(ellipse(0, 1.22, 0.25, 0.05, 0.9), np.array(look.skin, float) * 0.65, 0.6)


FAIR = Look(skin=(225, 185, 160), hair=(170, 130, 70))
DARK = Look(skin=(150, 100, 75), hair=(25, 18, 14), brow=1.25)


def target_frame(n: int) -> np.ndarray:
    """Frame n of a fair-haired person who moves and talks."""
    centre = 160 + 14 * np.sin(n / 9), 124 + 5 * np.cos(n / 7)
    return draw_face(
        (320, 240), centre, 2.0 + 0.1 * np.sin(n / 13), 0.5 + 0.5 * np.sin(n / 2.5), FAIR
    )


def donor_frame(n: int) -> np.ndarray:
    """Frame n of a dark-haired person with higher brows."""
    centre = 158 + 12 * np.cos(n / 8), 122 + 4 * np.sin(n / 6)
    return draw_face((320, 240), centre, 2.05, 0.5 + 0.5 * np.cos(n / 3), DARK)


def write_clips(folder: Path) -> None:
    """Write target.mp4 and donor.mp4 into a folder. Raises video.OutputError."""
    video.check_writable_folder(folder)
    for name, frame_of in (("target", target_frame), ("donor", donor_frame)):
        with tempfile.TemporaryDirectory() as one:
            Image.fromarray(frame_of(0)).save(Path(one) / "0.png")
            like = video.open_clip(one, rate=Fraction(EXAMPLE_RATE))
            path = folder / f"{name}.mp4"
            with video.open_writer(path, like, comment="A drawing; nobody real.") as writer:
                for n in range(EXAMPLE_FRAMES):
                    writer.write(frame_of(n), Fraction(n, EXAMPLE_RATE))


def main(arguments: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(
        prog="python -m examples.drawn",
        description="Write target.mp4 and donor.mp4, two drawn clips to try the pipeline with.",
        epilog="exit codes: 2 wrong options; 6 the folder cannot be written",
    )
    p.add_argument("folder", type=Path, metavar="FOLDER", help="where they go; made if absent")
    try:
        write_clips(p.parse_args(arguments).folder)
    except video.OutputError as error:
        print(f"examples.drawn: {error}", file=sys.stderr)
        return 6
    return 0


if __name__ == "__main__":
    run_command(main)
