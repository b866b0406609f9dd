from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

import video
from tests.clips import make_clip, picture, sound_packets

COMMENT = "synthetic: made by a test"


def _copy(clip, path, **settings):
    with video.open_writer(path, clip, comment=COMMENT, **settings) as writer:
        for frame in clip:
            writer.write(frame.image, frame.time)
    return video.open_clip(path)


def test_a_copy_has_the_frames_times_rate_and_sound_of_its_source(tmp_path):
    clip = video.open_clip(
        make_clip(tmp_path / "a.mp4", [picture(i) for i in range(12)], rate=30, sound=True)
    )
    assert clip.size == (64, 48) and clip.rate == 30 and clip.has_audio and clip.frames == 12
    copy = _copy(clip, tmp_path / "b.mp4", quality=4)
    assert [f.time for f in copy] == [f.time for f in clip]
    assert copy.rate == 30
    for ours, theirs in zip(copy, clip, strict=True):
        assert np.abs(ours.image.astype(int) - theirs.image).mean() < 2
    assert sound_packets(tmp_path / "b.mp4") == sound_packets(tmp_path / "a.mp4") != []
    with av.open(str(tmp_path / "b.mp4")) as container:
        assert container.metadata["comment"] == COMMENT


def test_variable_times_are_kept_exactly(tmp_path):
    times = [Fraction(t, 1000) for t in (0, 40, 130, 150, 400, 433, 900)]
    clip = video.open_clip(make_clip(tmp_path / "a.mp4", [picture(i) for i in range(7)], times))
    copy = _copy(clip, tmp_path / "b.mp4")
    assert [f.time for f in copy] == [f.time for f in clip] == times


def test_an_interval_is_written_from_time_zero_with_its_part_of_the_sound(tmp_path):
    clip = video.open_clip(
        make_clip(tmp_path / "a.mp4", [picture(i) for i in range(50)], sound=True)
    )
    start, end = Fraction(1), Fraction(8, 5)
    with video.open_writer(tmp_path / "b.mp4", clip, interval=video.Interval(start, end)) as writer:
        for frame in clip.between(25, 40):
            writer.write(frame.image, frame.time)
    part = video.open_clip(tmp_path / "b.mp4")
    assert [f.time for f in part] == [Fraction(i, 25) for i in range(15)]
    assert 0 < len(sound_packets(tmp_path / "b.mp4")) < len(sound_packets(tmp_path / "a.mp4"))


def test_lossless_formats_keep_every_level(tmp_path):
    rng = np.random.default_rng(0)
    (tmp_path / "in").mkdir()
    images = rng.integers(0, 256, (3, 48, 64, 3)).astype(np.uint8)
    for i, image in enumerate(images):
        Image.fromarray(image).save(tmp_path / "in" / f"{i}.png")
    for out in ("b.mkv", "frames"):
        copy = _copy(video.open_clip(tmp_path / "in"), tmp_path / out)
        np.testing.assert_array_equal([f.image for f in copy], images)


def test_h264_is_coded_in_one_thread_since_several_do_not_always_give_the_same_bytes(tmp_path):
    clip = video.open_clip(make_clip(tmp_path / "a.mp4", [picture(k) for k in range(3)]))
    with video.open_writer(tmp_path / "b.mp4", clip) as writer:
        for frame in clip:
            writer.write(frame.image, frame.time)
    assert b" threads=1 " in (tmp_path / "b.mp4").read_bytes()  # the encoder writes its options


def test_gif_and_png_carry_the_comment(tmp_path):
    clip = video.open_clip(make_clip(tmp_path / "a.mp4", [picture(i) for i in range(5)]))
    assert len(list(_copy(clip, tmp_path / "b.gif"))) == 5
    with Image.open(tmp_path / "b.gif") as gif:
        assert COMMENT.encode() in gif.info["comment"]
    _copy(clip, tmp_path / "frames")
    with Image.open(tmp_path / "frames" / "000000.png") as png:
        assert png.text["Comment"] == COMMENT


