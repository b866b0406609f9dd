"""Sound that the program makes itself, coded for an output."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av.container import OutputContainer

SAMPLES_PER_FRAME = 1024  # handed to the encoder at once; the frame size of AAC


def encode_sound(
    samples: np.ndarray, rate: int, output: OutputContainer, codec: str
) -> Iterator[av.Packet]:
    """Add a mono sound stream to `output` and yield its packets.

    samples (N,) in -1..1, `rate` of them a second.
    """
    stream = output.add_stream(codec, rate=rate, layout="mono")
    for first in range(0, len(samples), SAMPLES_PER_FRAME):
        part = samples[None, first : first + SAMPLES_PER_FRAME].astype(np.float32)
        frame = av.AudioFrame.from_ndarray(part, format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
        yield from stream.encode(frame)
    yield from stream.encode(None)
