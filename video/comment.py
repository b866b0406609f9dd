"""The comment in a file's metadata, where the program says what the file is."""

from __future__ import annotations

from pathlib import Path

import av
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from files import IMAGE_SUFFIXES, list_by_number

from .images import PILLOW_ERRORS
from .local_file import open_local

STATEMENT_BEGIN = "Synthetic media"  # of the comment in each file that this program makes


def png_text(comment: str) -> PngInfo | None:
    """The comment as a text chunk, for `pnginfo` of Pillow's save; None for an empty comment."""
    if not comment:
        return None
    text = PngInfo()
    text.add_itxt("Comment", comment)
    return text


def read_comment(path: str | Path) -> str:
    """The comment of a clip, an image, or the first image of a folder; "" if it cannot be read."""
    path = Path(path)
    try:
        if path.is_dir():
            path = next(iter(list_by_number(path)), path)
        if path.suffix.lower() in IMAGE_SUFFIXES | {".gif"}:
            with Image.open(path) as image:
                text = image.info.get("Comment") or image.info.get("comment") or ""
                return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        with open_local(path) as container:
            return lower_names(container.metadata).get("comment", "")
    except (av.FFmpegError, *PILLOW_ERRORS):
        return ""


def lower_names(tags: dict[str, str]) -> dict[str, str]:
    """The tags with names in lower case: containers differ in that."""
    return {name.lower(): text for name, text in tags.items()}


def says_synthetic(path: str | Path) -> bool:
    """Whether the comment of a clip, an image or a folder of images says that it is synthetic."""
    return read_comment(path).startswith(STATEMENT_BEGIN)
