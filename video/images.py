"""Single images, read as RGB whatever the file holds."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import MissingInput, NotAVideo

# Pixels of an image or a frame. 8K video has 33 million; more is a mistake or an attack.
MAX_PIXELS = 40_000_000
IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".ppm"}


def read_image(path: str | Path) -> np.ndarray:
    """The image as (H, W, 3) uint8 RGB: upright as its EXIF says, transparency over black, 8 bits.

    Raises MissingInput or NotAVideo.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise NotAVideo(
                        f"{path} is {image.width}x{image.height}; "
                        f"at most {MAX_PIXELS / 1e6:.0f} million pixels: scale it down"
                    )
                return _to_rgb(ImageOps.exif_transpose(image))
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        raise MissingInput(f"{path}: {error.strerror}; check the name") from None
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombWarning,
        Image.DecompressionBombError,
    ) as error:
        raise NotAVideo(
            f"{path} is not an image that can be read ({error}); convert it to PNG or JPEG"
        ) from None


def _to_rgb(image: Image.Image) -> np.ndarray:
    if image.mode.startswith("I;16") or image.mode == "I":
        levels = np.asarray(image).astype(np.int64) >> 8  # 16 bits to 8
        return np.repeat(levels.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        black = Image.new("RGBA", image.size, (0, 0, 0, 255))
        image = Image.alpha_composite(black, image)
    return np.array(image.convert("RGB"))


def list_by_number(folder: Path) -> list[Path]:
    """The images of a folder, ordered by the numbers in their names: img2 before img10."""

    def key(path: Path) -> list[int | str]:
        parts = re.split(r"(\d+)", path.name.lower())
        return [int(part) if part.isdigit() else part for part in parts]

    files = (f for f in folder.iterdir() if f.suffix.lower() in IMAGE_SUFFIXES and f.is_file())
    return sorted(files, key=key)
