"""Single images, read as RGB whatever the file holds."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from PIL.Image import DecompressionBombError, DecompressionBombWarning

from .errors import MissingInput, NotAVideo

MAX_PIXELS = 40_000_000  # of an image or a frame; 8K video has 33 million; by choice
# What Pillow raises for a file that is no image, is damaged, or would take too much memory.
PILLOW_ERRORS = OSError, SyntaxError, ValueError, DecompressionBombError, DecompressionBombWarning


def read_image(path: str | Path) -> np.ndarray:
    """The image as (H, W, 3) uint8 RGB: rotated as its EXIF says, transparent parts over black.

    Raises MissingInput or NotAVideo.
    """
    with guard_image(path) as image:
        return to_rgb8(ImageOps.exif_transpose(image))


@contextmanager
def guard_image(path: str | Path) -> Iterator[Image.Image]:
    """An open image; errors while it is read in the block become MissingInput or NotAVideo."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DecompressionBombWarning)
            with Image.open(path) as image:
                check_pixels(path, image.width, image.height)
                yield image
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        raise MissingInput(f"{path}: {error.strerror}; check the name") from None
    except PILLOW_ERRORS as error:
        raise NotAVideo(
            f"{path} is not an image that can be read ({error}); convert it to PNG or JPEG"
        ) from None


def check_pixels(path: str | Path, width: int, height: int) -> None:
    """Raise NotAVideo for an image or a frame that is too large: a mistake, or an attack."""
    if width * height > MAX_PIXELS:
        limit = f"at most {MAX_PIXELS / 1e6:.0f} million pixels"
        raise NotAVideo(f"{path} is {width}x{height}; {limit}: scale it down")


def to_rgb8(image: Image.Image) -> np.ndarray:
    """The image (H, W, 3) uint8: 16 bits become 8, transparent parts are over black."""
    if image.mode.startswith("I;16") or image.mode == "I":
        levels = np.asarray(image).astype(np.int64) >> 8  # 16 bits to 8
        return np.repeat(levels.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        black = Image.new("RGBA", image.size, (0, 0, 0, 255))
        image = Image.alpha_composite(black, image.convert("RGBA"))
    return np.array(image.convert("RGB"))
