"""Shot cuts: where one frame has nothing to do with the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import tee

import numpy as np

from .clip import Frame

STEP, BLOCK = (
    4,
    4,
)  # every so many-th pixel is looked at, the mean of so many times so many of those is compared: noise is no cut
CHANGE = 18.0  # levels of mean change from frame to frame below which nothing counts as a cut
SUDDEN = 4.0  # times the change of the frames before
MEMORY = 0.7  # how much of what is usual stays from frame to frame


def with_cuts(frames: Iterable[Frame]) -> Iterator[tuple[Frame, bool]]:
    """Each frame and whether a shot begins with it; see `cuts`. Decodes no frame ahead."""
    frames, looked_at = tee(frames)
    yield from zip(frames, cuts(frame.image for frame in looked_at), strict=True)


def cuts(images: Iterable[np.ndarray]) -> Iterator[bool]:
    """For each image (H, W, 3) uint8 whether a shot begins with it; the first is no cut.

    A cut changes the picture much, and much more than the motion before it: fast motion, a fade and a lamp that flickers change it, too.
    """
    last, usual = None, None
    for image in images:
        small = _blocks(image[::STEP, ::STEP])
        if last is None or last.shape != small.shape:
            yield last is not None
            usual = None
        else:
            change = float(np.abs(small - last).mean())
            cut = change > CHANGE and (usual is None or change > SUDDEN * usual)
            if not cut:
                usual = change if usual is None else MEMORY * usual + (1 - MEMORY) * change
            yield cut
        last = small


def _blocks(image: np.ndarray) -> np.ndarray:
    """Means of BLOCK x BLOCK pixels (h, w, 3), the rest at the edges left out; of the pixels themselves where there are too few."""
    h, w = (n // BLOCK * BLOCK for n in image.shape[:2])
    if not h or not w:
        return image.astype(np.float32)
    return (
        image[:h, :w]
        .reshape(h // BLOCK, BLOCK, w // BLOCK, BLOCK, 3)
        .mean(axis=(1, 3), dtype=np.float32)
    )
