"""Pictures for the page: small, and part of the page itself."""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from files import pick_evenly

WEBP_QUALITY = 78  # 0..100; at 70 the rim of a swapped face begins to look soft; by eye
WEBP_METHOD = 2  # of the encoder, 0 (fast) to 6 (small); 4 gains 3 % and takes twice the time
CUT_FACES = 6  # aligned faces that are shown of each person
CUT_HEIGHT = 96  # pixels, of their picture
MAX_SHEET_WIDTH = 800  # pixels, of a contact sheet on the page: as wide as it is shown at most


def data_uri(image: np.ndarray | Image.Image, quality: int = WEBP_QUALITY) -> str:
    """A picture, (H, W, 3) uint8 or Pillow's, as a WebP data URI."""
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    file = io.BytesIO()
    picture.convert("RGB").save(file, "webp", quality=quality, method=WEBP_METHOD)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


def fit(image: np.ndarray, longest: int) -> Image.Image:
    """A picture (H, W, 3) uint8, made smaller so that no side is longer than `longest` pixels."""
    picture = Image.fromarray(image)
    picture.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return picture


def sheet_uri(file: Path, max_width: int = MAX_SHEET_WIDTH) -> tuple[str, tuple[int, int]] | None:
    """A contact sheet of the run as (data URI, (w, h) in pixels); None if it cannot be read."""
    try:
        stat = file.stat()
        return _encode_sheet(file, max_width, stat.st_mtime_ns, stat.st_size)
    except (OSError, ValueError):  # ValueError: Pillow's for some damaged files
        return None


@lru_cache(maxsize=32)  # a page that is written anew every few seconds encodes each sheet once
def _encode_sheet(
    file: Path, max_width: int, _modified: int, _bytes: int
) -> tuple[str, tuple[int, int]]:
    with Image.open(file) as picture:
        picture = picture.convert("RGB")
        picture.thumbnail((max_width, 10 * max_width), Image.Resampling.LANCZOS)
        return data_uri(picture), picture.size


def cut_uri(files: dict[int, Path]) -> tuple[str, tuple[int, int]] | None:
    """Some aligned faces side by side, of files by frame number, as `sheet_uri`."""
    picked = [list(files.values())[i] for i in pick_evenly(len(files), CUT_FACES)]
    try:
        return _encode_cuts(tuple(picked)) if picked else None
    except (OSError, ValueError):  # ValueError: Pillow's for some damaged files
        return None


@lru_cache(maxsize=4)
def _encode_cuts(files: tuple[Path, ...]) -> tuple[str, tuple[int, int]]:
    faces = []
    for file in files:
        with Image.open(file) as face:
            faces.append(np.array(face.convert("RGB")))
    picture = Image.fromarray(np.concatenate(faces, axis=1))
    picture.thumbnail((MAX_SHEET_WIDTH, CUT_HEIGHT), Image.Resampling.LANCZOS)
    return data_uri(picture), picture.size
