"""Writing a clip as pictures: a folder of numbered PNG files, or an animated GIF."""

from __future__ import annotations

import os
import re
import shutil
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from files import is_left_by_system

from .base_writer import Writer
from .carried import describe_losses
from .comment import png_text
from .errors import OutputError

FRAME_NAME = re.compile(r"\d{6,}\.png")  # of the pictures in our folders
GIF_TICK_MS = 10  # milliseconds; GIF counts delays in hundredths of a second (GIF89a)
GIF_MIN_DELAY_MS = 20  # milliseconds; browsers replace a shorter delay by 100
PNG_COMPRESSION = 3  # zlib level, 0..9; higher ones take longer and save little; by choice


class PngFolderWriter(Writer):
    """Numbered PNG files in a folder, each with the comment in a text chunk.

    The folder is made beside an earlier one and then takes its place, so that pictures of two runs
    never mix. Between two renames neither has the name; a kill there is mended by the next start.
    """

    def open(self) -> None:
        self.earlier = self.place.with_name(f".old-{self.place.name}")
        if self.place.exists():
            check_replaceable(self.place)
        self.discard()
        self.partial.mkdir()
        self.count = 0
        self.notes += describe_losses(self.like)
        self.text = png_text(self.comment)

    def append(self, image: np.ndarray, time: Fraction) -> None:
        path = self.partial / f"{self.count:06d}.png"
        Image.fromarray(image).save(path, pnginfo=self.text, compress_level=PNG_COMPRESSION)
        self.count += 1

    def publish(self) -> None:
        if self.place.exists():
            os.rename(self.place, self.earlier)
        os.rename(self.partial, self.place)

    def discard(self) -> None:
        if self.earlier.exists() and not self.place.exists():
            os.rename(self.earlier, self.place)
        for leftover in (self.partial, self.earlier):
            shutil.rmtree(leftover, ignore_errors=True)


class GifWriter(Writer):
    """An animated GIF, held in memory until it is complete."""

    def open(self) -> None:
        self.notes += describe_losses(self.like)
        if 1000 / self.like.rate < GIF_MIN_DELAY_MS:
            self.notes.append(f"{self.path} plays slower: a GIF shows 50 frames a second at most")
        self.frames: list[Image.Image] = []
        self.times: list[Fraction] = []

    def append(self, image: np.ndarray, time: Fraction) -> None:
        self.frames.append(Image.fromarray(image).quantize(256, dither=Image.Dither.FLOYDSTEINBERG))
        self.times.append(time)

    def publish(self) -> None:
        if not self.frames:
            raise OutputError(f"{self.path}: no frame to write")
        self.frames[0].save(
            self.partial,
            format="GIF",
            save_all=True,
            append_images=self.frames[1:],
            duration=self._delays(),
            loop=0,
            comment=self.comment.encode("ascii", "replace"),
        )
        super().publish()

    def _delays(self) -> list[int]:
        """Each frame's delay, in milliseconds."""
        # Round the times and not the delays, so that rounding errors do not add up.
        times = [*self.times, self.times[-1] + 1 / self.like.rate]
        rounded = [round(t * 1000 / GIF_TICK_MS) * GIF_TICK_MS for t in times]
        return [max(b - a, GIF_MIN_DELAY_MS) for a, b in pairwise(rounded)]


def check_replaceable(path: Path) -> None:
    """Raise OutputError if a folder holds more than our pictures, and so may not be replaced."""
    if os.path.ismount(path):
        raise OutputError(f"{path} is the root of a file system; name a folder in it")
    for file in sorted(path.iterdir()):
        if not (FRAME_NAME.fullmatch(file.name) or is_left_by_system(file)):
            raise OutputError(f"{path} holds other files ({file.name}); name a new folder")
