"""Reading a video file: FFmpeg decodes, and each frame comes upright, as RGB, at its exact time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.sidedata.sidedata import SideDataContainer, Type
from av.stream import Disposition
from av.video.reformatter import VideoReformatter

from .bad_file import explain_failure, explain_no_picture
from .clip import DEFAULT_RATE, Clip, Frame
from .colour import read_colour, to_rgb
from .errors import MissingInput, NoFrames, NotAVideo
from .images import check_pixels
from .input_notes import count_lost, describe_changes, is_cut_short, read_span
from .local_file import open_local


class VideoClip(Clip):
    """A video file, decoded by FFmpeg."""

    def __init__(self, path: Path):
        with open_container(path) as container:
            stream = picture_stream(container)
            rate = Fraction(stream.average_rate or stream.guessed_rate or DEFAULT_RATE)
            # Some containers begin at any time, for example recordings of a broadcast.
            begin, seconds = read_span(container)
            if stream.duration:
                seconds = stream.duration * stream.time_base
            frames = stream.frames or round(seconds * rate)
            super().__init__(path, (0, 0), rate, frames, stream.time_base, extras=path)
            self.has_audio = bool(container.streams.audio)
            self.lost = count_lost(container, stream, path.stat().st_size)
            self.frames -= self.lost
            self.origin = round(begin / stream.time_base) * stream.time_base
            aspect = stream.sample_aspect_ratio
        # Of each process: it keeps the table that converts HDR, and threads that no fork inherits.
        self.reformatters: dict[int, VideoReformatter] = {}
        first = next(self._decode(), None)
        if first is None:
            raise NoFrames(f"{path} holds no frame that can be decoded; is it complete?")
        sideways, _, _ = _orientation(first)
        self.size = (first.height, first.width) if sideways else (first.width, first.height)
        if aspect:
            self.pixel_aspect = 1 / aspect if sideways else Fraction(aspect)
        self.colour = read_colour(first)
        if self.lost:
            self.note(f"{path} is cut short: it holds {frames - self.lost} of {frames} frames")
        for change in describe_changes(stream, first, self.colour):
            self.note(f"{path} {change}")

    def select(self, numbers: range) -> Iterator[Frame]:
        last, number, end = None, 0, Fraction(0)
        reformatter = self.reformatters.setdefault(os.getpid(), VideoReformatter())
        for decoded in self._decode():
            if number >= numbers.stop:
                return
            time = None
            if decoded.pts is not None:
                time = decoded.pts * decoded.time_base - self.origin
            if time is None or (last is not None and time <= last):
                # The time is missing or does not rise, so derive it from the rate.
                time = Fraction(0) if last is None else last + 1 / self.rate
            if number in numbers:
                image = _upright(to_rgb(decoded, self.colour, reformatter), decoded)
                if image.shape[1::-1] != self.size:
                    self.note(f"{self.path}: frame {number} has another size; used those before")
                    return
                yield Frame(number, Fraction(time), image)
            last, number = time, number + 1
            end = time + self.origin + (decoded.duration or 0) * decoded.time_base
        with open_container(self.path) as container:
            if not self.lost and is_cut_short(container, picture_stream(container), number, end):
                self.note(f"{self.path} is cut short: {number} frames decode; used those")

    def _decode(self) -> Iterator[av.VideoFrame]:
        """All frames that can be decoded, in order; a damaged packet is skipped and noted."""
        with open_container(self.path) as container:
            stream = picture_stream(container)
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


@contextmanager
def open_container(path: Path) -> Iterator[av.container.InputContainer]:
    """Open a file with a video stream that FFmpeg can decode. Raises MissingInput or NotAVideo."""
    try:
        container = open_local(path)
    except PermissionError:
        raise MissingInput(f"{path}: not readable; check its permissions") from None
    except (av.FFmpegError, OSError, ValueError) as error:
        raise NotAVideo(f"{path} {explain_failure(path, _reason(error))}") from None
    with container:
        if problem := explain_no_picture(path, container):
            raise NotAVideo(f"{path} {problem}")
        codec = picture_stream(container).codec_context
        if codec is None:
            raise NotAVideo(f"{path} is coded in a way that cannot be read; convert it to MP4")
        check_pixels(path, codec.width, codec.height)
        yield container


def picture_stream(container: av.container.InputContainer) -> av.VideoStream:
    """The stream with the frames: the first that is no cover picture."""
    return next(s for s in container.streams.video if not s.disposition & Disposition.attached_pic)


def _orientation(decoded: av.VideoFrame) -> tuple[bool, bool, bool]:
    """How the file says to turn a frame: whether to transpose it, then to flip columns and rows.

    The display matrix [a b u, c d v, x y w] takes a pixel (x, y) to (a x + c y, b x + d y).
    """
    # `decoded.side_data` and the frame would refer to each other, so that the pixels of a hundred
    # frames would stay until the garbage collector comes.
    side_data = SideDataContainer(decoded)
    if Type.DISPLAYMATRIX not in side_data:
        return False, False, False
    matrix = np.frombuffer(side_data[Type.DISPLAYMATRIX], np.int32).reshape(3, 3)
    (a, b), (c, d) = matrix[:2, :2].tolist()
    if abs(b) > abs(a):
        return True, c < 0, b < 0
    return False, a < 0, d < 0


def _upright(image: np.ndarray, decoded: av.VideoFrame) -> np.ndarray:
    transpose, flip_columns, flip_rows = _orientation(decoded)
    if transpose:
        image = image.swapaxes(0, 1)
    return np.ascontiguousarray(image[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1])


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
