"""Opening clips: video files, image folders and single images."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from files import IMAGE_SUFFIXES, list_by_number

from .clip import DEFAULT_RATE, Clip
from .decoder import VideoClip
from .errors import MissingInput, NotAVideo
from .image_clips import AnimatedClip, ImageClip, is_animated


def open_clip(path: str | Path, rate: Fraction = DEFAULT_RATE) -> Clip:
    """Open a video, an image or a folder of images; `rate` (frames a second) is for images only.

    Raises MissingInput, NotAVideo or NoFrames.
    """
    path = Path(path)
    try:
        if not path.exists():
            raise MissingInput(f"{path}: no such file or folder; check the name")
        if path.is_dir():
            return ImageClip(path, list_by_number(path), rate)
    except OSError as error:
        raise MissingInput(f"{path}: {error.strerror}; check its name and permissions") from None
    if not path.is_file():
        raise NotAVideo(f"{path} is a pipe or a device; save the clip to a file first")
    if path.suffix.lower() not in IMAGE_SUFFIXES:
        return VideoClip(path)
    return AnimatedClip(path) if is_animated(path) else ImageClip(path, [path], rate)
