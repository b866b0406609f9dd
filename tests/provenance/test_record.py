"""What `python -m provenance` says of the record beside a file or folder is true in each case."""

import json
import shutil
from fractions import Fraction

import av
import pytest
from PIL import Image

import video
from provenance import __main__ as command
from provenance import record
from tests.clips import picture

FRAMES, SIZE = 6, (64, 48)


@pytest.fixture(autouse=True)
def no_search(monkeypatch):
    monkeypatch.setattr(command, "find_marks", lambda *_: [])


def _write(path, first=0, frames=FRAMES):
    """Write a clip or a folder of pictures, with a record; returns its path."""
    like = video.Clip(path, SIZE, Fraction(25), frames, Fraction(1, 25))
    with video.open_writer(path, like, comment=record.STATEMENT_REPLACED) as writer:
        for number in range(frames):
            writer.write(picture(first + number, SIZE), Fraction(number, 25))
    record.write(path, record.Record(record.STATEMENT_REPLACED, frames, {}, [1, 2], True))
    return path


def _describe(path):
    """The record's line and the notes."""
    found = command.examine(path, None, 30)
    lines = command.describe(found)
    return next(line for line in lines if "record:" in line), found["notes"]


def _mix_two(folder):
    """Today's mix: pictures of a longer run that another one wrote over, and then recorded."""
    Image.fromarray(picture(30, SIZE)).save(folder / "000006.png")
    record.write(folder, record.Record(record.STATEMENT_REPLACED, FRAMES, {}, [1, 2], True))


def _swap_two(folder):
    (folder / "000001.png").rename(folder / "x")
    (folder / "000002.png").rename(folder / "000001.png")
    (folder / "x").rename(folder / "000002.png")


def _change_one(folder):
    Image.fromarray(picture(30, SIZE)).save(folder / "000003.png")


def _rename_one(folder):
    (folder / "000003.png").rename(folder / "000009.png")


def _add_one(folder):
    shutil.copy(folder / "000003.png", folder / "000006.png")


def _remove_one(folder):
    (folder / "000003.png").unlink()


CHANGES = [_mix_two, _swap_two, _change_one, _rename_one, _add_one, _remove_one]


@pytest.mark.parametrize("change", CHANGES)
def test_a_folder_fits_only_with_every_picture_of_its_record(tmp_path, change):
    folder = _write(tmp_path / "out")
    assert "fits; replaced in frames 1 to 2" in _describe(folder)[0]
    change(folder)
    assert "does not fit: a picture was changed, renamed" in _describe(folder)[0]
    one, _ = _describe(folder / "000000.png")
    assert "out.json, that of the folder, does not fit" in one


def test_what_file_managers_leave_changes_nothing(tmp_path):
    folder = _write(tmp_path / "out")
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "._000000.png"):
        (folder / name).write_bytes(b"\0\5\x16\7")
    line, notes = _describe(folder)
    assert "fits; replaced in frames 1 to 2" in line and not notes


def test_a_picture_of_a_folder_is_judged_by_the_record_of_the_folder(tmp_path, monkeypatch):
    folder = _write(tmp_path / "out")
    monkeypatch.chdir(folder)
    for path in (folder / "000002.png", type(folder)("000002.png")):
        assert _describe(path)[0].endswith("that of the folder, fits; this is frame 2, replaced")
    assert _describe(folder / "000003.png")[0].endswith("this is frame 3, left as it was")
    shutil.copy(folder / "000002.png", tmp_path / "alone.png")
    assert "none beside it" in _describe(tmp_path / "alone.png")[0]


@pytest.mark.parametrize("name", [".", "../out", "../../{}/out"])
def test_a_folder_by_any_name_has_its_record(tmp_path, monkeypatch, name):
    monkeypatch.chdir(_write(tmp_path / "out"))
    path = type(tmp_path)(name.format(tmp_path.name))
    assert "fits; replaced in frames 1 to 2" in _describe(path)[0]


def test_pictures_of_which_only_some_say_that_they_are_made_are_counted(tmp_path):
    folder = _write(tmp_path / "out")
    Image.fromarray(picture(30, SIZE)).save(folder / "000000.png")
    line, notes = _describe(folder)
    assert notes == [f"only 5 of the 6 pictures in {folder} have this statement"]
    assert video.read_comment(folder) == ""  # of the first one, which is not ours


def _remux(source, target, frames):
    """Copy the packets of the first frames, without coding them again."""
    with av.open(str(source)) as container, av.open(str(target), "w") as out:
        out.metadata.update(container.metadata)
        stream = out.add_stream_from_template(container.streams.video[0])
        for packet in list(container.demux(video=0))[:frames]:
            packet.stream = stream
            out.mux(packet)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".gif"])
def test_the_record_of_a_clip_fits_that_clip_only(tmp_path, suffix):
    clip, other = _write(tmp_path / f"a{suffix}"), _write(tmp_path / f"b{suffix}", first=9)
    assert f"{clip}.json fits; replaced in frames 1 to 2" in _describe(clip)[0]
    moved = tmp_path / f"renamed{suffix}"
    shutil.copy(clip, moved)
    assert "none beside it" in _describe(moved)[0]
    shutil.copy(f"{clip}.json", f"{moved}.json")
    assert "fits; replaced in frames 1 to 2" in _describe(moved)[0]
    shutil.copy(f"{other}.json", f"{moved}.json")
    assert "does not fit: the file was changed since, or the record" in _describe(moved)[0]
    clip.write_bytes(clip.read_bytes()[:-1])
    line, _ = _describe(clip)
    assert "does not fit: the file was changed" in line and "frames" not in line


@pytest.mark.parametrize("suffix, frames", [(".mp4", FRAMES), (".mp4", 3), (".mkv", 3)])
def test_a_clip_that_was_copied_into_another_file_or_cut_does_not_fit(tmp_path, suffix, frames):
    clip = _write(tmp_path / f"a{suffix}")
    again = tmp_path / f"b{suffix}"
    _remux(clip, again, frames)
    again.replace(clip)
    assert "does not fit" in _describe(clip)[0]
    assert video.says_synthetic(clip)


def test_the_record_of_an_output_that_was_deleted_is_still_a_record(tmp_path):
    """So that the run which made it may write it anew."""
    clip = tmp_path / "a.mp4"
    clip.write_bytes(b"pixels")
    record.write(clip, record.Record("Synthetic media", frames=1, settings={}))
    assert record.read(clip)["fits"]
    clip.unlink()
    assert not record.read(clip)["fits"]


def test_a_record_that_claims_its_own_verdict_is_not_believed(tmp_path):
    folder = _write(tmp_path / "out")
    file = tmp_path / "out.json"
    claims = {"fits": True, "frame": 3, "path": "elsewhere"}
    content = json.loads(file.read_text()) | claims
    content["output"]["sha256"] = "0" * 64
    file.write_text(json.dumps(content))
    found = record.read(folder)
    assert not found["fits"] and found["frame"] is None and found["path"] == str(file)
