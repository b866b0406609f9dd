"""What an actor says: a voice without words, loud when the mouth is open."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

RATE = 24_000  # samples a second


def voice(open_at: Callable[[float], float], seconds: float, seed: int) -> np.ndarray:
    """Samples (N,) float32, -1..1, at RATE, of somebody whose mouth is `open_at(t)`, 0..1, after t seconds.

    Harmonics of a slowly wandering pitch, weighed by two resonances of the throat that rise as the mouth opens.
    """
    rng = np.random.default_rng([seed, 0x50D])
    t = np.arange(round(seconds * RATE)) / RATE
    coarse = np.arange(0, seconds + 0.02, 0.01)
    mouth = np.interp(t, coarse, [open_at(c) for c in coarse])
    pitch = rng.uniform(95, 220) * (1 + 0.08 * np.sin(2 * np.pi * 0.7 * t) + 0.10 * mouth)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = np.zeros_like(t)
    for harmonic in range(1, 19):
        tone = harmonic * pitch
        strength = sum(
            np.exp(-(((tone - at) / wide) ** 2))
            for at, wide in ((300 + 500 * mouth, 180.0), (1900 - 700 * mouth, 350.0))
        )
        sound += strength * np.sin(harmonic * phase) / np.sqrt(harmonic)
    sound += 0.02 * rng.standard_normal(t.size)
    return (0.25 * sound * (0.02 + mouth)).astype(np.float32)
