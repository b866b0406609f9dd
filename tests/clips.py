"""Clips that tests make for themselves."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
from av.stream import Disposition


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


SUBTITLES = {".mkv": ("subrip", b"%s"), ".mp4": ("mov_text", b"\0\5%s")}  # codec, form of a text


def make_film(path, seconds=2, attachment=False):
    """A clip with all that a file may hold besides pictures. Returns the path.

    Two sound tracks (English, and a German comment), French subtitles at 0.2 to 0.6 s and 0.8 to
    1.4 s, chapters from 0, 0.5 and 1.5 s, tags; in Matroska also a font on request.
    """
    codec, form = SUBTITLES[path.suffix]
    with av.open(str(path), "w") as out:
        out.metadata.update(title="A Film", artist="Somebody", comment="made at home")
        unit, spans = Fraction(1, 1000), pairwise([0, 500, 1500, 1000 * seconds])
        out.set_chapters([
            {"id": n, "start": a, "end": b, "time_base": unit, "metadata": {"title": f"part {n}"}}
            for n, (a, b) in enumerate(spans)
        ])  # fmt: skip
        pictures = out.add_stream("libx264", rate=25)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        sounds = [out.add_stream("aac", rate=8000, layout="mono") for _ in range(2)]
        sounds[0].metadata["language"] = "eng"
        sounds[1].metadata.update(language="deu", title="Kommentar")
        sounds[1].disposition = Disposition.comment
        texts = out.add_mux_stream(codec, time_base=Fraction(1, 1000))
        texts.metadata["language"] = "fra"
        if attachment:
            out.add_attachment("f.ttf", "application/x-truetype-font", b"a font")
        for n in range(25 * seconds):
            frame = av.VideoFrame.from_ndarray(picture(n), format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, 25)
            out.mux(pictures.encode(frame))
        out.mux(pictures.encode(None))
        for pitch, sound in enumerate(sounds, 1):
            for start in range(0, 8000 * seconds, 1000):
                wave = np.sin(np.arange(start, start + 1000, dtype=np.float32)[None] * 0.3 * pitch)
                frame = av.AudioFrame.from_ndarray(wave, "fltp", "mono")
                frame.rate, frame.pts, frame.time_base = 8000, start, Fraction(1, 8000)
                out.mux(sound.encode(frame))
            out.mux(sound.encode(None))
        for start, end, text in ((200, 600, b"hello"), (800, 1400, b"world")):
            packet = av.Packet(form % text)
            packet.pts = packet.dts = start
            packet.duration, packet.time_base, packet.stream = end - start, Fraction(1, 1000), texts
            out.mux(packet)
    return path


def describe_file(path) -> dict:
    """What a file holds besides pictures: its tags, chapters (seconds), subtitles and streams."""
    with av.open(str(path)) as container:
        streams = [s for s in container.streams if s.type in ("audio", "subtitle")]
        texts = [
            (float(p.pts * p.time_base), float(p.duration * p.time_base), bytes(p)[-5:])
            for s in container.streams.subtitles
            for p in container.demux(s)
            if p.size > 2  # not the gaps between an MP4's subtitles
        ]
        return {
            "tags": {k.lower(): v for k, v in container.metadata.items()},
            "chapters": [
                (float(c["start"] * c["time_base"]), float(c["end"] * c["time_base"]))
                for c in container.chapters()
            ],
            "streams": [
                (
                    s.type,
                    s.language,
                    s.metadata.get("title") or s.metadata.get("name"),
                    bool(s.disposition & Disposition.comment),
                )
                for s in streams
            ],
            "texts": texts,
            "fonts": [s.data for s in container.streams if s.type == "attachment"],
        }
