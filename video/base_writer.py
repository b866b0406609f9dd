"""What all writers share: they write a hidden file beside the output, and rename it at the end.

So a run that fails, or is killed, never damages a file that was there before.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from .clip import Clip
from .errors import OutputError


@dataclass(frozen=True)
class Interval:
    """The part of a clip that is written: `start` to before `end`, in seconds of the clip."""

    start: Fraction
    end: Fraction


@dataclass(eq=False)
class Writer:
    """A context manager that writes frames; each format is a subclass. Fields as in open_writer."""

    path: Path
    like: Clip
    quality: int
    comment: str
    interval: Interval | None
    notes: list[str] = field(default_factory=list)  # what the output lacks of the source

    def __post_init__(self) -> None:
        # A symbolic link stays; what it points to is written, or replaced.
        self.place = Path(os.path.realpath(self.path))
        self.partial = self.place.with_name(f".part-{self.place.name}")

    def write(self, image: np.ndarray, time: Fraction) -> None:
        """Append a frame (h, w, 3) uint8; `time`, in seconds of the clip `like`, has to rise.

        Raises ValueError for a frame of another shape or dtype.
        """
        shape = self.like.size[::-1] + (3,)
        if image.dtype != np.uint8 or image.shape != shape:
            raise ValueError(f"a frame is uint8 {shape}, not {image.dtype} {image.shape}")
        self._guard(self.append, image, time - (self.interval.start if self.interval else 0))

    def note(self, text: str) -> None:
        """Add a problem to the notes, once."""
        if text not in self.notes:
            self.notes.append(text)

    def add_sound(self, samples: np.ndarray, rate: int) -> None:
        """Give the output sound of its own; to be called before the first frame.

        samples (N,) in -1..1, `rate` of them a second. Formats without sound ignore them.
        """

    def __enter__(self) -> Writer:
        self._guard(lambda: self.partial.parent.mkdir(parents=True, exist_ok=True))
        try:
            self._guard(self.open)
        except BaseException:
            self.discard()
            raise
        return self

    def __exit__(self, kind, error, trace) -> None:
        try:
            self._guard(self.close)
            if kind is None:
                self._guard(self.publish)
        except OutputError:
            if kind is None:  # otherwise the earlier error is the one to report
                raise
        finally:
            self.discard()

    # Subclasses override the following.

    def open(self) -> None:
        """Open the partial file; called once, before the first frame."""
        raise NotImplementedError

    def append(self, image: np.ndarray, time: Fraction) -> None:
        """Append an image (H, W, 3) shown from `time`, in seconds of the output."""
        raise NotImplementedError

    def close(self) -> None:
        """Finish the partial file."""

    def publish(self) -> None:
        """Move the complete file to its place. Raises OutputError where nothing was written."""
        os.replace(self.partial, self.place)

    def discard(self) -> None:
        """Delete what was written so far."""
        self.partial.unlink(missing_ok=True)

    def _guard(self, action, *arguments) -> None:
        """Call `action`; turn an error of the disk or the encoder into an OutputError."""
        try:
            action(*arguments)
        except (av.FFmpegError, OSError) as error:
            raise OutputError(
                f"{self.path} cannot be written: {error.strerror or error}; "
                "free some space or choose another place"
            ) from None
