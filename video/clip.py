"""A clip: numbered RGB frames, each with its time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from .colour import Colour

DEFAULT_RATE = Fraction(25)  # frames a second, if a file does not say; the European norm


@dataclass(frozen=True, eq=False)
class Frame:
    """A frame: its number in the clip from 0, its time in seconds, and (H, W, 3) uint8 RGB."""

    number: int
    time: Fraction
    image: np.ndarray


@dataclass(eq=False)
class Clip:
    """Frames that can be iterated many times; each time decodes anew and holds one at a time."""

    path: Path  # the file or folder
    size: tuple[int, int]  # (width, height) in pixels, upright
    rate: Fraction  # frames a second
    frames: int  # how many there are, an estimate
    time_base: Fraction  # seconds; the frames' times are multiples of it
    # what an output takes over
    colour: Colour = Colour()
    pixel_aspect: Fraction | None = None  # a pixel's width by its height; None: not said, square
    extras: Path | None = None  # the file with the sound, the subtitles, chapters and tags
    origin: Fraction = Fraction(0)  # the time in `extras` at which the clip begins, in seconds
    has_audio: bool = False
    lost: int = 0  # frames after those, which the file names but is too short to hold
    notes: list[str] = field(default_factory=list)  # problems met so far that could be handled

    def __iter__(self) -> Iterator[Frame]:
        return self.between()

    def between(self, first: int = 0, last: int | None = None, every: int = 1) -> Iterator[Frame]:
        """Frames first, first + every, ... below `last`; decode nothing after them."""
        return self.select(range(first, sys.maxsize if last is None else last, every))

    def select(self, numbers: range) -> Iterator[Frame]:
        """The frames of these numbers, a range or what has its `stop`; only these get a picture."""
        raise NotImplementedError

    def note(self, text: str) -> None:
        """Add a problem to the notes, once."""
        if text not in self.notes:
            self.notes.append(text)
