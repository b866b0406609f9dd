"""Clips and truth files, and the command line that writes them."""

import json
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

import video
from actors import HARD_CASES, Scene, film
from actors.__main__ import main
from actors.sound import SAMPLE_RATE, synthesise_voice

SIZE, FRAMES = (64, 64), 25


@pytest.fixture(scope="module")
def filmed(tmp_path_factory):
    """A lossless clip, a compressed one, and the truth of the first: the folder and the frames."""
    folder = tmp_path_factory.mktemp("filmed")
    scene = Scene(6, 11, FRAMES, SIZE, 30, face=3)
    frames = list(film(scene, folder / "a.mkv", folder / "truth"))
    assert [s.number for s in film(Scene(6, 11, FRAMES, SIZE, 29.97), folder / "a.mp4")] == list(
        range(FRAMES)
    )
    return folder, frames


def _sound(path):
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        return (
            stream.codec_context.name,
            stream.rate,
            np.concatenate([f.to_ndarray().reshape(-1) for f in container.decode(stream)]),
        )


def test_a_clip_has_its_frames_at_their_times_and_says_that_it_is_synthetic(filmed):
    folder, frames = filmed
    for name, rate in (("a.mkv", Fraction(30)), ("a.mp4", Fraction(2997, 100))):
        clip = video.open_clip(folder / name)
        assert clip.size == SIZE and clip.has_audio
        assert [float(f.time) for f in clip] == pytest.approx(
            [float(n / rate) for n in range(FRAMES)], abs=1e-3
        )  # Matroska counts in ms
        with av.open(str(folder / name)) as container:
            assert {k.lower(): v for k, v in container.metadata.items()}["comment"].startswith(
                "Synthetic media"
            )
    np.testing.assert_array_equal(
        [f.image for f in video.open_clip(folder / "a.mkv")], [s.image for s in frames]
    )
    for decoded, frame in zip(video.open_clip(folder / "a.mp4"), frames, strict=True):
        assert (
            np.abs(decoded.image.astype(int) - frame.image).mean() < 12
        )  # at another rate the same path a little later


def test_the_sound_is_as_long_as_the_clip_and_loud_when_the_mouth_is_open(filmed):
    folder, _ = filmed
    codec, rate, samples = _sound(folder / "a.mp4")
    assert (
        codec == "aac"
        and rate == SAMPLE_RATE
        and abs(len(samples) - FRAMES / 29.97 * SAMPLE_RATE) <= 3 * 1024
        and np.abs(samples).max() > 0.01
    )
    silent, loud = (synthesise_voice(lambda t, m=m: m, 0.5, 4) for m in (0.0, 0.8))
    assert (
        len(loud) == SAMPLE_RATE // 2 and np.abs(loud).max() <= 1 and loud.std() > 10 * silent.std()
    )
    np.testing.assert_array_equal(synthesise_voice(lambda t: 0.8, 0.5, 4), loud)
    assert not np.array_equal(synthesise_voice(lambda t: 0.8, 0.5, 5), loud)


def test_the_truth_has_a_row_a_frame_with_plain_numbers(filmed):
    folder, frames = filmed
    rows = [
        json.loads(line) for line in (folder / "truth" / "truth.jsonl").read_text().splitlines()
    ]
    assert [r["frame"] for r in rows] == list(range(FRAMES))
    for row, frame in zip(rows, frames, strict=True):
        assert (
            row["time"] == pytest.approx(row["frame"] / 30, abs=1e-6)
            and row["part"] == 0
            and row["present"]
            and row["visible"] == 1
        )
        np.testing.assert_allclose(row["points"], frame.points, atol=1e-3)
        np.testing.assert_allclose(row["swap_points"], frame.swap_points, atol=1e-3)
        numbers = np.concatenate([np.ravel(v) for k, v in row.items() if k != "present"])
        assert np.isfinite(numbers).all() and row["yaw"] == pytest.approx(
            frame.moment.yaw, abs=1e-5
        )


def test_masks_are_pictures_and_the_true_swap_is_lossless(filmed):
    folder, frames = filmed
    swap = [f.image for f in video.open_clip(folder / "truth" / "swap.mkv")]
    np.testing.assert_array_equal(swap, [s.swap for s in frames])
    for frame in frames:
        mask, visible = (
            np.array(Image.open(folder / "truth" / kind / f"{frame.number:06d}.png"))
            for kind in ("mask", "visible")
        )
        assert mask.dtype == np.uint8 and mask.max() == 255 and (visible == mask).all()
        np.testing.assert_allclose(mask / 255, frame.mask, atol=1 / 255)
        np.testing.assert_array_equal(frame.swap[mask == 0], frame.image[mask == 0])
    assert len(list((folder / "truth" / "mask").iterdir())) == FRAMES


