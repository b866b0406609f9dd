"""`python -m actors`: what it refuses before it renders, and what it replaces."""

import shutil

import pytest

import video
from actors import __main__ as command
from actors.__main__ import main
from examples.drawn import draw_face
from tests.clips import make_clip


def _arguments(*more):
    small = ["--size", "32", "--frames", "2", "--threads", "1", "--silent"]
    return [*small, *map(str, more)]


def _contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def no_rendering(monkeypatch):
    def render(*_):
        raise AssertionError("rendered before everything was checked")

    monkeypatch.setattr(command, "_build_scene", render)
    monkeypatch.setattr(command, "render_sheet", render)


def _make_place(folder):
    """A folder of the user's own things."""
    (folder / "file").write_text("mine")
    (folder / "dir").mkdir()
    (folder / "dir" / "notes.txt").write_text("mine")
    (folder / "folder.mp4").mkdir()
    make_clip(folder / "holiday.mp4", [draw_face()] * 2)
    (folder / "sidecar.mp4.json").write_text('{"mine": true}')
    (folder / "picture.png").write_bytes(b"mine")


@pytest.mark.parametrize(
    "options, words",
    [
        (["-o", "a.webm"], "unknown kind of output"),
        (["-o", "."], "folder"),
        (["-o", ".."], "folder"),
        (["-o", "folder.mp4"], "is a folder"),
        (["-o", "file"], "is a file"),
        (["-o", "dir"], "not empty"),
        (["-o", "holiday.mp4"], "was not made by this program"),
        (["-o", "sidecar.mp4"], "sidecar.mp4.json is no record of ours"),
        (["-o", "file/a.mp4"], "cannot be written"),
        (["--truth", "dir"], "dir holds other files (notes.txt)"),
        (["--truth", "file"], "is a file"),
        (["--truth", "file/x"], "cannot be written"),
        (["--truth", "."], "lie in each other"),
        (["-o", "new", "--truth", "new/truth"], "lie in each other"),
        (["-o", "new", "--truth", "new"], "lie in each other"),
        (["--sheet", "picture.png"], "was not made by this program"),
        (["--sheet", "file/a.png"], "cannot be written"),
    ],
)
def test_a_place_that_may_not_be_written_is_refused_before_rendering(
    tmp_path, monkeypatch, capsys, no_rendering, options, words
):
    monkeypatch.chdir(tmp_path)
    _make_place(tmp_path)
    before = _contents(tmp_path)
    assert main(_arguments(*options)) == 6
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and words in lines[0]
    assert _contents(tmp_path) == before


@pytest.mark.parametrize(
    "options, words",
    [
        (["--frames", "-1"], "at least one frame"),
        (["--frames", "1e9"], "--frames"),
        (["--frames", "1000000000"], "at most 600 seconds: 15000 frames"),
        (["--rate", "1", "--frames", "601"], "at most 600 seconds"),
        (["--rate", "inf"], "frames a second"),
        (["--rate", "1e9"], "frames a second"),
        (["--size", "0"], "32 to 4096"),
        (["--size", "3"], "32 to 4096"),
        (["--size", "99999"], "32 to 4096"),
        (["--size", "-5"], "--size"),
        (["--actor", "9" * 5000], "at most 18 digits"),
        (["--performance", "1.5"], "whole number"),
        (["--hard", "hand,x"], "unknown option x"),
        (["--quality", "60"], "0 to 51"),
        (["--quality", "-1"], "0 to 51"),
        (["--sheet", "a.png", "--truth", "t"], "--sheet"),
    ],
)
def test_odd_values_are_one_short_line_and_code_2(tmp_path, monkeypatch, capsys, options, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(_arguments(*options))
    *_, last = capsys.readouterr().err.splitlines()
    assert stopped.value.code == 2 and words in last and len(last) < 200
    assert "invalid choice" not in last and not list(tmp_path.iterdir())


def test_odd_values_that_mean_something_work(tmp_path):
    huge = ["--actor", "9" * 18, "--performance", "9" * 18, "--face", "9" * 18]
    places = ["-o", tmp_path / "a.mkv", "--truth", tmp_path / "t"]
    assert main(_arguments(*huge, "--rate", "240", "--hard", ",", *places)) == 0
    clips = (video.open_clip(tmp_path / name) for name in ("a.mkv", "t/swap.mkv"))
    for frame, swap in zip(*clips, strict=True):  # with their own face: nearly the same
        assert abs(frame.image.astype(int) - swap.image).mean() < 3


def test_its_own_truth_is_replaced_whole_and_anothers_refused(tmp_path, capsys):
    truth = tmp_path / "t"

    def film(name, frames, *more):
        return main(_arguments("--frames", frames, "-o", tmp_path / name, "--truth", truth, *more))

    def names():
        return {p.relative_to(truth).as_posix() for p in truth.rglob("*") if p.is_file()}

    always = {"truth.jsonl", "belongs_to.json", "sha256.json"}
    first = {"mask/000000.png", "visible/000000.png"}
    assert film("a.mkv", 2, "--face", 3) == 0
    second = {"mask/000001.png", "visible/000001.png"}
    assert names() == always | first | second | {"swap.mkv", "swap.mkv.json"}
    assert film("b.mkv", 1) == 6 and not (tmp_path / "b.mkv").exists()
    assert "t holds the truth of the rendered clip a.mkv" in capsys.readouterr().err
    shutil.copy(tmp_path / "a.mkv", truth / ".part-swap.mkv")  # as a kill leaves it
    assert film("a.mkv", 1) == 0
    assert names() == always | first
    assert len((truth / "truth.jsonl").read_text().splitlines()) == 1


def test_its_own_folder_of_pictures_is_replaced_whole(tmp_path, capsys):
    for frames in (3, 2):
        assert main(_arguments("--frames", frames, "-o", tmp_path / "pictures")) == 0
    assert len(list((tmp_path / "pictures").iterdir())) == 2
    (tmp_path / "pictures" / "000007.png").write_bytes(b"another's")
    assert main(_arguments("-o", tmp_path / "pictures")) == 6
    assert "not empty" in capsys.readouterr().err
