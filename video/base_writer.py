"""What all writers share: the output is written beside its place and renamed when it is complete.

So a run that fails, or is killed, never damages a file that was there before.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from .clip import Clip
from .errors import OutputError


@dataclass(frozen=True)
class Interval:
    """The part of a clip that is written: from `start` to `end`, in seconds of the clip's time."""

    start: Fraction
    end: Fraction


class Writer:
    """A context manager that writes frames; each format is a subclass.

    `notes` collects what went wrong with the sound without stopping the writer.
    """

    def __init__(
        self, path: Path, like: Clip, quality: int, comment: str, interval: Interval | None
    ):
        self.path, self.like, self.quality, self.comment = path, like, quality, comment
        self.interval = interval
        self.partial = path.with_name(f".part-{path.name}")
        self.notes: list[str] = []

    def write(self, image: np.ndarray, time: Fraction) -> None:
        """Append a frame; `time` is in seconds of the clip `like` and rises from call to call."""
        shape = self.like.size[::-1] + (3,)
        if image.dtype != np.uint8 or image.shape != shape:
            raise ValueError(f"a frame is uint8 {shape}, not {image.dtype} {image.shape}")
        self._guard(self.append, image, time - (self.interval.start if self.interval else 0))

    def add_sound(self, samples: np.ndarray, rate: int) -> None:
        """Give the output a sound of its own; call it before the first frame.

        samples (N,) in -1..1, `rate` of them a second. Formats without sound ignore it.
        """

    def __enter__(self) -> Writer:
        check_writable(self.path)
        self._guard(self.open)
        return self

    def __exit__(self, kind, error, trace) -> None:
        try:
            self._guard(self.close)
            if kind is None:
                self._guard(self.publish)
        except OutputError:
            if kind is None:  # else the first error is the one to report
                raise
        finally:
            self.discard()

    # What a subclass says of its format.

    def open(self) -> None:
        raise NotImplementedError

    def append(self, image: np.ndarray, time: Fraction) -> None:
        """Append an image (H, W, 3) shown from `time`, in seconds of the output."""
        raise NotImplementedError

    def close(self) -> None:
        """Finish the file, if it is written frame by frame."""

    def publish(self) -> None:
        """Move the complete file to its place."""
        os.replace(self.partial, self.path)

    def discard(self) -> None:
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


def check_writable(path: str | Path) -> None:
    """Raise OutputError if a file at `path` cannot be written, before hours of work go into it."""
    folder = Path(path).absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{Path(path).name}.probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}; choose another place"
        ) from None
