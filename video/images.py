"""Single images, as RGB whatever they are stored as."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from .errors import MissingInput, NotAVideo

LARGEST = (
    40_000_000  # pixels of an image or a frame: 8K and a little; more is a mistake or an attack
)
SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".ppm"}


def read_image(path: str | Path) -> np.ndarray:
    """The image as (H, W, 3) uint8 RGB: upright as its EXIF says, transparency over black, 16 bits cut to 8.

    Raises MissingInput or NotAVideo.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                if opened.width * opened.height > LARGEST:
                    raise NotAVideo(
                        f"{path} is {opened.width}x{opened.height}; at most {LARGEST / 1e6:.0f} million pixels: scale it down"
                    )
                image = ImageOps.exif_transpose(opened)
                if image.mode.startswith("I;16") or image.mode == "I":
                    levels = np.asarray(image).astype(np.int64) >> 8
                    return np.repeat(levels.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
                if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
                    image = image.convert("RGBA")
                    image = Image.alpha_composite(
                        Image.new("RGBA", image.size, (0, 0, 0, 255)), image
                    )
                return np.array(image.convert("RGB"))
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


def numbered(folder: Path) -> list[Path]:
    """The images of a folder by the numbers in their names: img2 before img10."""

    def key(path: Path):
        return [
            int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path.name.lower())
        ]

    return sorted(
        (p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file()), key=key
    )
