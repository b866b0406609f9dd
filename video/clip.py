"""Reading clips: video files, folders of numbered images and single images, all as numbered RGB frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from .errors import MissingInput, NoFrames, NotAVideo
from .images import LARGEST, SUFFIXES, numbered, read_image

# swscale's name for each matrix that a stream can say it was coded with; 2 is "unspecified", read as BT.601.
MATRICES = {1: 1, 2: 5, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9}


@dataclass(frozen=True, eq=False)
class Frame:
    """A frame: its number in the clip from 0, its time in seconds, and (H, W, 3) uint8 RGB."""

    number: int
    time: Fraction
    image: np.ndarray


class Clip:
    """Something that gives frames, each time it is iterated anew, holding one at a time.

    path, size (width, height) upright, rate (frames a second, a Fraction), frames (how many, an estimate),
    time_base (the unit its times are multiples of), has_audio, matrix and full_range (of its colours, None if it is RGB),
    notes (what was wrong but got over, filled while iterating)
    """

    has_audio = False
    matrix: int | None = None
    full_range = False

    def __init__(
        self, path: Path, size: tuple[int, int], rate: Fraction, frames: int, time_base: Fraction
    ):
        self.path, self.size, self.rate, self.frames, self.time_base = (
            path,
            size,
            rate,
            frames,
            time_base,
        )
        self.notes: list[str] = []

    def __iter__(self) -> Iterator[Frame]:
        raise NotImplementedError

    def between(self, first: int = 0, last: int | None = None, every: int = 1) -> Iterator[Frame]:
        """Frames first, first + every, ... below `last`, decoding no further than that."""
        for frame in self:
            if last is not None and frame.number >= last:
                return
            if frame.number >= first and (frame.number - first) % every == 0:
                yield frame

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def open_clip(path: str | Path, rate: Fraction = Fraction(25)) -> Clip:
    """The clip at `path`: a video, an image, or a folder of images, which have no rate of their own and get `rate`.

    Raises MissingInput, NotAVideo or NoFrames.
    """
    path = Path(path)
    try:
        if not path.exists():
            raise MissingInput(f"{path}: no such file or folder; check the name")
        if path.is_dir():
            return _Images(path, numbered(path), rate)
    except PermissionError:
        raise MissingInput(f"{path}: not readable; check its permissions") from None
    if path.suffix.lower() in SUFFIXES:
        return _Images(path, [path], rate)
    return _Video(path)


class _Images(Clip):
    def __init__(self, path: Path, files: list[Path], rate: Fraction):
        if not files:
            raise NoFrames(f"{path} holds no images ({', '.join(sorted(SUFFIXES))})")
        self.files = files
        height, width = read_image(files[0]).shape[:2]
        super().__init__(path, (width, height), rate, len(files), 1 / rate)

    def __iter__(self) -> Iterator[Frame]:
        for number, file in enumerate(self.files):
            image = read_image(file)
            if image.shape[1::-1] != self.size:
                found, first = (
                    "x".join(map(str, size)) for size in (image.shape[1::-1], self.size)
                )
                raise NotAVideo(f"{file} is {found} and the first image {first}; make all one size")
            yield Frame(number, number / self.rate, image)


class _Video(Clip):
    def __init__(self, path: Path):
        with self._open(path) as container:
            stream = container.streams.video[0]
            rate = stream.average_rate or stream.guessed_rate or Fraction(25)
            seconds = (
                stream.duration * stream.time_base
                if stream.duration
                else (container.duration or 0) / 1e6
            )
            frames = stream.frames or round(seconds * rate)
            super().__init__(path, (0, 0), Fraction(rate), frames, stream.time_base)
            self.has_audio = bool(container.streams.audio)
        first = next(iter(self._decoded()), None)
        if first is None:
            raise NoFrames(f"{path} holds no frame that can be decoded; is it complete?")
        self.size = (
            (first.height, first.width) if first.rotation % 180 else (first.width, first.height)
        )
        if not first.format.is_rgb and "pal" not in first.format.name:
            self.matrix, self.full_range = int(first.colorspace), int(first.color_range) == 2

    @staticmethod
    def _open(path: Path):
        try:
            container = av.open(str(path), metadata_errors="replace")
        except PermissionError:
            raise MissingInput(f"{path}: not readable; check its permissions") from None
        except (av.FFmpegError, OSError, ValueError) as error:
            raise NotAVideo(
                f"{path} is not a video that can be read ({_reason(error)}); convert it to MP4"
            ) from None
        if not container.streams.video:
            container.close()
            raise NotAVideo(f"{path} has no picture; give a video, an image or a folder of images")
        coded = container.streams.video[0].codec_context
        if coded is None:
            container.close()
            raise NotAVideo(f"{path} is coded in a way that cannot be read; convert it to MP4")
        if coded.width * coded.height > LARGEST:
            container.close()
            raise NotAVideo(
                f"{path} is {coded.width}x{coded.height}; at most {LARGEST / 1e6:.0f} million pixels: scale it down"
            )
        return container

    def _decoded(self) -> Iterator[av.VideoFrame]:
        """Whatever decodes, in order; a damaged packet is passed over and noted."""
        with self._open(self.path) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            packets = container.demux(stream)
            while True:
                try:
                    packet = next(packets, None)
                    if packet is None:
                        return
                    for decoded in packet.decode():
                        if decoded.is_corrupt:
                            self.note(f"{self.path} is damaged; some frames are patched up")
                        yield decoded
                except (av.FFmpegError, OSError) as error:
                    self.note(f"{self.path} is damaged ({_reason(error)}); used what decodes")

    def __iter__(self) -> Iterator[Frame]:
        last = None
        number = 0
        for decoded in self._decoded():
            time = decoded.pts * decoded.time_base if decoded.pts is not None else None
            if time is None or (
                last is not None and time <= last
            ):  # missing or running backwards: go by the rate
                time = Fraction(0) if last is None else last + 1 / self.rate
            image = self._rgb(decoded)
            if image.shape[1::-1] != self.size:
                self.note(f"{self.path} changes its size at frame {number}; used what comes before")
                return
            yield Frame(number, Fraction(time), image)
            last = time
            number += 1
        if self.frames and number < self.frames * 0.98 - 1:
            self.note(
                f"{self.path} is cut short: {number} of {self.frames} frames decode; used those"
            )

    @staticmethod
    def _rgb(decoded: av.VideoFrame) -> np.ndarray:
        """Upright RGB; a transparency is left out, more than 8 bits are reduced."""
        matrix = MATRICES.get(int(decoded.colorspace), 5)
        image = decoded.reformat(
            format="rgb24", src_colorspace=matrix, dst_colorspace=matrix
        ).to_ndarray()
        turns = round(decoded.rotation / 90) % 4
        return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
