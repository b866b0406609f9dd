"""Writing clips: H.264 in MP4 by default, lossless Matroska, GIF or numbered PNG by the name of the output.

A clip is written beside its place and renamed into it when it is complete, so nothing that was there is lost to a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from .clip import MATRICES, Clip
from .comment import png_text
from .errors import OutputError

FORMATS = "a name ending in .mp4 or .mov (H.264), .mkv (lossless), .gif, or a folder (numbered PNG)"


def open_writer(
    path: str | Path,
    like: Clip,
    quality: int = 18,
    comment: str = "",
    start: Fraction | None = None,
    end: Fraction | None = None,
    sound: tuple[np.ndarray, int] | None = None,
):
    """A context manager with `write(image, time)` for images (H, W, 3) uint8 RGB of the size of `like`.

    like      the clip whose size, time base, colours and sound the output has; the sound is copied, not coded anew
    quality   H.264's constant rate factor: 0 (best) to 51, 18 is visually without loss
    comment   a statement for the file's metadata
    start, end  the part of the clip that is written, in its own times; the output then begins at 0
    sound     for a clip that has none of its own: samples (N,), -1..1, and how many a second; coded as AAC or, lossless, FLAC

    Raises OutputError.
    """
    path = Path(path)
    kinds = {".mp4": _Mp4, ".mov": _Mp4, ".mkv": _Lossless, ".gif": _Gif, "": _Pngs}
    if path.suffix.lower() not in kinds:
        raise OutputError(f"{path}: unknown kind of output; use {FORMATS}")
    if path.is_dir() and path.suffix:
        raise OutputError(f"{path} is a folder; name a file")
    return kinds[path.suffix.lower()](path, like, quality, comment, start, end, sound)


def check_writable(path: str | Path) -> None:
    """Raise OutputError now, rather than after hours, where a file at `path` could not be written."""
    folder = Path(path).absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{Path(path).name}.probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}; choose another place"
        ) from None


class _Writer:
    """Writes aside; renames on a clean end, removes on any other."""

    def __init__(self, path: Path, like: Clip, quality: int, comment: str, start, end, sound):
        self.path, self.like, self.quality, self.comment = path, like, quality, comment
        self.start, self.end, self.sound = start, end, sound
        self.aside = path.with_name(f".part-{path.name}")
        self.notes: list[str] = []

    def __enter__(self):
        check_writable(self.path)
        self._guard(self.open)
        return self

    def write(self, image: np.ndarray, time: Fraction) -> None:
        """Append a frame; `time` is that of the clip `like`, and rises from call to call."""
        if image.dtype != np.uint8 or image.shape != (self.like.size[1], self.like.size[0], 3):
            raise ValueError(
                f"a frame is uint8 {self.like.size[::-1] + (3,)}, not {image.dtype} {image.shape}"
            )
        self._guard(lambda: self.put(image, time - (self.start or 0)))

    def __exit__(self, kind, error, trace) -> None:
        try:
            self._guard(self.close)
            if kind is None:
                self._guard(self.keep)
        except OutputError:
            if kind is None:
                raise
        finally:
            self.discard()

    def keep(self) -> None:
        os.replace(self.aside, self.path)

    def discard(self) -> None:
        self.aside.unlink(missing_ok=True)

    def _guard(self, action) -> None:
        try:
            action()
        except (av.FFmpegError, OSError) as error:
            raise OutputError(
                f"{self.path} cannot be written: {error.strerror or error}; free some space or choose "
                "another place"
            ) from None


class _Encoded(_Writer):
    """A container with a video stream at the source's own times, and the source's sound."""

    codec: str
    sound_codec: str
    options: dict[str, str] = {}
    container_options: dict[str, str] = {}
    format: str

    def open(self) -> None:
        self.source = None
        self.container = av.open(
            str(self.aside), "w", format=self.format, options=self.container_options
        )
        self.container.metadata["comment"] = self.comment
        self.container.metadata["title"] = self.comment.split(";")[0]
        stream = self.container.add_stream(self.codec, rate=self.like.rate)
        stream.width, stream.height = self.like.size
        stream.pix_fmt = self.pixel_format()
        stream.time_base = stream.codec_context.time_base = self.time_base()
        stream.options = self.stream_options()
        if self.like.matrix is not None and self.like.matrix != 0 and "yuv" in stream.pix_fmt:
            stream.codec_context.colorspace = self.like.matrix
        self.stream = stream
        self.audio = (
            self._audio_packets()
            if self.like.has_audio
            else self._coded_sound()
            if self.sound
            else iter(())
        )
        self.waiting = next(self.audio, None)

    def time_base(self) -> Fraction:
        return self.like.time_base

    def stream_options(self) -> dict[str, str]:
        return self.options

    def put(self, image: np.ndarray, time: Fraction) -> None:
        while self.waiting is not None and self.waiting.dts * self.waiting.time_base <= time:
            self.container.mux(self.waiting)
            self.waiting = next(self.audio, None)
        matrix = MATRICES.get(self.like.matrix, 5)
        frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(
            format=self.stream.pix_fmt, src_colorspace=matrix, dst_colorspace=matrix
        )
        frame.time_base = self.time_base()
        frame.pts = round(time / self.time_base())
        self.container.mux(self.stream.encode(frame))

    def close(self) -> None:
        try:
            self.container.mux(self.stream.encode(None))
            while self.waiting is not None:
                self.container.mux(self.waiting)
                self.waiting = next(self.audio, None)
        finally:
            self.container.close()
            if self.source:
                self.source.close()

    def _audio_packets(self) -> Iterator[av.Packet]:
        """The source's sound packets, moved into the output, as they are."""
        self.source = av.open(str(self.like.path), metadata_errors="replace")
        theirs = self.source.streams.audio[0]
        try:
            ours = self.container.add_stream_from_template(theirs)
        except (av.FFmpegError, ValueError) as error:
            self.notes.append(
                f"{self.path.suffix} cannot hold the sound of {self.like.path} ({error}); use .mkv to keep it"
            )
            return iter(())
        return self._packets(theirs, ours)

    def _coded_sound(self) -> Iterator[av.Packet]:
        """Packets of the samples that were given."""
        samples, rate = self.sound
        stream = self.container.add_stream(self.sound_codec, rate=rate, layout="mono")

        def packets():
            for first in range(0, len(samples), 1024):
                frame = av.AudioFrame.from_ndarray(
                    samples[None, first : first + 1024].astype(np.float32),
                    format="flt",
                    layout="mono",
                )
                frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
                yield from stream.encode(frame)
            yield from stream.encode(None)

        return packets()

    def _packets(self, theirs, ours) -> Iterator[av.Packet]:
        packets = self.source.demux(theirs)
        while True:
            try:
                packet = next(packets, None)
            except (av.FFmpegError, OSError) as error:
                self.notes.append(
                    f"the sound of {self.like.path} breaks off ({error.strerror or error})"
                )
                return
            if packet is None or packet.dts is None:
                return
            time = packet.pts * packet.time_base
            if self.end is not None and time >= self.end:
                return
            if self.start is not None:
                if time < self.start:
                    continue
                packet.pts -= round(self.start / packet.time_base)
                packet.dts -= round(self.start / packet.time_base)
            packet.stream = ours
            yield packet


