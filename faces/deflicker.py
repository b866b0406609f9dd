"""Deflicker: average drawn faces over time.

The nets draw each frame without knowing the others, so drawn faces flicker. Each face is averaged
with those before and after it, so that nothing lags. The average is bilateral (Tomasi & Manduchi
1998): a neighbour weighs more the nearer in time and the more similar the target's face is. How
similar it is, is measured at each place. So cheeks at rest are averaged while the lips beside them
speak, a blink keeps its length, and nothing is averaged across a cut.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import scipy

Entry = tuple[Any, np.ndarray | None, np.ndarray | None]  # key, target's face, drawn face


# The bilateral filter. By eye; docs/quality.md, row "averaging over time".
DEFLICKER_REACH = 4  # frames on each side that are averaged
DEFLICKER_SIGMA = 2.0  # frames, standard deviation of the Gaussian
DEFLICKER_SQUARE = 0.1  # side of the square in which faces are compared, in widths of the face
DEFLICKER_DIFFERENCE = 0.02  # mean difference there, 0..1, at which a weight falls to 1/e


def deflicker_over_time(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries of successive frames, drawn faces averaged; holds at most 2 DEFLICKER_REACH + 1.

    Faces are (h, w, 3) float32 0..1, or None where a frame has no face.
    """
    window: list[Entry] = []
    current = 0  # index in the window of the entry that is yielded next
    for entry in entries:
        window.append(entry)
        if len(window) - current > DEFLICKER_REACH:
            yield _average(window, current)
            current += 1
            if current > DEFLICKER_REACH:
                window.pop(0)
                current -= 1
    for k in range(current, len(window)):
        yield _average(window, k)


def _average(window: list[Entry], current: int) -> Entry:
    """An entry of the window, its drawn face replaced by the weighted mean of those around."""
    key, face, _ = window[current]
    if face is None:
        return key, None, None
    total, weights = 0, 0
    for k in range(max(current - DEFLICKER_REACH, 0), len(window)):
        _, other, drawn = window[k]
        if other is None:
            continue
        nearness = math.exp(-(((k - current) / DEFLICKER_SIGMA) ** 2) / 2)
        weight = np.float32(nearness) * _measure_similarity(face, other)[..., None]
        total = total + weight * drawn
        weights = weights + weight
    return key, face, total / weights


def _measure_similarity(face: np.ndarray, other: np.ndarray) -> np.ndarray:
    """How similar two faces (h, w, 3) are around each pixel: (h, w), 0..1."""
    side = max(round(DEFLICKER_SQUARE * face.shape[1]), 1)
    difference = scipy.ndimage.uniform_filter(np.abs(other - face).mean(-1), side)
    return np.exp(-((difference / np.float32(DEFLICKER_DIFFERENCE)) ** 2))