def _command(*arguments):
    return main(
        ["--size", "64", "--frames", "6", "--threads", "1", "--silent", *map(str, arguments)]
    )


def test_the_command_line_renders_what_it_is_told(tmp_path):
    assert (
        _command(
            "--actor",
            6,
            "--performance",
            11,
            "--face",
            3,
            "--hard",
            "hand,cut",
            "-o",
            tmp_path / "b.mkv",
            "--truth",
            tmp_path / "t",
        )
        == 0
    )
    expected = Scene(6, 11, 6, SIZE, face=3, hard={"hand", "cut"})
    frames = [f.image for f in video.open_clip(tmp_path / "b.mkv")]
    np.testing.assert_array_equal(frames, [expected.render_frame(n).image for n in range(6)])
    assert [
        json.loads(line)["part"]
        for line in (tmp_path / "t" / "truth.jsonl").read_text().splitlines()
    ] == [0, 0, 0, 1, 1, 1]
    assert (tmp_path / "t" / "swap.mkv").exists() and not video.open_clip(
        tmp_path / "b.mkv"
    ).has_audio


def test_strong_compression_makes_a_smaller_file(tmp_path):
    for name, more in (("a", []), ("b", ["--hard", "compress"])):
        assert _command("-o", tmp_path / f"{name}.mp4", *more) == 0
    assert (tmp_path / "b.mp4").stat().st_size < 0.6 * (tmp_path / "a.mp4").stat().st_size


@pytest.mark.parametrize("size", ["65x48", "64x49", "33"])
def test_odd_sides_become_even_because_players_need_it(tmp_path, size):
    assert _command("--size", size, "--frames", 2, "-o", tmp_path / "odd.mp4") == 0
    wide, _, high = size.partition("x")
    sides = int(wide), int(high or wide)
    assert video.open_clip(tmp_path / "odd.mp4").size == tuple(n + n % 2 for n in sides)


@pytest.mark.parametrize(
    "options, words",
    [
        (["--hard", "hnad"], list(HARD_CASES)),
        (["--size", "12"], ["32 to 4096", "12x12"]),
        (["--size", "64x5000"], ["4096"]),
        (["--size", "64x"], ["WxH"]),
        (["--size", "64.5"], ["WxH"]),
        (["--size", "x64"], ["WxH"]),
        (["--frames", "0"], ["at least one frame"]),
        (["--rate", "0"], ["frames a second"]),
        (["--rate", "-5"], ["frames a second"]),
        (["--rate", "nan"], ["frames a second"]),
        (["--actor", "-1"], ["--actor"]),
        (["--face", "3"], ["--truth"]),
        (["--threads", "0"], ["--threads"]),
        (["--sheet", "a.gif"], [".png"]),
        (["--quality", "60"], ["--quality"]),
    ],
)
def test_wrong_options_are_one_line_and_code_2(tmp_path, capsys, options, words):
    try:
        code = _command("-o", tmp_path / "a.mp4", *options)
    except SystemExit as stopped:  # argparse prints how the command is used, then the line
        code = stopped.code
    lines = [
        line
        for line in capsys.readouterr().err.splitlines()
        if line.startswith(("actors:", "python -m actors:"))
    ]
    assert code == 2 and len(lines) == 1 and all(word in lines[0] for word in words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["-o", "--truth", "--sheet"])
def test_output_that_cannot_be_written_is_one_line_and_code_6(tmp_path, capsys, option):
    (tmp_path / "file").write_text("")
    assert (
        _command(
            "-o",
            tmp_path / "a.mp4",
            option,
            tmp_path / "file" / "b.png" if option == "--sheet" else tmp_path / "file" / "b.mp4",
        )
        == 6
    )
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and "file" in lines[0] and "cannot be written" in lines[0]
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_an_interrupted_film_leaves_no_clip(tmp_path):
    frames = film(Scene(6, 11, 6, SIZE), tmp_path / "a.mp4", tmp_path / "truth")
    next(frames)
    frames.close()
    assert [p.name for p in tmp_path.iterdir()] == ["truth"]
