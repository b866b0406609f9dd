"""Colours, pixels' shapes and orientation: what the tags say goes in and comes out."""

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

import video
from tests.clips import make_clip, picture
from video.colour import Colour

CHART = np.kron(
    np.array([
        [[200, 30, 30], [30, 200, 30], [30, 30, 200]],
        [[255, 255, 0], [0, 255, 255], [255, 0, 255]],
        [[0, 0, 0], [128, 128, 128], [255, 255, 255]],
    ], np.uint8),
    np.ones((16, 16, 1), np.uint8),
)  # fmt: skip
SWSCALE = {1: 1, 6: 5, 9: 9}  # swscale's numbers of the matrices


def _make(path, image=CHART, colour=None, pixel_format="yuv420p", **settings):
    """A clip of three equal frames with these tags. Settings: aspect, rotation (degrees, flip)."""
    colour = colour or Colour(6, 2, 2, 0)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"crf": "1"})
        stream.height, stream.width = image.shape[:2]
        stream.pix_fmt = pixel_format
        colour.tag(stream.codec_context)
        if "aspect" in settings:
            stream.codec_context.sample_aspect_ratio = settings["aspect"]
        if "rotation" in settings:
            degrees, flip = settings["rotation"]
            stream.set_display_rotation(degrees, hflip=flip)
        matrix = SWSCALE[colour.matrix]
        kind = "rgb48le" if image.dtype == np.uint16 else "rgb24"
        for n in range(3):
            frame = av.VideoFrame.from_ndarray(image, format=kind).reformat(
                format=pixel_format,
                src_colorspace=matrix,
                dst_colorspace=matrix,
                dst_color_range=colour.range,
            )
            frame.pts, frame.time_base = n, Fraction(1, 25)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def _copy(clip, path):
    with video.open_writer(path, clip, quality=1, comment="a test") as writer:
        for frame in clip:
            writer.write(frame.image, frame.time)
    copy = video.open_clip(path)
    return copy, next(iter(copy)).image, writer.notes


def _centres(image):
    return image[8::16, 8::16].astype(int)


@pytest.mark.parametrize("range_", [1, 2])
@pytest.mark.parametrize("matrix, primaries, transfer", [(1, 1, 1), (6, 6, 6), (9, 9, 14)])
def test_colours_and_their_tags_come_out(tmp_path, matrix, primaries, transfer, range_):
    colour = Colour(matrix, primaries, transfer, range_)
    clip = video.open_clip(_make(tmp_path / "a.mp4", colour=colour))
    assert clip.colour == colour
    assert np.abs(_centres(next(iter(clip)).image) - _centres(CHART)).max() <= 6
    copy, image, _ = _copy(clip, tmp_path / "b.mp4")
    assert copy.colour == colour
    assert np.abs(_centres(image) - _centres(CHART)).max() <= 8
    copy, image, _ = _copy(clip, tmp_path / "c.mkv")
    assert copy.colour == replace(colour, matrix=0, range=2)
    np.testing.assert_array_equal(image, next(iter(clip)).image)


def test_a_clip_that_does_not_say_its_colours_stays_so_and_pictures_are_srgb(tmp_path):
    unsaid = Colour(6, 2, 2, 0)
    clip = video.open_clip(make_clip(tmp_path / "a.mp4", [CHART] * 3))
    assert clip.colour == replace(unsaid, matrix=2)
    assert _copy(clip, tmp_path / "b.mp4")[0].colour == clip.colour
    Image.fromarray(CHART).save(tmp_path / "a.png")
    copy, image, _ = _copy(video.open_clip(tmp_path / "a.png"), tmp_path / "c.mp4")
    assert copy.colour == Colour(6, 1, 13, 1)  # the matrix is ours, so it is said
    assert np.abs(_centres(image) - _centres(CHART)).max() <= 6


def test_ten_bits_become_eight_with_a_note_and_the_same_tags(tmp_path):
    colour = Colour(9, 9, 14, 1)
    clip = video.open_clip(_make(tmp_path / "a.mp4", colour=colour, pixel_format="yuv420p10le"))
    assert "10 bits" in clip.notes[0] and "a.mp4" in clip.notes[0]
    copy, image, _ = _copy(clip, tmp_path / "b.mp4")
    assert copy.colour == colour and np.abs(_centres(image) - _centres(CHART)).max() <= 6


