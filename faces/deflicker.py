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
    target_sigma: float = 1.0  # frames, standard deviation of the Gaussian for the target's face
    drawn_sigma: float = 2.0  # frames, likewise for the drawn face, which flickers more
    difference_scale: float = 0.05  # mean difference of faces, 0..1, at which a weight falls to 1/e


DEFLICKER = DeflickerFilter()


def deflicker_over_time(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries of successive frames, with averaged faces; holds at most 2 * reach + 1 of them.

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
    """An entry of the window, its faces replaced by the weighted means of those around."""
    key, face, _ = window[current]
    if face is None:
        return key, None, None
    sums, totals = [0, 0], [0.0, 0.0]  # of the target's faces, of the drawn faces
    first = max(current - DEFLICKER.reach, 0)
    for k in range(first, min(current + DEFLICKER.reach + 1, len(window))):
        _, *faces = window[k]
        if faces[0] is None:
            continue
        # Every fourth pixel is enough to compare two faces.
        difference = np.abs(faces[0][::4, ::4] - face[::4, ::4]).mean()
        similarity = math.exp(-((difference / DEFLICKER.difference_scale) ** 2))
        for i, sigma in enumerate((DEFLICKER.target_sigma, DEFLICKER.drawn_sigma)):
            weight = np.float32(similarity * math.exp(-(((k - current) / sigma) ** 2) / 2))
            sums[i] = sums[i] + weight * faces[i]
            totals[i] += weight
    return key, sums[0] / np.float32(totals[0]), sums[1] / np.float32(totals[1])
