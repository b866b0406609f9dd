"""What an actor says: a voice without words, loud when the mouth is open."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

SAMPLE_RATE = 24_000  # Hz
VOICE_STREAM = 0x50D  # keeps these random numbers apart from those of performances
HARMONICS = 18  # of the pitch: up to about 4 kHz


def synthesise_voice(mouth_at: Callable[[float], float], seconds: float, seed: int) -> np.ndarray:
    """Samples (N,) float32, -1..1, at SAMPLE_RATE; `mouth_at(t)` is 0 closed .. 1 open.

    Harmonics of a slowly wandering pitch are weighted by the first two formants (resonances of the
    vocal tract), which move towards each other as the mouth opens.
    """
    rng = np.random.default_rng([seed, VOICE_STREAM])
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    coarse = np.arange(0, seconds + 0.02, 0.01)
    mouth = np.interp(t, coarse, [mouth_at(c) for c in coarse])
    pitch = rng.uniform(95, 220) * (1 + 0.08 * np.sin(2 * np.pi * 0.7 * t) + 0.10 * mouth)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    formants = ((300 + 500 * mouth, 180.0), (1900 - 700 * mouth, 350.0))  # (centre, width) in Hz
    sound = np.zeros_like(t)
    for harmonic in range(1, HARMONICS + 1):
        tone = harmonic * pitch
        strength = sum(np.exp(-(((tone - centre) / width) ** 2)) for centre, width in formants)
        sound += strength * np.sin(harmonic * phase) / np.sqrt(harmonic)
    sound += 0.02 * rng.standard_normal(t.size)  # breath
    return (0.25 * sound * (0.02 + mouth)).astype(np.float32)
