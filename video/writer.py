"""Writing clips: the name of the output chooses the format."""

from __future__ import annotations

from pathlib import Path

from .base_writer import Interval, Writer
from .clip import Clip
from .encoded import H264Writer, LosslessWriter
from .errors import OutputError
from .pictures import GifWriter, PngFolderWriter

WRITERS: dict[str, type[Writer]] = {
    ".mp4": H264Writer,
    ".mov": H264Writer,
    ".mkv": LosslessWriter,
    ".gif": GifWriter,
    "": PngFolderWriter,
}
OUTPUT_FORMATS = (
    "a name ending in .mp4 or .mov (H.264), .mkv (lossless), .gif, or a folder (numbered PNG)"
)


def open_writer(
    path: str | Path,
    like: Clip,
    quality: int = 18,
    comment: str = "",
    interval: Interval | None = None,
) -> Writer:
    """A context manager with `write(image, time)` for images (H, W, 3) uint8 RGB.

    like      the clip whose size, time base, colour matrix and sound the output takes
    quality   H.264's constant rate factor, 0 (best) to 51; 18 looks like the original
    comment   a statement for the file's metadata
    interval  the part of the clip that is written; the output then begins at 0 seconds

    Raises OutputError.
    """
    return find_writer(Path(path))(Path(path), like, quality, comment, interval)


def find_writer(path: Path) -> type[Writer]:
    """The class that writes the format which the name says. Raises OutputError."""
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise OutputError(f"{path}: unknown kind of output; use {OUTPUT_FORMATS}")
    return writer
