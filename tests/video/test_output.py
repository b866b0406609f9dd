import os
import time
from fractions import Fraction

import pytest
from PIL import Image

import video
from tests.clips import make_clip, picture

STATEMENT = "Synthetic media: made by a test"


def _write(path, count=3, comment=STATEMENT, fail=False):
    like = video.Clip(path, (64, 48), Fraction(25), count, Fraction(1, 25))
    with video.open_writer(path, like, comment=comment) as writer:
        for n in range(count):
            writer.write(picture(n), Fraction(n, 25))
        if fail:
            raise KeyError
    return path


def _snapshot(folder):
    return {
        str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None
        for p in folder.rglob("*")
        if not p.is_symlink() and (p.is_file() or p.is_dir())
    }


def _folder(path, *names):
    path.mkdir(parents=True)
    for name in names:
        (path / name).write_bytes(b"x")
    return path


REFUSED = {
    "a.webm": (None, "unknown kind"),
    ".": (None, "in use"),
    "..": (None, "in use"),
    "/": (None, "in use"),
    "sub/..": (lambda p: _folder(p.parent), "in use"),
    ".mp4": (None, "only a suffix"),
    "x.mp4": (lambda p: _folder(p), "is a folder"),
    "plain": (lambda p: p.write_bytes(b"x"), "is a file"),
    "plain/a.mp4": (lambda p: p.parent.write_bytes(b"x"), "plain is a file"),
    "plain/deep/a.mp4": (lambda p: p.parents[1].write_bytes(b"x"), "plain is a file"),
    "other.mp4": (lambda p: make_clip(p, [picture(0)]), "not made by this program"),
    "other.gif": (lambda p: Image.new("L", (9, 9)).save(p), "not made by this program"),
    "notes.mov": (lambda p: p.write_bytes(b"precious"), "not made by this program"),
    "frames": (lambda p: _folder(p, "000000.png"), "not empty"),
    "locked.mp4": (lambda p: (_write(p), p.chmod(0o444)), "write-protected"),
    "pipe.mp4": (lambda p: os.mkfifo(p), "pipe"),
    "/dev/null": (None, "device"),
    f"{'long' * 60}.mp4": (None, "at most"),
}


@pytest.mark.parametrize("name", REFUSED, ids=lambda name: name[:12])
def test_an_output_is_refused_at_once_and_nothing_is_touched(tmp_path, monkeypatch, name):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    make, words = REFUSED[name]
    if make:
        make(tmp_path / "here" / name)
    before, started = _snapshot(tmp_path), time.process_time()
    with pytest.raises(video.OutputError, match=words) as refused:
        video.check_output(name)
    assert time.process_time() - started < 0.5
    assert "\n" not in str(refused.value) and name in str(refused.value)
    assert _snapshot(tmp_path) == before


@pytest.mark.parametrize(
    "name", ["new.MP4", "a/b/new.mkv", "a b ü ' : %d.mp4", "-new.gif", "new/frames", "old.mp4"]
)
def test_an_output_that_may_be_written_passes_and_leaves_no_trace(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    _write(tmp_path / "old.mp4")
    before = _snapshot(tmp_path)
    video.check_output(name)
    assert _snapshot(tmp_path) == before
    assert len(list(video.open_clip(_write(tmp_path / name)))) == 3


def test_what_is_ours_is_replaced_and_an_empty_place_taken(tmp_path):
    _folder(tmp_path / "empty")
    (tmp_path / "empty.mp4").touch()
    video.check_output(tmp_path / "empty")
    video.check_output(tmp_path / "empty.mp4")
    frames = _write(tmp_path / "frames")
    video.check_output(frames, ours=True)
    with pytest.raises(video.OutputError, match="not empty"):
        video.check_output(frames)
    (frames / "notes.txt").write_text("mine")
    with pytest.raises(video.OutputError, match=r"notes\.txt"):
        video.check_output(frames, ours=True)
    make_clip(tmp_path / "other.mp4", [picture(0)])
    video.check_output(tmp_path / "other.mp4", ours=True)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path, monkeypatch):
    def refuse(dir):
        raise PermissionError(13, "Permission denied", str(dir))

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(video.OutputError, match="Permission denied"):
        video.check_output(tmp_path / "new" / "a.mp4")
    assert not list(tmp_path.iterdir())


def test_a_folder_of_pictures_holds_one_run_only(tmp_path):
    frames = _write(tmp_path / "frames", 5)
    _write(frames, 3)
    assert sorted(os.listdir(frames)) == [f"{n:06d}.png" for n in range(3)]
    assert os.listdir(tmp_path) == ["frames"]
    with pytest.raises(KeyError):
        _write(frames, 2, fail=True)
    assert len(os.listdir(frames)) == 3 and os.listdir(tmp_path) == ["frames"]


@pytest.mark.parametrize("kill_at", range(4))
def test_a_kill_while_a_folder_is_swapped_in_leaves_a_whole_one(tmp_path, monkeypatch, kill_at):
    """The process ends before one of the steps; what it left is mended by the next start."""
    frames, steps = _write(tmp_path / "frames", 5), []

    def step(action):
        def run(*arguments, **options):
            if len(steps) >= kill_at:
                raise SystemExit
            steps.append(action)
            return action(*arguments, **options)

        return run

    with monkeypatch.context() as m, pytest.raises(SystemExit):
        like = video.Clip(frames, (64, 48), Fraction(25), 3, Fraction(1, 25))
        writer = video.open_writer(frames, like).__enter__()
        for n in range(3):
            writer.write(picture(n), Fraction(n, 25))
        m.setattr("os.rename", step(os.rename))
        m.setattr("shutil.rmtree", step(__import__("shutil").rmtree))
        writer.publish()
        writer.discard()
        raise SystemExit  # all steps were done
    whole = [p for p in tmp_path.iterdir() if p.name in ("frames", ".old-frames")]
    assert whole and all(len(os.listdir(p)) in (3, 5) for p in whole)
    with pytest.raises(KeyError):
        _write(frames, 1, fail=True)  # a start that fails mends, and changes nothing else
    assert os.listdir(tmp_path) == ["frames"] and len(os.listdir(frames)) in (3, 5)


def test_a_writer_never_replaces_a_folder_with_other_files(tmp_path):
    _folder(tmp_path / "frames", "thesis.txt")
    with pytest.raises(video.OutputError, match=r"thesis\.txt"):
        _write(tmp_path / "frames")
    assert os.listdir(tmp_path / "frames") == ["thesis.txt"]


def test_a_link_stays_and_what_it_points_to_is_written(tmp_path):
    for name in ("clip.mp4", "frames"):
        (tmp_path / "disk").mkdir(exist_ok=True)
        (tmp_path / name).symlink_to(tmp_path / "disk" / name)
        video.check_output(tmp_path / name)
        _write(tmp_path / name)
        assert (tmp_path / name).is_symlink() and (tmp_path / "disk" / name).exists()
    assert sorted(os.listdir(tmp_path / "disk")) == ["clip.mp4", "frames"]


def test_a_writer_that_cannot_start_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("video.encoded.H264Writer.codec", "no_such_codec")
    with pytest.raises((video.OutputError, ValueError)):
        _write(tmp_path / "a.mp4")
    assert not list(tmp_path.iterdir())