class _Mp4(_Encoded):
    codec, sound_codec, format = "libx264", "aac", "mp4"

    @property
    def container_options(self):
        return {"movflags": "+faststart"}

    def stream_options(self) -> dict[str, str]:
        # x264's tree of macroblocks reads memory that nothing was written to (seen at 160x120: two runs, two files), and with more threads
        # that look ahead it matters which of them was quicker. Without both, the same frames give the same bytes.
        return {
            "crf": str(self.quality),
            "preset": "faster",
            "x264-params": "mbtree=0:sync-lookahead=0:lookahead-threads=1",
        }

    def pixel_format(self) -> str:
        # Chroma at half size needs even sides; an odd clip keeps its size, and its chroma at full.
        return "yuv420p" if all(n % 2 == 0 for n in self.like.size) else "yuv444p"


class _Lossless(_Encoded):
    """FFV1 on RGB: every level comes back as it was."""

    codec, sound_codec, format = "ffv1", "flac", "matroska"
    container_options = {"fflags": "+bitexact"}  # else Matroska's identifiers are drawn at random

    def pixel_format(self) -> str:
        return "bgr0"


class _Pngs(_Writer):
    """Numbered PNG in a folder, each with the comment in a text chunk."""

    def open(self) -> None:
        self.discard()
        self.aside.mkdir()
        self.count = 0
        self.text = png_text(self.comment)

    def put(self, image: np.ndarray, time: Fraction) -> None:
        Image.fromarray(image).save(
            self.aside / f"{self.count:06d}.png", pnginfo=self.text, compress_level=3
        )
        self.count += 1

    def close(self) -> None:
        pass

    def keep(self) -> None:
        self.path.mkdir(exist_ok=True)
        for file in sorted(self.aside.iterdir()):
            os.replace(file, self.path / file.name)

    def discard(self) -> None:
        shutil.rmtree(self.aside, ignore_errors=True)


class _Gif(_Writer):
    """An animated GIF, its frames' delays rounded to the format's 1/100 s without drifting."""

    def open(self) -> None:
        self.frames: list[Image.Image] = []
        self.times: list[Fraction] = []

    def put(self, image: np.ndarray, time: Fraction) -> None:
        self.frames.append(Image.fromarray(image).quantize(256, dither=Image.Dither.FLOYDSTEINBERG))
        self.times.append(time)

    def close(self) -> None:
        pass

    def keep(self) -> None:
        if not self.frames:
            raise OutputError(f"{self.path}: no frame to write")
        times = [*self.times, self.times[-1] + 1 / self.like.rate]
        ticks = [round(t * 100) * 10 for t in times]
        delays = [max(b - a, 20) for a, b in zip(ticks, ticks[1:], strict=False)]
        self.frames[0].save(
            self.aside,
            format="GIF",
            save_all=True,
            append_images=self.frames[1:],
            duration=delays,
            loop=0,
            comment=self.comment.encode("ascii", "replace"),
        )
        super().keep()
