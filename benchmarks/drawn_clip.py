"""A clip that is cheap to draw: one face moves to and fro in front of a noisy wall."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

import video
from examples.drawn import Look, draw_face

DRAWN_RATE = 25  # frames a second
DRAWN_PERIOD, DRAWN_MOUTHS = 50, 10  # frames of a movement to and fro, and pictures of the mouth
FACE_OF_SCALE_1 = 103  # pixels: height of the box that the detector finds at draw_face's scale 1


def write_clip(
    path: Path, size: tuple[int, int], face: int, frames: int, look: Look | None = None
) -> None:
    """Write a clip of `size` (w, h) with a face of that height in pixels."""
    scale, turn = face / FACE_OF_SCALE_1, 2 * np.pi / DRAWN_PERIOD
    width, height = round(2.6 * face), min(round(3.2 * face), size[1])
    head, centre, look = (width, height), (width / 2, 1.4 * face), look or Look()
    mouths = [n / DRAWN_MOUTHS for n in range(DRAWN_MOUTHS)]
    heads = [draw_face(head, centre, scale, mouth, look) for mouth in mouths]
    wall = np.random.default_rng(0).integers(90, 110, (size[1], size[0], 3)).astype(np.uint8)
    like = video.Clip(path, size, DRAWN_RATE, frames, Fraction(1, DRAWN_RATE))
    with video.open_writer(path, like, 18) as writer:
        for n in range(frames):
            picture, left = wall.copy(), round((size[0] - width) / 2 * (1 + np.sin(turn * n) / 2))
            picture[-height:, left : left + width] = heads[n % DRAWN_MOUTHS]
            writer.write(picture, Fraction(n, DRAWN_RATE))
