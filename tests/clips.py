"""Clips that tests make for themselves."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np


def picture(number: int, size=(64, 48)) -> np.ndarray:
    """A smooth coloured image that says its number by its brightness."""
    w, h = size
    y, x = np.mgrid[:h, :w]
    return np.stack(
        [x * 255 // w, y * 255 // h, np.full((h, w), (number * 8) % 256)], axis=-1
    ).astype(np.uint8)


def make_clip(
    path,
    images,
    times=None,
    rate=25,
    codec="libx264",
    pixel_format="yuv420p",
    sound=False,
    options=None,
):
    """Write images at times (seconds, Fractions; by default the rate's); `sound` adds a sine.

    Returns the path.
    """
    time_base = Fraction(1, 90000)
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate)
        stream.height, stream.width = images[0].shape[:2]
        stream.pix_fmt = pixel_format
        stream.time_base = stream.codec_context.time_base = time_base
        stream.options = options or ({"crf": "4"} if codec == "libx264" else {})
        if sound:
            audio = out.add_stream("aac", rate=8000, layout="mono")
        for i, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format=pixel_format)
            frame.time_base = time_base
            frame.pts = round((times[i] if times else Fraction(i, rate)) / time_base)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if sound:
            seconds = times[-1] if times else Fraction(len(images), rate)
            wave = np.sin(np.arange(int(8000 * seconds)) * 0.3).astype(np.float32)[None]
            for start in range(0, wave.shape[1], 1024):
                frame = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(wave[:, start : start + 1024]), "fltp", "mono"
                )
                frame.rate, frame.pts, frame.time_base = 8000, start, Fraction(1, 8000)
                out.mux(audio.encode(frame))
            out.mux(audio.encode(None))
    return path


def sound_packets(path) -> list[bytes]:
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return []
        return [bytes(p) for p in container.demux(container.streams.audio[0]) if p.size]
