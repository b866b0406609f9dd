"""Which files make up a folder of pictures, and their order."""

from __future__ import annotations

import re
from pathlib import Path

# suffixes of the pictures that Pillow reads
IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".ppm"}
# what macOS, Windows and KDE leave in folders, in lower case
DROPPED_NAMES = {".ds_store", ".localized", ".directory", "thumbs.db", "ehthumbs.db", "desktop.ini"}
# how other such names begin: macOS's ._NAME beside NAME, NFS's deleted files, our half-written ones
DROPPED_PREFIXES = "._", ".nfs", ".part-"


def is_left_by_system(path: Path) -> bool:
    """Whether a file is none of the user's: left by a file manager, a file system, or a kill."""
    name = path.name.lower()
    return name in DROPPED_NAMES or name.startswith(DROPPED_PREFIXES)


def list_by_number(folder: Path) -> list[Path]:
    """The pictures of a folder, ordered by the numbers in their names: img2 before img10.

    Hidden files are none.
    """

    def key(path: Path) -> list[int | str]:
        parts = re.split(r"(\d+)", path.name.lower())
        return [int(part) if part.isdecimal() else part for part in parts]

    return sorted((path for path in folder.iterdir() if _is_picture(path)), key=key)


def _is_picture(path: Path) -> bool:
    is_image = path.suffix.lower() in IMAGE_SUFFIXES
    return is_image and not path.name.startswith(".") and path.is_file()
