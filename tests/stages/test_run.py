"""The run folder: finished stages are not repeated, and a folder of another run is refused."""

import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from stages import replay
from stages.cache import Stage
from stages.command import list_options, resume_command
from stages.options import parse
from stages.run import Run
from stages.run_record import RunError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(tmp_path):
    for name in ("target.mp4", "donor.mp4"):
        (tmp_path / name).write_text(name)
    clips = [str(tmp_path / "target.mp4"), str(tmp_path / "donor.mp4")]
    return parse([*clips, "-o", str(tmp_path / "out.mp4"), "--run", str(tmp_path / "run")])


def _make(settings, made_from, goal=None):
    """Run a stage that writes a.txt and b.txt, and returns a.txt. Gives the files it found."""
    found = []
    stage = Stage("stage", {"from": made_from}, ("target/*.txt",), goal and {"goal": goal})
    with Run(settings) as run:

        def work():
            found.append(sorted(path.name for path in run.path.glob("target/*.txt")))
            for name in "ab":
                (run.path / "target" / f"{name}.txt").write_text(f"{name} {made_from}")
            return [run.path / "target" / "a.txt"]

        assert run.make(stage, work) == bool(found)
    return found


def test_a_finished_stage_does_not_run_again(settings):
    assert _make(settings, 1) == [[]]
    assert _make(settings, 1) == []


def test_files_made_from_something_else_are_deleted_and_made_anew(settings):
    _make(settings, 1)
    assert _make(settings, 2) == [[]]
    assert (settings.folder / "target" / "a.txt").read_text() == "a 2"


def test_files_of_which_the_record_says_nothing_are_not_used(settings):
    _make(settings, 1)
    file = settings.folder / "run.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"stages": {}}))
    assert _make(settings, 1) == [[]]


def test_the_log_takes_a_name_that_is_not_utf_8(settings):
    with Run(settings) as run:
        run.log("b\udcff.mp4")
    assert (settings.folder / "log.txt").read_bytes().endswith(b" b\xff.mp4\n")


def test_with_another_goal_a_stage_continues_from_the_files_it_made(settings):
    _make(settings, 1, goal=1)
    assert _make(settings, 1, goal=2) == [["a.txt", "b.txt"]]


def test_a_file_that_was_deleted_or_changed_is_made_again(settings):
    _make(settings, 1)
    (settings.folder / "target" / "b.txt").write_text("its content does not count")
    assert _make(settings, 1) == []
    (settings.folder / "target" / "b.txt").unlink()
    assert _make(settings, 1) == [["a.txt"]]
    (settings.folder / "target" / "a.txt").write_text("its content counts")
    assert _make(settings, 1) == [["a.txt", "b.txt"]]


def test_an_interrupted_stage_continues_in_the_next_run(settings):
    stage = Stage("stage", {"from": 1}, ("target/*.txt",))

    def interrupted():
        (settings.folder / "target" / "a.txt").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Run(settings) as run:
        run.make(stage, interrupted)
    assert _make(settings, 1) == [["a.txt"]]


def test_a_folder_that_was_moved_is_checked_in_its_new_place(settings):
    _make(settings, 1)
    moved = replace(settings, folder=settings.folder.with_name("moved"))
    settings.folder.rename(moved.folder)
    assert _make(moved, 1) == []
    (moved.folder / "target" / "a.txt").write_text("changed")
    assert _make(moved, 1) == [["a.txt", "b.txt"]]


def _make_folder_of_format_1(settings):
    """A folder as the program left it before its records had a format."""
    with Run(settings) as run:
        run.result(schedule=[0.0], output={"sha256": "0" * 64})
    file = settings.folder / "run.json"
    record = json.loads(file.read_text())
    del record["format"], record["stages"]
    file.write_text(json.dumps(record))
    return file


