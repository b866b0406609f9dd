"""Writing a clip into a container: a coded video stream, and the other streams in step with it."""

from __future__ import annotations

from collections.abc import Generator
from fractions import Fraction

import av
import numpy as np

from .base_writer import Writer
from .carried import Part, carry
from .colour import Colour, from_rgb
from .sound import encode_sound


class EncodedWriter(Writer):
    """A container whose frames keep the source's exact times; subclasses choose the codecs."""

    format: str
    container_options: dict[str, str]
    codec: str
    pixel_format: str
    sound_codec: str
    size_step: int  # width and height are multiples of it

    def colour(self) -> Colour:
        """The colours of the stream."""
        raise NotImplementedError

    def codec_options(self) -> dict[str, str]:
        """What FFmpeg's encoder is given."""
        return {}

    def describe_changes(self) -> list[str]:
        """How the stream must differ from the source; each difference is a sentence."""
        return []

    def open(self) -> None:
        path, options = str(self.partial.absolute()), self.container_options
        self.container = av.open(path, "w", format=self.format, options=options)
        self.stream = self.container.add_stream(self.codec, rate=self.like.rate)
        self._describe_pictures()
        self.last_pts: int | None = None
        begin = self.interval.start if self.interval else Fraction(0)
        end = self.interval.end + self.like.origin if self.interval else None
        part = Part(begin + self.like.origin, end)
        self._set_packets(carry(self.like, part, self.container, self.comment, self.notes))

    def _describe_pictures(self) -> None:
        """Set the stream's size, times and colours."""
        stream, codec = self.stream, self.stream.codec_context
        width, height = self.like.size
        stream.width, stream.height = (
            width + width % self.size_step,
            height + height % self.size_step,
        )
        stream.pix_fmt = self.pixel_format
        stream.time_base = codec.time_base = self.like.time_base
        stream.options = self.codec_options()
        if self.like.pixel_aspect:
            codec.sample_aspect_ratio = self.like.pixel_aspect
        self.colour().tag(codec)
        self.notes += self.describe_changes()

    def add_sound(self, samples: np.ndarray, rate: int) -> None:
        packets = encode_sound(samples, rate, self.container, self.sound_codec)
        self._guard(self._set_packets, packets)

    def append(self, image: np.ndarray, time: Fraction) -> None:
        self._write_packets(until=time)
        frame = from_rgb(self._pad(image), self.colour(), self.stream.pix_fmt)
        frame.time_base = self.like.time_base
        frame.pts = round(time / self.like.time_base)
        if self.last_pts is not None:  # the encoder fails at times that round to the same
            frame.pts = max(frame.pts, self.last_pts + 1)
        self.last_pts = frame.pts
        self.container.mux(self.stream.encode(frame))

    def close(self) -> None:
        try:
            self.container.mux(self.stream.encode(None))
            self._write_packets()
        finally:
            self.container.close()
            self.packets.close()

    def _set_packets(self, packets: Generator[av.Packet, None, None]) -> None:
        # Making the first packet adds the streams, which must exist before the header.
        self.packets = packets
        self.next_packet = next(packets, None)

    def _write_packets(self, until: Fraction | None = None) -> None:
        """Write the other streams' packets up to a time in seconds, or all the remaining ones."""
        while (packet := self.next_packet) is not None:
            if until is not None and packet.dts * packet.time_base > until:
                return
            try:
                self.container.mux(packet)
            except (av.InvalidDataError, av.ArgumentError) as error:
                what = f"a part of the {packet.stream.type} stream {packet.stream.index}"
                self.note(f"{self.path} cannot hold {what} ({error.strerror}); left out")
            self.next_packet = next(self.packets, None)

    def _pad(self, image: np.ndarray) -> np.ndarray:
        """The image with its last row and column repeated where the stream has one more."""
        rows, columns = self.stream.height - len(image), self.stream.width - image.shape[1]
        if not (rows or columns):
            return image
        return np.pad(image, ((0, rows), (0, columns), (0, 0)), mode="edge")


class H264Writer(EncodedWriter):
    """H.264 and AAC, which play everywhere."""

    format, container_options = "mp4", {"movflags": "+faststart"}
    codec, pixel_format, sound_codec = "libx264", "yuv420p", "aac"
    size_step = 2  # chroma has half the resolution, so both sides are even

    def codec_options(self) -> dict[str, str]:
        # The same frames must give the same bytes. So x264's macroblock tree (mbtree) is off: at
        # 160x120 it read memory that was never written, and two runs gave two files. There is one
        # thread: with several, a clip of 128x128 now and then differed on a busy machine.
        return {
            "crf": str(self.quality),
            "preset": "faster",
            "x264-params": "mbtree=0:threads=1",
        }

    def colour(self) -> Colour:
        return self.like.colour.as_yuv()

    def describe_changes(self) -> list[str]:
        if (size := (self.stream.width, self.stream.height)) == self.like.size:
            return []
        return [f"{self.path} is {size[0]}x{size[1]}: its last row or column is repeated"]


class LosslessWriter(EncodedWriter):
    """FFV1 on RGB, and FLAC: both are lossless."""

    format = "matroska"
    container_options = {"fflags": "+bitexact"}  # else Matroska draws its identifiers at random
    codec, pixel_format, sound_codec = "ffv1", "bgr0", "flac"
    size_step = 1

    def colour(self) -> Colour:
        return self.like.colour.as_rgb()

    def describe_changes(self) -> list[str]:
        # PyAV cannot set the aspect ratio of a stream, from which Matroska takes it.
        if self.like.pixel_aspect in (None, 1):
            return []
        return [f"{self.path} does not say the shape of the pixels; .mp4 does"]