def _to_pq(image, white=203):
    """sRGB (H, W, 3) uint8 -> BT.2020 with PQ, uint16; white at 203 nits (ITU-R BT.2408)."""
    x = image / 255
    linear = np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    to_2020 = [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
    p = (linear @ np.array(to_2020).T * white / 10_000).clip(0) ** 0.1593017578125
    signal = ((0.8359375 + 18.8515625 * p) / (1 + 18.6875 * p)) ** 78.84375  # SMPTE ST 2084
    return (signal * 65535).round().astype(np.uint16)


def test_hdr_is_read_as_sdr_with_a_note_and_written_with_its_tags(tmp_path):
    """FFmpeg makes a table for it, in seconds, once for a clip."""
    skin = np.array([[[224, 172, 140], [141, 85, 36], [90, 60, 50]]], np.uint8)
    chart = np.kron(np.repeat(skin, 3, axis=0), np.ones((16, 16, 1), np.uint8))
    path = tmp_path / "a.mp4"
    _make(path, _to_pq(chart), Colour(9, 9, 16, 1), pixel_format="yuv420p10le")
    clip = video.open_clip(path)
    assert "HDR (PQ)" in clip.notes[0]
    copy, image, _ = _copy(clip, tmp_path / "b.mp4")
    assert copy.colour == Colour(1, 1, 13, 1) and not copy.notes
    assert np.abs(_centres(image) - _centres(chart)).max() <= 12


@pytest.mark.parametrize("rotation", [(0, False), (90, False), (180, False), (270, False),
                                      (0, True), (90, True), (270, True)])  # fmt: skip
def test_a_turned_or_mirrored_clip_comes_upright_with_its_pixels_shape(tmp_path, rotation):
    source = picture(9)
    path = _make(tmp_path / "a.mp4", source, aspect=Fraction(4, 3), rotation=rotation)
    clip = video.open_clip(path)
    degrees, flip = rotation
    # av_display_matrix_flip mirrors what av_display_rotation_set has turned counter-clockwise.
    expected = np.rot90(source, degrees // 90)
    expected = expected[:, ::-1] if flip else expected
    assert np.abs(next(iter(clip)).image.astype(int) - expected).mean() < 3
    sideways = degrees % 180 != 0
    assert clip.pixel_aspect == (Fraction(3, 4) if sideways else Fraction(4, 3))
    copy, image, _ = _copy(clip, tmp_path / "b.mp4")
    assert copy.pixel_aspect == clip.pixel_aspect and copy.size == clip.size
    assert np.abs(image.astype(int) - expected).mean() < 4
    with av.open(str(tmp_path / "b.mp4")) as container:
        assert next(container.decode(video=0)).rotation == 0
    (note,) = _copy(clip, tmp_path / "c.mkv")[2]
    assert "the shape of the pixels" in note and "c.mkv" in note


@pytest.mark.parametrize("size", [(64, 48), (63, 48), (64, 47), (63, 47), (1, 1)])
def test_odd_sizes_become_even_in_h264_with_a_note(tmp_path, size):
    image = np.ascontiguousarray(picture(3, size))
    Image.fromarray(image).save(tmp_path / "a.png")
    clip = video.open_clip(tmp_path / "a.png")
    copy, made, notes = _copy(clip, tmp_path / "b.mp4")
    even = tuple(n + n % 2 for n in size)
    assert copy.size == even and bool(notes) == (even != size)
    assert np.abs(made[: size[1], : size[0]].astype(int) - image).mean() < 4
    with av.open(str(tmp_path / "b.mp4")) as container:
        codec = container.streams.video[0].codec_context
        assert codec.pix_fmt == "yuv420p" and codec.profile == "High"
    copy, made, notes = _copy(clip, tmp_path / "c.mkv")
    np.testing.assert_array_equal(made, image)
    assert not notes


def test_transparent_pixels_are_over_black_with_a_note(tmp_path):
    with av.open(str(tmp_path / "a.mov"), "w") as out:
        stream = out.add_stream("qtrle", rate=25)
        stream.width = stream.height = 16
        stream.pix_fmt = "argb"
        image = np.full((16, 16, 4), 200, np.uint8)
        image[:8, :, 3], image[8:, :, 3] = 0, 255
        frame = av.VideoFrame.from_ndarray(image, format="rgba").reformat(format="argb")
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    clip = video.open_clip(tmp_path / "a.mov")
    image = next(iter(clip)).image
    assert not image[:8].any() and (image[8:] == 200).all() and "transparent" in clip.notes[0]
