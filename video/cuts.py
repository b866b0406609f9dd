"""Shot cuts: frames that have nothing to do with the frame before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import tee

import numpy as np

from .clip import Frame

# Frames are compared as thumbnails, because means over blocks suppress noise.
THUMBNAIL_STEP = 4  # pixels; only every fourth row and column is read; by eye
THUMBNAIL_BLOCK = 4  # of the pixels that are read, the side of a block that is averaged; by eye
CUT_MIN_CHANGE = 18.0  # 8-bit levels, mean absolute; a smaller change is no cut; by eye
CUT_MIN_RATIO = 4.0  # of a cut's change to the usual change from frame to frame; by eye
USUAL_CHANGE_DECAY = 0.7  # of the running mean of changes, per frame; by eye


def with_cuts(frames: Iterable[Frame]) -> Iterator[tuple[Frame, bool]]:
    """Each frame and whether a shot begins with it; see `find_cuts`. Decodes no frame ahead."""
    frames, looked_at = tee(frames)
    yield from zip(frames, find_cuts(frame.image for frame in looked_at), strict=True)


def find_cuts(images: Iterable[np.ndarray]) -> Iterator[bool]:
    """For each image (H, W, 3) uint8 whether a shot begins with it; the first is no cut.

    Fast motion, fades and flickering lamps change the picture much, too. So a cut must change it
    much more than the frames before it did. An image of another size is always a cut.
    """
    last, usual = None, None
    for image in images:
        thumbnail = _shrink(image[::THUMBNAIL_STEP, ::THUMBNAIL_STEP])
        if last is None or last.shape != thumbnail.shape:
            yield last is not None
            usual = None
        else:
            change = float(np.abs(thumbnail - last).mean())
            cut = change > CUT_MIN_CHANGE and (usual is None or change > CUT_MIN_RATIO * usual)
            if not cut:
                decay = USUAL_CHANGE_DECAY
                usual = change if usual is None else decay * usual + (1 - decay) * change
            yield cut
        last = thumbnail


def _shrink(image: np.ndarray) -> np.ndarray:
    """Means over whole blocks, (h, w, 3) float32; the image itself if it is smaller than one."""
    h, w = (n // THUMBNAIL_BLOCK for n in image.shape[:2])
    if not h or not w:
        return image.astype(np.float32)
    whole = image[: h * THUMBNAIL_BLOCK, : w * THUMBNAIL_BLOCK]
    blocks = whole.reshape(h, THUMBNAIL_BLOCK, w, THUMBNAIL_BLOCK, 3)
    return blocks.mean(axis=(1, 3), dtype=np.float32)
