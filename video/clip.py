"""Reading clips: video files, image folders and single images, all as numbered RGB frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from files import IMAGE_SUFFIXES, list_by_number

from .errors import MissingInput, NoFrames, NotAVideo
from .images import check_pixels, read_image

DEFAULT_RATE = Fraction(25)  # frames a second, if a file does not say; the European norm
# The number of a colour matrix in a stream (ISO/IEC 23091-2) -> its number in swscale.h.
SWSCALE_MATRICES = {1: 1, 2: 5, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9}
SWSCALE_BT601 = 5  # the matrix of standard-definition video, assumed if a stream does not say
# Fraction of the announced frames; a file that gives fewer is reported as cut short. By choice.
MIN_DECODED_SHARE = 0.98


@dataclass(frozen=True, eq=False)
class Frame:
    """A frame: its number in the clip from 0, its time in seconds, and (H, W, 3) uint8 RGB."""

    number: int
    time: Fraction
    image: np.ndarray


@dataclass(eq=False)
class Clip:
    """Frames that can be iterated many times; each time decodes anew and holds one at a time."""

    path: Path  # the file or folder
    size: tuple[int, int]  # (width, height) in pixels, upright
    rate: Fraction  # frames a second
    frames: int  # how many there are, an estimate
    time_base: Fraction  # seconds; the frames' times are multiples of it
    has_audio: bool = False
    matrix: int | None = None  # number of the stream's colour matrix; None if the file holds RGB
    notes: list[str] = field(default_factory=list)  # problems met so far that could be handled

    def __iter__(self) -> Iterator[Frame]:
        raise NotImplementedError

    def between(self, first: int = 0, last: int | None = None, every: int = 1) -> Iterator[Frame]:
        """Frames first, first + every, ... below `last`; decode nothing after them."""
        for frame in self:
            if last is not None and frame.number >= last:
                return
            if frame.number >= first and (frame.number - first) % every == 0:
                yield frame

    def note(self, text: str) -> None:
        """Add a problem to the notes, once."""
        if text not in self.notes:
            self.notes.append(text)


def open_clip(path: str | Path, rate: Fraction = DEFAULT_RATE) -> Clip:
    """Open a video, an image or a folder of images; `rate` (frames a second) is for images only.

    Raises MissingInput, NotAVideo or NoFrames.
    """
    path = Path(path)
    try:
        if not path.exists():
            raise MissingInput(f"{path}: no such file or folder; check the name")
        if path.is_dir():
            return ImageClip(path, list_by_number(path), rate)
    except PermissionError:
        raise MissingInput(f"{path}: not readable; check its permissions") from None
    if path.suffix.lower() in IMAGE_SUFFIXES:
        return ImageClip(path, [path], rate)
    return VideoClip(path)


class ImageClip(Clip):
    """Image files, one a frame."""

    def __init__(self, path: Path, files: list[Path], rate: Fraction):
        if not files:
            raise NoFrames(f"{path} holds no images ({', '.join(sorted(IMAGE_SUFFIXES))})")
        self.files = files
        height, width = read_image(files[0]).shape[:2]
        super().__init__(path, (width, height), rate, len(files), 1 / rate)

    def __iter__(self) -> Iterator[Frame]:
        for number, file in enumerate(self.files):
            image = read_image(file)
            size = image.shape[1::-1]
            if size != self.size:
                found, first = ("x".join(map(str, s)) for s in (size, self.size))
                raise NotAVideo(f"{file} is {found} and the first image {first}; make all one size")
            yield Frame(number, number / self.rate, image)


class VideoClip(Clip):
    """A video file, decoded by FFmpeg."""

    def __init__(self, path: Path):
        with _open_container(path) as container:
            stream = container.streams.video[0]
            rate = Fraction(stream.average_rate or stream.guessed_rate or DEFAULT_RATE)
            seconds = (container.duration or 0) / av.time_base
            if stream.duration:
                seconds = stream.duration * stream.time_base
            frames = stream.frames or round(seconds * rate)
            super().__init__(path, (0, 0), rate, frames, stream.time_base)
            self.has_audio = bool(container.streams.audio)
        first = next(self._decode(), None)
        if first is None:
            raise NoFrames(f"{path} holds no frame that can be decoded; is it complete?")
        sideways = first.rotation % 180 != 0
        self.size = (first.height, first.width) if sideways else (first.width, first.height)
        if not first.format.is_rgb and "pal" not in first.format.name:
            self.matrix = int(first.colorspace)

    def __iter__(self) -> Iterator[Frame]:
        last, number = None, 0
        for decoded in self._decode():
            time = decoded.pts * decoded.time_base if decoded.pts is not None else None
            if time is None or (last is not None and time <= last):
                # The time is missing or does not rise, so derive it from the rate.
                time = Fraction(0) if last is None else last + 1 / self.rate
            image = _to_upright_rgb(decoded)
            if image.shape[1::-1] != self.size:
                self.note(f"{self.path} changes its size at frame {number}; used what comes before")
                return
            yield Frame(number, Fraction(time), image)
            last, number = time, number + 1
        if self.frames and number < self.frames * MIN_DECODED_SHARE - 1:
            counts = f"{number} of {self.frames}"
            self.note(f"{self.path} is cut short: {counts} frames decode; used those")

    def _decode(self) -> Iterator[av.VideoFrame]:
        """All frames that can be decoded, in order; a damaged packet is skipped and noted."""
        with _open_container(self.path) as container:
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


def swscale_matrix(matrix: int | None) -> int:
    """swscale's number for a stream's colour matrix."""
    return SWSCALE_MATRICES.get(matrix, SWSCALE_BT601)


@contextmanager
def _open_container(path: Path) -> Iterator[av.container.InputContainer]:
    """Open a file with a video stream that FFmpeg can decode. Raises MissingInput or NotAVideo."""
    try:
        container = av.open(str(path), metadata_errors="replace")
    except PermissionError:
        raise MissingInput(f"{path}: not readable; check its permissions") from None
    except (av.FFmpegError, OSError, ValueError) as error:
        raise NotAVideo(
            f"{path} is not a video that can be read ({_reason(error)}); convert it to MP4"
        ) from None
    with container:
        if not container.streams.video:
            raise NotAVideo(f"{path} has no picture; give a video, an image or a folder of images")
        codec = container.streams.video[0].codec_context
        if codec is None:
            raise NotAVideo(f"{path} is coded in a way that cannot be read; convert it to MP4")
        check_pixels(path, codec.width, codec.height)
        yield container


def _to_upright_rgb(decoded: av.VideoFrame) -> np.ndarray:
    """(H, W, 3) uint8, rotated as the file says; drops transparency, reduces to 8 bits."""
    matrix = swscale_matrix(int(decoded.colorspace))
    rgb = decoded.reformat(format="rgb24", src_colorspace=matrix, dst_colorspace=matrix)
    image, quarter_turns = rgb.to_ndarray(), round(decoded.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, quarter_turns)) if quarter_turns else image


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