def test_a_folder_of_an_earlier_version_is_refused_with_its_name(settings):
    before = _make_folder_of_format_1(settings).read_bytes()
    with pytest.raises(RunError) as refused:
        Run(settings)
    assert str(refused.value) == (
        f"{settings.folder} was made by an earlier version of this program (format 1, this one "
        "writes 3); finish it with that version, or choose another folder with --run"
    )
    assert (settings.folder / "run.json").read_bytes() == before


def test_a_record_of_an_earlier_version_is_not_replayed(settings):
    file = _make_folder_of_format_1(settings)
    with pytest.raises(RunError, match="format 1, this one writes 3.*replay it with that version"):
        replay.read(file)


@pytest.mark.parametrize("option", [["--seed", "1"], ["--colour", "reinhard"], ["--batch", "3"]])
def test_a_folder_of_a_run_with_other_settings_is_refused(settings, option):
    with Run(settings):
        pass
    clips = [str(settings.target), str(settings.donor), "-o", str(settings.output)]
    other = parse([*clips, "--run", str(settings.folder), *option])
    with pytest.raises(RunError, match=f"with other {option[0][2:]}"):
        Run(other)


WORDS = ["--colour", "none", "--face", "3,4", "--frames", "2:", "--rounds", "2", "--no-mark"]
WORDS += ["--learn-frames", "1:9", "--donor-frames", ":7", "--turn", "90", "--same"]
WORDS += ["--preset", "seed", "--batch", "3", "--threads", "1", "--min-size", "30"]


def test_the_command_line_of_a_record_gives_the_settings_it_was_made_with(settings):
    clips = [str(settings.target), str(settings.donor), "-o", str(settings.output)]
    original = parse([*clips, "--run", str(settings.folder), *WORDS])
    with Run(original) as run:
        words = sum(list_options(run.record["settings"]), ["--threads", "1"])
    assert parse([*clips, "--run", str(settings.folder), *words]) == original


def test_the_command_to_continue_can_be_pasted_in_any_folder(tmp_path, monkeypatch):
    names = ["a clip.mp4", "it's.mp4", "-o", "o $x.mp4", "--run", "r;s", "--truth", "t"]
    monkeypatch.chdir(tmp_path)
    settings = parse([*names, *WORDS])
    command = resume_command(settings)
    monkeypatch.chdir("/")
    program, file, *words = shlex.split(command)
    assert program == sys.executable and Path(file).samefile(ROOT / "pipeline.py")
    pasted = parse(words)
    assert pasted.as_record() == json.loads(json.dumps(pasted.as_record()))
    places = ("target", "donor", "output", "folder", "truth")
    there = {name: tmp_path / getattr(settings, name) for name in places}
    assert pasted == replace(settings, **there)


def test_the_command_names_only_what_is_not_at_its_default(settings):
    command = resume_command(parse([str(settings.target), str(settings.donor), "-o", "/o.mp4"]))
    assert shlex.split(command)[2:] == [str(settings.target), str(settings.donor), "-o", "/o.mp4"]


def test_the_installed_program_is_called_by_its_name(settings, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/somewhere/bin/faceswap-np"])
    assert resume_command(settings).split()[0] == "/somewhere/bin/faceswap-np"


def test_what_a_killed_sitting_left_half_written_is_removed(settings):
    with Run(settings) as run:
        made_from = {"output": str(settings.output)}
        run.record["stages"]["write"] = {"made_from": made_from}
        run.save()
    left = ["previews/.part-0000.png", "target/.part-manifest.jsonl", ".part-run.json"]
    left = [settings.folder / name for name in (*left, "checkpoints/.part-000001.npz")]
    left.append(settings.output.with_name(f".part-{settings.output.name}"))
    (settings.folder / "checkpoints").mkdir()
    for path in left:
        path.write_text("half")
    others = settings.output.with_name(".part-other.mp4")
    others.write_text("of another run")
    with Run(settings):
        assert not [path for path in left if path.exists()] and others.exists()
