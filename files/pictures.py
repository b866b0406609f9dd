"""Which files make up a folder of pictures, and their order."""

from __future__ import annotations

import re
from pathlib import Path

# suffixes of the pictures that Pillow reads
IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".ppm"}
DROPPED_NAMES = {"thumbs.db", "ehthumbs.db", "desktop.ini"}  # what Windows leaves in folders


def is_left_by_system(path: Path) -> bool:
    """Whether a file is hidden or is what file managers leave behind, such as .DS_Store.

    Such a file says nothing about a folder. macOS also leaves ._NAME.png beside NAME.png.
    """
    return path.name.startswith(".") or path.name.lower() in DROPPED_NAMES


def list_by_number(folder: Path) -> list[Path]:
    """The pictures of a folder, ordered by the numbers in their names: img2 before img10."""

    def key(path: Path) -> list[int | str]:
        parts = re.split(r"(\d+)", path.name.lower())
        return [int(part) if part.isdecimal() else part for part in parts]

    return sorted((path for path in folder.iterdir() if _is_picture(path)), key=key)


def _is_picture(path: Path) -> bool:
    is_image = path.suffix.lower() in IMAGE_SUFFIXES
    return is_image and not is_left_by_system(path) and path.is_file()
