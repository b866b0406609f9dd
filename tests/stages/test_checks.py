"""What is refused at once: nothing is decoded, no folder made, nothing written."""

import os
import shutil
import time

import av
import numpy as np
import pytest
from PIL import Image

import pipeline
import video
from examples.drawn import draw_face
from stages import check_clips
from stages.options import parse
from tests.arguments import arguments
from tests.clips import make_clip

FRAMES = 20
INDEX_FIRST = {"movflags": "faststart"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    faces = [draw_face(centre=(80 + n / 3, 60)) for n in range(FRAMES)]
    make_clip(folder / "target.mp4", faces)
    make_clip(folder / "donor.mp4", faces[::-1])
    make_clip(folder / "donor.mkv", faces[::-1])
    for name, images in (("pictures", faces), ("again", faces), ("one", faces[:1])):
        (folder / name).mkdir()
        for n, image in enumerate(images):
            Image.fromarray(image).save(folder / name / f"{n}.png", compress_level=1)
    shutil.copy(folder / "target.mp4", folder / "copy.mp4")
    _cut_short(folder / "target.mp4", folder / "cut.mp4")
    os.symlink(folder / "target.mp4", folder / "link.mp4")
    (folder / "file").write_text("")
    (folder / "notes").mkdir()
    (folder / "notes" / "diary.txt").write_text("mine")
    (folder / "circle.mp4").symlink_to(folder / "circle.mp4")
    (folder / "taken.mp4.json").mkdir()
    (folder / "old").mkdir()
    (folder / "old" / "run.json").write_text("{}")
    return folder


@pytest.fixture
def nothing_is_decoded(monkeypatch):
    """Opening a clip decodes its first frame to see whether there is one, but no other."""
    monkeypatch.setattr(video.clip.Clip, "between", None)


def _cut_short(whole, path):
    """Write a clip without its end, but with its index, in front, so that it can be opened."""
    with av.open(str(whole)) as source, av.open(str(path), "w", options=INDEX_FIRST) as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 9 // 10])


def _refuse(made, words, capsys, clips=("target.mp4", "donor.mp4")):
    """The exit code of the program, and the line that it said."""
    before = {path: path.lstat().st_mtime_ns for path in made.rglob("*")}
    started = time.process_time()  # which a busy machine does not lengthen
    try:
        code = pipeline.main([*(str(made / clip) for clip in clips), *words])
    except SystemExit as stop:
        code = stop.code
    assert time.process_time() - started < 2
    assert {path: path.lstat().st_mtime_ns for path in made.rglob("*")} == before
    said = capsys.readouterr().err.strip().splitlines()
    assert code == 2 or len(said) == 1, said
    return code, said[-1]


@pytest.mark.usefixtures("nothing_is_decoded")
@pytest.mark.parametrize(
    "words, code, said",
    [
        (["-o", "a.webm"], 6, "unknown kind"),
        (["-o", "."], 6, "is a folder that is in use"),
        (["-o", ".."], 6, "is a folder that is in use"),
        (["-o", "file"], 6, "is a file"),
        (["-o", "notes"], 6, "not empty"),
        (["-o", "target.mp4"], 6, "is the target"),
        (["-o", "link.mp4"], 6, "is the target"),
        (["-o", "circle.mp4"], 6, "circle of symbolic links"),
        (["-o", "taken.mp4"], 6, "taken.mp4.json is a folder"),
        (["-o", "x", "--run", "x"], 6, "run folder"),
        (["-o", "x/target", "--run", "x"], 6, "the run's own files"),
        (["-o", "x", "--run", "x/run"], 6, "holds the run folder"),
        (["--run", "file"], 7, "is a file"),
        (["--run", "notes"], 7, "holds diary.txt"),
        (["--run", "file/x"], 7, "--run"),
        (["--run", "/"], 7, "no folder for the files of a run"),
        (["--run", "~"], 7, "no folder for the files of a run"),
        (["--frames", "20:30"], 2, "has only 20 frames"),
        (["--learn-frames", "100:200"], 2, "--learn-frames 100: "),
        (["--donor-frames", "20:"], 2, "--donor-frames 20: "),
        (["--every", "20"], 2, "leaves one of 20 frames"),
        (["--min-size", "500"], 2, "is 160x120"),
        (["--face", "5000,5"], 2, "--face 5000,5: "),
        (["--donor-face", "5,121"], 2, "donor.mp4 is only 160x120"),
    ],
)
def test_a_place_or_an_option_that_cannot_be_used(made, monkeypatch, capsys, words, code, said):
    monkeypatch.chdir(made)
    monkeypatch.setenv("HOME", str(made / "again"))
    words = [str(made / "again") if word == "~" else word for word in words]
    found, line = _refuse(made, words, capsys)
    assert found == code and said in line


@pytest.mark.usefixtures("nothing_is_decoded")
@pytest.mark.parametrize(
    "clips, words, code, said",
    [
        (("target.mp4", "target.mp4"), [], 2, "--same"),
        (("target.mp4", "copy.mp4"), [], 2, "--same"),
        (("target.mp4", "link.mp4"), [], 2, "--same"),
        (("pictures", "again"), [], 2, "--same"),
        (("pictures", "donor.mp4"), ["-o", "pictures"], 6, "is the target"),
        (("pictures", "donor.mp4"), ["-o", "pictures/out"], 6, "lies in the target"),
        (("pictures", "donor.mp4"), ["--run", "pictures/run"], 7, "lies in the input"),
        (("target.mp4", "one"), [], 5, "is a single picture"),
        (("one/0.png", "donor.mp4"), [], 5, "is a single picture"),
        (("old", "donor.mp4"), [], 4, "is the folder of a run"),
        (("notes", "donor.mp4"), ["--run", "notes/run"], 4, "holds no images"),
        (("*.mp4", "donor.mp4"), [], 3, "is a pattern"),
        (("target.mp4", "gone.mp4"), [], 3, "no such file"),
        (("cut.mp4", "donor.mp4"), [], 5, "is cut short: it holds "),
    ],
)
def test_clips_that_cannot_be_swapped(made, monkeypatch, capsys, clips, words, code, said):
    monkeypatch.chdir(made)
    found, line = _refuse(made, words, capsys, clips)
    assert found == code and said in line


def test_an_address_is_no_file(made, monkeypatch, capsys):
    monkeypatch.chdir(made)
    assert pipeline.main(["https://example.org/a.mp4", "donor.mp4"]) == 3
    assert "is an address; download the clip" in capsys.readouterr().err


def test_the_same_clip_goes_on_with_same_only(made):
    settings = parse([str(made / "target.mp4"), str(made / "copy.mp4"), "--same"])
    check_clips._refuse_same_clip(settings)


def test_clips_of_another_size_are_not_hashed(made, monkeypatch):
    monkeypatch.setattr(check_clips, "digest_clip", None)
    check_clips._refuse_same_clip(parse([str(made / "target.mp4"), str(made / "donor.mkv")]))


def test_a_range_beyond_the_end_goes_on_with_a_note(made):
    clip = video.open_clip(made / "target.mp4")
    check_clips._check_range(clip, "--frames", (10, 50))
    assert clip.notes == [f"{clip.path} has only 20 frames: --frames ends with frame 19"]


def test_a_disk_that_is_too_small_is_known_at_once(made, tmp_path, monkeypatch, capsys):
    usage = type("Usage", (), {"free": 10e6})
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert pipeline.main(arguments(made, tmp_path)) == 6
    assert "and its disk has 10 MB left" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_range_that_only_decoding_shows_to_be_empty_is_refused_before_training(
    made, tmp_path, monkeypatch, capsys
):
    """Matroska does not count its frames."""
    images = [np.array(frame.image) for frame in video.open_clip(made / "donor.mp4")]
    make_clip(tmp_path / "target.mkv", images)
    words = arguments(made, tmp_path, "--frames", "30:40")
    words[0] = str(tmp_path / "target.mkv")
    assert pipeline.main(words) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert "none of its 20 frames is in --frames 30:40" in last
    assert not (tmp_path / "run" / "checkpoints").exists()


@pytest.mark.parametrize(
    "words, said",
    [
        (["--seed", "-1"], "not in 0 to"),
        (["--seed", "1.5"], "not a whole number"),
        (["--face", "1,2,3"], "'1,2,3' is neither"),
        (["--face", "-1"], "is neither"),
        (["--face", "nan,1"], "is neither"),
        (["--donor-face", "inf,1"], "is neither"),
        (["--quality", "60"], "60 is not in 0 to 51"),
        (["--size", "1000000"], "not in 32 to 4096"),
        (["--batch", "100000000"], "not in 1 to 512"),
        (["--turn", "45"], "invalid choice"),
        (["--preset", "seed", "--colour", "net"], "--colour net has not learnt"),
        (["--replay", "run.json"], "--replay takes TARGET, DONOR from the record"),
    ],
)
def test_a_wrong_option_is_said_in_a_few_words(words, said, capsys):
    with pytest.raises(SystemExit) as stopped:
        parse(["a.mp4", "b.mp4", *words])
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert stopped.value.code == 2 and said in last and len(last) < 150
