"""Time candidates in turn and compare their medians, so that a noisy machine treats all alike."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from .lines import print_line

# Seconds of rest before each candidate. The threads of the one before may spin for a while, waiting
# for more work; after the rest the cores are free. By choice.
SETTLE_SECONDS = 0.02


def interleaved(candidates: dict[str, Callable[[], object]], rounds: int = 9) -> dict[str, float]:
    """The median time of each candidate in ms, over `rounds` turns of all, after one warm-up.

    In each turn a candidate is called twice and the second call is timed. That call finds its own
    data in the caches, as in real use, and not the data of another candidate.
    """
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(rounds + 1):
        for name, call in candidates.items():
            time.sleep(SETTLE_SECONDS)
            call()
            start = time.perf_counter()
            call()
            if turn:
                times[name].append((time.perf_counter() - start) * 1e3)
    return {name: float(np.median(t)) for name, t in times.items()}


def emit(name: str, medians: dict[str, float], peer: str, **more) -> None:
    """Print one figure as a JSON line: ours, the peer's and their ratio (null without the peer)."""
    ours, theirs = medians["ours"], medians.get(peer)
    print_line(
        name=name,
        **more,
        ours_ms=round(ours, 3),
        peer=peer,
        peer_ms=None if theirs is None else round(theirs, 3),
        ratio=None if theirs is None else round(ours / theirs, 3),
    )
