"""Deflicker: average drawn faces over time.

The nets draw each frame without knowing the others, so drawn faces flicker. Each face is averaged
with those before and after it, so that nothing lags. The average is bilateral (Tomasi & Manduchi
1998): a neighbour weighs more the nearer in time and the more similar it is, so that nothing is
averaged across a cut.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

Entry = tuple[Any, np.ndarray | None, np.ndarray | None]  # key, target's face, drawn face


@dataclass(frozen=True)
class DeflickerFilter:
    """The bilateral filter. By eye; docs/quality.md, row "averaging over time"."""

    reach: int = 4  # frames on each side that are averaged
    sigma: float = 2.0  # frames, standard deviation of the Gaussian
    difference_scale: float = 0.05  # mean difference of faces, 0..1, at which a weight falls to 1/e


DEFLICKER = DeflickerFilter()


def deflicker_over_time(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries of successive frames, their drawn faces averaged; holds at most 2 * reach + 1.

    Faces are (h, w, 3) float32 0..1, or None where a frame has no face.
    """
    window: list[Entry] = []
    current = 0  # index in the window of the entry that is yielded next
    for entry in entries:
        window.append(entry)
        if len(window) - current > DEFLICKER.reach:
            yield _average(window, current)
            current += 1
            if current > DEFLICKER.reach:
                window.pop(0)
                current -= 1
    for k in range(current, len(window)):
        yield _average(window, k)


def _average(window: list[Entry], current: int) -> Entry:
    """An entry of the window, its drawn face replaced by the weighted mean of those around."""
    key, face, _ = window[current]
    if face is None:
        return key, None, None
    total, weights = 0, 0.0
    first = max(current - DEFLICKER.reach, 0)
    for k in range(first, min(current + DEFLICKER.reach + 1, len(window))):
        _, other, drawn = window[k]
        if other is None:
            continue
        # Every fourth pixel is enough to compare two faces.
        difference = np.abs(other[::4, ::4] - face[::4, ::4]).mean()
        similarity = math.exp(-((difference / DEFLICKER.difference_scale) ** 2))
        nearness = math.exp(-(((k - current) / DEFLICKER.sigma) ** 2) / 2)
        weight = np.float32(similarity * nearness)
        total = total + weight * drawn
        weights += weight
    return key, face, total / np.float32(weights)
