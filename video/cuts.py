"""Shot cuts: where one frame has nothing to do with the last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

STEP = 8  # every so many-th pixel is looked at
CHANGE = 18.0  # levels of mean change from frame to frame below which nothing counts as a cut
SUDDEN = 4.0  # times the change of the frames before
MEMORY = 0.7  # how much of what is usual stays from frame to frame


def cuts(images: Iterable[np.ndarray]) -> Iterator[bool]:
    """For each image (H, W, 3) uint8 whether a shot begins with it; the first is no cut.

    A cut changes the picture much, and much more than the motion before it: fast motion, a fade and a lamp that flickers change it, too.
    """
    last, usual = None, None
    for image in images:
        small = image[::STEP, ::STEP].astype(np.float32)
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
