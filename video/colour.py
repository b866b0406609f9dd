"""How a clip's numbers stand for colours, and the way from them to RGB and back."""

from __future__ import annotations

from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import VideoReformatter

# The code points of ISO/IEC 23091-2 (H.273) that this file names.
RGB_MATRIX, BT709, UNSPECIFIED, BT601, SRGB = 0, 1, 2, 6, 13
HDR_TRANSFERS = {16: "PQ", 18: "HLG"}
LIMITED_RANGE, FULL_RANGE = 1, 2  # FFmpeg's numbers; 0: not said
# The number of a matrix in a stream (ISO/IEC 23091-2) -> its number in swscale.h.
SWSCALE_MATRICES = {1: 1, 2: 5, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9}
SWSCALE_BT601 = 5  # the matrix of standard-definition video, assumed if a stream does not say


@dataclass(frozen=True)
class Colour:
    """What the tags of a stream say of its colours; by default those of pictures, which are sRGB.

    matrix, primaries, transfer  code points of ISO/IEC 23091-2
    range                        of the pixel values: 0 unspecified, 1 limited (16 to 235), 2 full
    """

    matrix: int = RGB_MATRIX
    primaries: int = BT709
    transfer: int = SRGB
    range: int = FULL_RANGE

    @property
    def is_hdr(self) -> bool:
        """Whether its transfer is one of HDR_TRANSFERS."""
        return self.transfer in HDR_TRANSFERS

    def as_yuv(self) -> Colour:
        """The colours of an 8-bit YUV copy: what a stream did not say is left so."""
        if self.is_hdr:
            return Colour(BT709, BT709, SRGB, LIMITED_RANGE)
        if self.matrix == RGB_MATRIX:
            return Colour(BT601, self.primaries, self.transfer, LIMITED_RANGE)
        return self

    def as_rgb(self) -> Colour:
        """The colours of an 8-bit RGB copy."""
        yuv = self.as_yuv()
        return Colour(RGB_MATRIX, yuv.primaries, yuv.transfer, FULL_RANGE)

    def tag(self, codec: av.VideoCodecContext) -> None:
        """Make an encoder say so."""
        codec.colorspace, codec.color_range = self.matrix, self.range
        codec.color_primaries, codec.color_trc = self.primaries, self.transfer


def read_colour(frame: av.VideoFrame) -> Colour:
    """What a decoded frame says of its colours."""
    rgb = frame.format.is_rgb or "pal" in frame.format.name
    matrix = RGB_MATRIX if rgb else int(frame.colorspace) or UNSPECIFIED
    primaries, transfer = int(frame.color_primaries), int(frame.color_trc)
    return Colour(matrix, primaries, transfer, int(frame.color_range))


def to_rgb(frame: av.VideoFrame, colour: Colour, reformatter: VideoReformatter) -> np.ndarray:
    """The pixels (H, W, 3) uint8: 8 bits, transparent parts over black, HDR as SDR (sRGB).

    For HDR the first call makes a table, in seconds, which `reformatter` keeps.
    """
    matrix = _swscale_matrix(colour)
    alpha = any(component.is_alpha for component in frame.format.components)
    options = {"format": "rgba" if alpha else "rgb24"}
    if colour.is_hdr:
        options |= {"dst_color_trc": SRGB, "dst_color_primaries": BT709}
    rgb = reformatter.reformat(frame, src_colorspace=matrix, dst_colorspace=matrix, **options)
    pixels = rgb.to_ndarray()
    if alpha:
        opaque = pixels[..., 3:].astype(np.uint16)
        pixels = (pixels[..., :3] * opaque // 255).astype(np.uint8)
    return pixels


def from_rgb(image: np.ndarray, colour: Colour, pixel_format: str) -> av.VideoFrame:
    """The frame of pixels (H, W, 3) uint8 in the colours of `as_yuv`, or of RGB."""
    matrix = _swscale_matrix(colour)
    frame = av.VideoFrame.from_ndarray(image, format="rgb24")
    return frame.reformat(
        format=pixel_format,
        src_colorspace=matrix,
        dst_colorspace=matrix,
        dst_color_range=colour.range if "yuv" in pixel_format else None,
    )


def _swscale_matrix(colour: Colour) -> int:
    return SWSCALE_MATRICES.get(colour.matrix, SWSCALE_BT601)
