"""Fair timing on a noisy machine: the candidates take turns, and medians are compared."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import numpy as np

SETTLE = 0.02  # seconds: threads of the one before, which may spin a while for more work, leave the cores to the next


def interleaved(candidates: dict[str, Callable[[], object]], rounds: int = 9) -> dict[str, float]:
    """The median time of each candidate in ms, over `rounds` turns of all, after one warm-up.

    In each turn a candidate is called once before the call that counts: that finds its own data in the caches, as in use, not the other's.
    """
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for turn in range(rounds + 1):
        for name, call in candidates.items():
            time.sleep(SETTLE)
            call()
            start = time.perf_counter()
            call()
            if turn:
                times[name].append((time.perf_counter() - start) * 1e3)
    return {name: float(np.median(t)) for name, t in times.items()}


def emit(name: str, medians: dict[str, float], peer: str, **more) -> None:
    """Print one figure as a JSON line: ours, the peer's and their ratio (null where the peer is not installed)."""
    ours, theirs = medians["ours"], medians.get(peer)
    line = {
        "name": name,
        **more,
        "ours_ms": round(ours, 3),
        "peer": peer,
        "peer_ms": None if theirs is None else round(theirs, 3),
        "ratio": None if theirs is None else round(ours / theirs, 3),
    }
    print(json.dumps(line), flush=True)
