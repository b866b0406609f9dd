"""Shot cuts: the frames with which a new shot begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import tee

import numpy as np

from .clip import Frame

# Frames are compared as thumbnails, because means over blocks suppress noise.
THUMBNAIL_STEP = 4  # pixels; only every fourth row and column is read, for speed; by eye
THUMBNAIL_BLOCK = 4  # side of the blocks that are averaged, in pixels that are read; by eye
CUT_MIN_CHANGE = 18.0  # mean absolute difference, 8-bit levels; a smaller one is no cut; by eye
CUT_MIN_RATIO = 4.0  # of a cut's change to the running mean of changes; by eye
CHANGE_DECAY = 0.7  # of the running mean of changes, per frame; by eye


def with_cuts(frames: Iterable[Frame]) -> Iterator[tuple[Frame, bool]]:
    """Each frame and whether a shot begins with it (`find_cuts`); reads no frame ahead."""
    frames, examined = tee(frames)
    yield from zip(frames, find_cuts(frame.image for frame in examined), strict=True)


def find_cuts(images: Iterable[np.ndarray]) -> Iterator[bool]:
    """For each image (H, W, 3) uint8 whether a new shot begins with it; the first is no cut.

    Fast motion, fades and flickering lamps also change the picture a lot. So a cut must change it
    much more than the frames before it did. An image of another size is always a cut.
    """
    last, mean = None, None  # the last thumbnail, the running mean of changes
    for image in images:
        thumbnail = _shrink(image[::THUMBNAIL_STEP, ::THUMBNAIL_STEP])
        if last is None or last.shape != thumbnail.shape:
            yield last is not None
            mean = None
        else:
            change = float(np.abs(thumbnail - last).mean())
            cut = change > CUT_MIN_CHANGE and (mean is None or change > CUT_MIN_RATIO * mean)
            if not cut:
                decay = CHANGE_DECAY
                mean = change if mean is None else decay * mean + (1 - decay) * change
            yield cut
        last = thumbnail


def _shrink(image: np.ndarray) -> np.ndarray:
    """Means over whole blocks, (h, w, 3) float32; the image itself if it is smaller than one."""
    h, w = (n // THUMBNAIL_BLOCK for n in image.shape[:2])
    if not h or not w:
        return image.astype(np.float32)
    whole = image[: h * THUMBNAIL_BLOCK, : w * THUMBNAIL_BLOCK].astype(np.uint16)
    tall = sum(whole[k::THUMBNAIL_BLOCK] for k in range(THUMBNAIL_BLOCK))  # sums fit 16 bits
    sums = sum(tall[:, k::THUMBNAIL_BLOCK] for k in range(THUMBNAIL_BLOCK))
    return sums.astype(np.float32) / THUMBNAIL_BLOCK**2
