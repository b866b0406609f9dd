"""Flicker: nets draw every frame as if it were the only one. Each drawn face is averaged with its neighbours in time, before and after alike, so
that nothing lags.

The average is bilateral (Tomasi & Manduchi 1998): near frames count more, and only those that look alike. Across a cut nothing is averaged.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import TypeVar

import numpy as np

Key = TypeVar("Key")
REACH = 4  # frames to either side
SHOWN, DRAWN = (
    1.0,
    2.0,
)  # standard deviations, in frames: of what is seen of the target, of what the nets draw
ALIKE = 0.05  # mean difference of two faces, 0..1, that makes the one count a third in the other's average


def deflicker(
    entries: Iterable[tuple[Key, np.ndarray | None, np.ndarray | None]],
) -> Iterator[tuple[Key, np.ndarray | None, np.ndarray | None]]:
    """(anything, target's face, drawn face) of successive frames -> the same, both faces averaged over time.

    Faces are (h, w, 3) float32, 0..1, or None where a frame has none. REACH entries are looked ahead, and so many kept.
    """
    window: list[tuple[Key, np.ndarray | None, np.ndarray | None]] = []
    at = 0  # of the entry that is next
    for entry in entries:
        window.append(entry)
        if len(window) - at > REACH:
            yield _averaged(window, at)
            at += 1
            if at > REACH:
                window.pop(0)
                at -= 1
    for k in range(at, len(window)):
        yield _averaged(window, k)


def _averaged(window: list, at: int) -> tuple:
    key, face, drawn = window[at]
    if face is None:
        return key, None, None
    sums = [0, 0]
    totals = [0.0, 0.0]
    for k in range(max(at - REACH, 0), min(at + REACH + 1, len(window))):
        if window[k][1] is not None:
            alike = math.exp(
                -((np.abs(window[k][1][::4, ::4] - face[::4, ::4]).mean() / ALIKE) ** 2)
            )
            for i, spread in enumerate((SHOWN, DRAWN)):
                weight = np.float32(alike * math.exp(-(((k - at) / spread) ** 2) / 2))
                sums[i] = sums[i] + weight * window[k][1 + i]
                totals[i] += weight
    return key, sums[0] / np.float32(totals[0]), sums[1] / np.float32(totals[1])