def test_colours_survive_a_copy(tmp_path):
    colours = np.array([
        [[255, 0, 0], [0, 255, 0], [0, 0, 255]],
        [[255, 255, 0], [0, 255, 255], [255, 0, 255]],
        [[0, 0, 0], [128, 128, 128], [255, 255, 255]],
    ], np.uint8)  # fmt: skip
    chart = np.kron(colours, np.ones((16, 16, 1), np.uint8))
    clip = video.open_clip(make_clip(tmp_path / "a.mp4", [chart] * 3))
    first = next(iter(clip)).image
    copied = next(iter(_copy(clip, tmp_path / "b.mp4", quality=1))).image
    for image in (first, copied):
        centres = image[8::16, 8::16].astype(int)
        assert np.abs(centres - chart[8::16, 8::16]).max() <= 6


@pytest.mark.parametrize(
    "codec, pixel_format, suffix",
    [
        ("libx264", "yuv420p10le", "mp4"),
        ("libx264", "gray", "mp4"),
        ("ffv1", "bgra", "mkv"),
        ("libx264", "yuv444p", "mp4"),
    ],
)
def test_other_pixel_formats_are_read_as_rgb(tmp_path, codec, pixel_format, suffix):
    path = make_clip(
        tmp_path / f"a.{suffix}", [picture(9)] * 2, codec=codec, pixel_format=pixel_format
    )
    image = next(iter(video.open_clip(path))).image
    assert image.shape == (48, 64, 3) and image.dtype == np.uint8
    expected = picture(9).astype(float)
    if pixel_format == "gray":
        expected = np.repeat((expected @ [0.299, 0.587, 0.114])[..., None], 3, axis=2)
    # The encoder writes grey in full range, but FFmpeg reads it as limited range, hence 8 levels.
    assert np.abs(image - expected).mean() < (8 if pixel_format == "gray" else 4)


def test_a_clip_with_a_rotation_is_read_upright(tmp_path):
    path = make_clip(tmp_path / "a.mp4", [picture(9)] * 3)
    data = path.read_bytes()
    identity = b"".join(
        n.to_bytes(4, "big", signed=True) for n in (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    )
    rotated = b"".join(
        n.to_bytes(4, "big", signed=True)
        for n in (0, 1 << 16, 0, -(1 << 16), 0, 0, 48 << 16, 0, 1 << 30)
    )
    track = data.index(b"tkhd")
    at = data.index(identity, track)
    # The display matrix now says: rotate by 90 degrees clockwise.
    path.write_bytes(data[:at] + rotated + data[at + 36 :])
    clip = video.open_clip(path)
    assert clip.size == (48, 64)
    expected = np.rot90(picture(9), -1)
    assert np.abs(next(iter(clip)).image.astype(int) - expected).mean() < 4
    assert _copy(clip, tmp_path / "b.mp4").size == (48, 64)


def test_a_damaged_clip_gives_the_frames_that_decode_and_a_note(tmp_path):
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (48, 64, 3)).astype(np.uint8) for _ in range(40)]
    path = make_clip(tmp_path / "a.ts", images, options={"g": "5", "crf": "4"})
    data = path.read_bytes()
    path.write_bytes(
        data[: len(data) // 2] + rng.integers(0, 256, len(data) // 8).astype(np.uint8).tobytes()
    )
    clip = video.open_clip(path)
    count = sum(1 for _ in clip)
    assert 10 <= count < 40
    cut = make_clip(tmp_path / "b.mkv", images, options={"g": "5", "crf": "4"})
    cut.write_bytes(cut.read_bytes()[:60000])
    clip = video.open_clip(cut)
    assert 0 < sum(1 for _ in clip) < 40 and "cut short" in clip.notes[0]


def test_a_truncated_mp4_gives_the_frames_before_its_end_and_a_note(tmp_path):
    rng = np.random.default_rng(0)
    source = video.open_clip(
        make_clip(
            tmp_path / "a.mp4",
            [rng.integers(0, 256, (48, 64, 3)).astype(np.uint8) for _ in range(40)],
        )
    )
    path = _copy(source, tmp_path / "b.mp4").path  # its index is in front, so it can be opened
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * 0.6)])
    clip = video.open_clip(path)
    numbers = [f.number for f in clip]
    assert 10 < len(numbers) < 40 and numbers == list(range(len(numbers)))
    assert clip.notes[0] == f"{path} is cut short: it holds {clip.frames} of 40 frames"


