"""The sound of an output: packets copied from another file, or samples that are coded."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer

from .base_writer import Interval

SAMPLES_PER_FRAME = 1024  # handed to the encoder at once; the frame size of AAC


def copy_sound(
    source: Path, output: OutputContainer, interval: Interval | None, notes: list[str]
) -> Generator[av.Packet, None, None]:
    """Add the source's sound stream to `output` and yield its packets, without coding them again.

    If the format cannot hold them, or the source breaks off, they end early and `notes` says why.
    """
    with av.open(str(source), metadata_errors="replace") as container:
        sound = container.streams.audio[0]
        try:
            stream = output.add_stream_from_template(sound)
        except (av.FFmpegError, ValueError) as error:
            problem = f"{Path(output.name).suffix} cannot hold the sound of {source}"
            notes.append(f"{problem} ({error}); use .mkv to keep it")
            return
        try:
            for packet in _select(container.demux(sound), interval):
                packet.stream = stream
                yield packet
        except (av.FFmpegError, OSError) as error:
            notes.append(f"the sound of {source} breaks off ({error.strerror or error})")


def _select(packets: Iterator[av.Packet], interval: Interval | None) -> Iterator[av.Packet]:
    """The packets in an interval, shifted so that it begins at 0 seconds; all without one."""
    for packet in packets:
        if packet.dts is None:  # FFmpeg's end of the stream
            return
        if interval is not None:
            time = packet.pts * packet.time_base
            if time >= interval.end:
                return
            if time < interval.start:
                continue
            shift = round(interval.start / packet.time_base)
            packet.pts -= shift
            packet.dts -= shift
        yield packet


def encode_sound(
    samples: np.ndarray, rate: int, output: OutputContainer, codec: str
) -> Generator[av.Packet, None, None]:
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
