"""Writing a clip into a container: a coded video stream and a sound stream, interleaved by time."""

from __future__ import annotations

from collections.abc import Generator
from fractions import Fraction

import av
import numpy as np

from .base_writer import Writer
from .clip import swscale_matrix
from .sound import copy_sound, encode_sound


class EncodedWriter(Writer):
    """A container whose frames keep the source's exact times; subclasses choose the codecs."""

    format: str
    container_options: dict[str, str]
    codec: str
    sound_codec: str

    def pixel_format(self) -> str:
        raise NotImplementedError

    def codec_options(self) -> dict[str, str]:
        return {}

    def open(self) -> None:
        path, options = str(self.partial), self.container_options
        self.container = av.open(path, "w", format=self.format, options=options)
        self.container.metadata["comment"] = self.comment
        self.container.metadata["title"] = self.comment.split(";")[0]
        stream = self.stream = self.container.add_stream(self.codec, rate=self.like.rate)
        stream.width, stream.height = self.like.size
        stream.pix_fmt = self.pixel_format()
        stream.time_base = stream.codec_context.time_base = self.like.time_base
        stream.options = self.codec_options()
        if self.like.matrix and "yuv" in stream.pix_fmt:  # matrix 0 is RGB
            stream.codec_context.colorspace = self.like.matrix
        self.sound: Generator[av.Packet, None, None] | None = None
        self.next_packet: av.Packet | None = None
        if self.like.has_audio:
            self._set_sound(copy_sound(self.like.path, self.container, self.interval, self.notes))

    def add_sound(self, samples: np.ndarray, rate: int) -> None:
        packets = encode_sound(samples, rate, self.container, self.sound_codec)
        self._guard(self._set_sound, packets)

    def append(self, image: np.ndarray, time: Fraction) -> None:
        self._write_sound(until=time)
        matrix = swscale_matrix(self.like.matrix)
        frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(
            format=self.stream.pix_fmt, src_colorspace=matrix, dst_colorspace=matrix
        )
        frame.time_base = self.like.time_base
        frame.pts = round(time / self.like.time_base)
        self.container.mux(self.stream.encode(frame))

    def close(self) -> None:
        try:
            self.container.mux(self.stream.encode(None))
            self._write_sound()
        finally:
            self.container.close()
            if self.sound:
                self.sound.close()

    def _set_sound(self, packets: Generator[av.Packet, None, None]) -> None:
        # Making the first packet adds the sound stream, which must exist before the header.
        self.sound = packets
        self.next_packet = next(packets, None)

    def _write_sound(self, until: Fraction | None = None) -> None:
        """Write the sound packets up to a time in seconds, or all the remaining ones."""
        while (packet := self.next_packet) is not None:
            if until is not None and packet.dts * packet.time_base > until:
                return
            self.container.mux(packet)
            self.next_packet = next(self.sound, None)


class H264Writer(EncodedWriter):
    """H.264 and AAC, which play everywhere."""

    format, container_options = "mp4", {"movflags": "+faststart"}
    codec, sound_codec = "libx264", "aac"

    def codec_options(self) -> dict[str, str]:
        # The same frames must give the same bytes. So x264's macroblock tree (mbtree) is off: at
        # 160x120 it read memory that was never written, and two runs gave two files. There is one
        # lookahead thread, because with several the result depends on which of them is faster.
        return {
            "crf": str(self.quality),
            "preset": "faster",
            "x264-params": "mbtree=0:sync-lookahead=0:lookahead-threads=1",
        }

    def pixel_format(self) -> str:
        # Chroma at half resolution needs even sides; a clip with an odd side keeps full chroma.
        return "yuv420p" if all(n % 2 == 0 for n in self.like.size) else "yuv444p"


class LosslessWriter(EncodedWriter):
    """FFV1 on RGB, and FLAC: both are lossless."""

    format = "matroska"
    container_options = {"fflags": "+bitexact"}  # else Matroska draws its identifiers at random
    codec, sound_codec = "ffv1", "flac"

    def pixel_format(self) -> str:
        return "bgr0"