def test_images_of_a_folder_are_ordered_by_number(tmp_path):
    for i in (10, 9, 1, 2):
        Image.fromarray(picture(i)).save(tmp_path / f"img{i}.png")
    assert [int(f.image[0, 0, 2]) // 8 for f in video.open_clip(tmp_path)] == [1, 2, 9, 10]


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "I;16", "LA", "1"])
def test_images_of_every_mode_are_read_as_rgb(tmp_path, mode):
    if mode == "I;16":
        Image.fromarray(np.full((8, 9), 0x8000, np.uint16)).save(tmp_path / "a.png")
        assert (video.read_image(tmp_path / "a.png") == 128).all()
    else:
        Image.fromarray(picture(4)).convert(mode).save(tmp_path / "a.png")
    assert video.read_image(tmp_path / "a.png").shape[2] == 3


def test_a_transparent_image_is_shown_over_black(tmp_path):
    Image.new("RGBA", (4, 4), (200, 100, 50, 0)).save(tmp_path / "a.png")
    assert not video.read_image(tmp_path / "a.png").any()


def _empty_mp4(path):
    make_clip(path, [picture(0)])
    data = path.read_bytes()
    path.write_bytes(data[:40])


@pytest.mark.parametrize(
    "make, error",
    [
        (lambda p: None, video.MissingInput),
        (lambda p: p.write_bytes(b"no video at all" * 50), video.NotAVideo),
        (lambda p: p.write_bytes(b""), video.NotAVideo),
        (_empty_mp4, video.NotAVideo),
        (lambda p: p.mkdir(), video.NoFrames),
    ],
)
def test_bad_input_is_refused_with_its_name(tmp_path, make, error):
    path = tmp_path / "a.mp4"
    make(path)
    with pytest.raises(error, match=r"a\.mp4"):
        video.open_clip(path)


def test_a_failed_run_leaves_the_old_output_and_no_other_file(tmp_path):
    clip = video.open_clip(make_clip(tmp_path / "a.mp4", [picture(0)] * 3))
    for name in ("b.mp4", "b.gif"):
        (tmp_path / name).write_bytes(b"precious")
        with pytest.raises(KeyError), video.open_writer(tmp_path / name, clip) as writer:
            writer.write(picture(0), Fraction(0))
            raise KeyError
        assert (tmp_path / name).read_bytes() == b"precious"
    assert {p.name for p in tmp_path.iterdir()} == {"a.mp4", "b.mp4", "b.gif"}


def test_output_that_cannot_be_written_is_refused(tmp_path):
    clip = video.open_clip(make_clip(tmp_path / "a.mp4", [picture(0)] * 3))
    with pytest.raises(video.OutputError, match="kind of output"):
        video.open_writer(tmp_path / "b.docx", clip)
    (tmp_path / "file").write_text("")
    with pytest.raises(video.OutputError), video.open_writer(tmp_path / "file" / "b.mp4", clip):
        pass


@pytest.mark.parametrize("suffix, codec", [(".mp4", "aac"), (".mkv", "flac")])
def test_samples_that_are_added_become_the_sound(tmp_path, suffix, codec):
    rate, seconds = 24_000, 0.6
    times = np.arange(round(seconds * rate)) / rate
    samples = (0.5 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)
    path = tmp_path / f"a{suffix}"
    like = video.Clip(path, (64, 48), Fraction(25), 15, Fraction(1, 25))
    with video.open_writer(path, like) as writer:
        writer.add_sound(samples, rate)
        for n in range(15):
            writer.write(picture(n), Fraction(n, 25))
    clip = video.open_clip(path)
    assert clip.has_audio and len(list(clip)) == 15
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name == codec and stream.rate == rate
        frames = list(container.decode(stream))
    decoded = np.concatenate([f.to_ndarray().reshape(-1) for f in frames])
    if codec == "flac":
        scale = {2: 1 << 15, 4: 1 << 31}[decoded.dtype.itemsize] if decoded.dtype.kind == "i" else 1
        assert len(decoded) == len(samples)
        np.testing.assert_allclose(decoded / scale, samples, atol=1 / 32768)
    else:
        assert abs(len(decoded) - len(samples)) <= 3 * 1024
        spectrum = np.abs(np.fft.rfft(decoded[2048:12288] * np.hanning(10240)))
        assert np.argmax(spectrum) * rate / 10240 == pytest.approx(440, abs=5)  # the same tone
        assert decoded[2048:12288].std() == pytest.approx(0.5 / np.sqrt(2), rel=0.1)
