"""Run folders do not collide, and the one that continues is found by what it is made from."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from stages.options import parse
from stages.places import choose_places, claim_folder
from stages.run import Run
from stages.start import prepare


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in "abc":
        Path(f"{name}.mp4").write_text(name)
    return tmp_path


def _start(*words):
    """The places of a run that is begun with these arguments, as strings."""
    settings = choose_places(parse([*words]))
    assert claim_folder(settings)
    with Run(settings):
        pass
    return str(settings.folder), str(settings.output)


def test_two_pairs_without_a_name_get_their_own_folders_and_outputs(home):
    assert _start("a.mp4", "b.mp4") == ("runs/swap", "swap.mp4")
    assert _start("a.mp4", "c.mp4") == ("runs/swap-2", "swap-2.mp4")
    assert _start("a.mp4", "b.mp4", "--seed", "1") == ("runs/swap-3", "swap-3.mp4")
    assert _start("a.mp4", "c.mp4") == ("runs/swap-2", "swap-2.mp4")
    assert _start("a.mp4", "b.mp4", "--frames", "0:9") == ("runs/swap", "swap.mp4")


def test_the_same_stem_in_two_folders_has_two_runs(home):
    assert _start("a.mp4", "b.mp4", "-o", "x/out.mp4") == ("runs/out", "x/out.mp4")
    assert _start("a.mp4", "b.mp4", "-o", "y/out.mp4") == ("runs/out-2", "y/out.mp4")
    assert _start("a.mp4", "b.mp4", "-o", "x/out.mp4") == ("runs/out", "x/out.mp4")


def test_another_format_of_the_same_output_continues_the_same_run(home):
    assert _start("a.mp4", "b.mp4", "-o", "out.mp4")[0] == "runs/out"
    assert _start("a.mp4", "b.mp4", "-o", "out.mkv")[0] == "runs/out"


def test_a_file_of_yours_called_swap_stays(home):
    Path("swap.mp4").write_text("mine")
    assert _start("a.mp4", "b.mp4") == ("runs/swap-2", "swap-2.mp4")


def test_a_folder_that_is_no_run_is_never_touched(home):
    Path("runs/out").mkdir(parents=True)
    assert _start("a.mp4", "b.mp4", "-o", "out.mp4")[0] == "runs/out-2"
    assert list(Path("runs/out").iterdir()) == []


@pytest.mark.parametrize("text", ["{", '{"format": 1, "results": {}}', "[[" * 9999])
def test_a_damaged_or_old_run_is_named_and_left_alone(home, capsys, text):
    _start("a.mp4", "b.mp4")
    Path("runs/swap/run.json").write_text(text)
    assert _start("a.mp4", "b.mp4") == ("runs/swap-2", "swap-2.mp4")
    assert "note: runs/swap is not continued" in capsys.readouterr().err
    assert Path("runs/swap/run.json").read_text() == text


def test_of_two_programs_started_at_once_one_takes_the_next_folder(home):
    asked = [parse(["a.mp4", donor]) for donor in ("b.mp4", "c.mp4")]
    first, second = map(choose_places, asked)
    assert first.folder == second.folder
    assert claim_folder(first) and not claim_folder(second)
    assert str(choose_places(asked[1]).folder) == "runs/swap-2"


def test_a_run_is_found_after_folder_and_output_were_moved_together(home):
    _start("a.mp4", "b.mp4")
    (home / "new").mkdir()
    for name in ("runs", "a.mp4", "b.mp4"):
        Path(name).rename(home / "new" / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home / "new")
        assert _start("a.mp4", "b.mp4") == ("runs/swap", "swap.mp4")


def test_a_named_run_folder_keeps_its_output(home):
    assert _start("a.mp4", "b.mp4", "--run", "r") == ("r", "swap.mp4")
    Path("swap.mp4").write_text("its output")
    assert _start("a.mp4", "b.mp4", "--run", "r") == ("r", "swap.mp4")
    assert _start("a.mp4", "c.mp4", "--run", "s") == ("s", "swap-2.mp4")


def test_a_demo_with_another_seed_has_its_own_folder(home):
    assert _demo() == "runs/demo/swap.mp4"
    assert _demo("--seed", "1") == "runs/demo-2/swap.mp4"
    assert _demo() == "runs/demo/swap.mp4"


def test_a_demo_that_was_stopped_while_rendering_goes_on_in_its_folder(home, monkeypatch):
    (home / "runs" / "demo").mkdir(parents=True)
    (home / "runs" / "demo" / "target.mp4").write_text("rendered")
    claims = iter([claim_folder])  # a second try would raise StopIteration, not go on for ever
    monkeypatch.setattr("stages.start.claim_folder", lambda settings: next(claims)(settings))
    assert prepare(parse([])).folder == Path("runs/demo")


def _demo(*words):
    settings = choose_places(parse([*words]))
    settings.folder.mkdir(parents=True, exist_ok=True)
    for clip in (settings.target, settings.donor):
        assert clip.parent == settings.folder
        clip.write_text("rendered")
    with Run(settings):
        return str(settings.output)


def _finish(*words):
    settings = choose_places(parse([*words]))
    with Run(settings) as run:
        run.result(schedule=[0.0], output={"sha256": "0" * 64})
    return settings


def test_a_replay_has_a_folder_of_its_own_each_time_and_continues_a_stopped_one(home):
    record = str(_finish("a.mp4", "b.mp4").folder / "run.json")
    first = choose_places(parse(["--replay", record]))
    assert (first.folder.name, first.output.name) == ("swap-replay", "swap-replay.mp4")
    with Run(first):
        pass
    assert choose_places(parse(["--replay", record])).folder == first.folder
    _finish("--replay", record)
    again = choose_places(parse(["--replay", record]))
    assert (again.folder.name, again.output.name) == ("swap-replay-2", "swap-replay-2.mp4")
    copy = choose_places(parse(["--replay", str(first.folder / "run.json")]))
    assert copy.folder.name == "swap-replay-replay" and copy.output.parent == home


def test_a_replay_works_from_any_folder_and_after_the_clips_were_moved(home, monkeypatch):
    _finish("a.mp4", "b.mp4")
    monkeypatch.chdir("/")
    settings = parse(["--replay", str(home / "runs/swap/run.json")])
    assert settings.target == home / "a.mp4" and settings.schedule == (0.0,)
    (home / "new").mkdir()
    for name in ("runs", "a.mp4", "b.mp4"):
        (home / name).rename(home / "new" / name)
    settings = parse(["--replay", str(home / "new/runs/swap/run.json")])
    assert settings.target == home / "new/a.mp4"
    assert choose_places(settings).output == home / "new/swap-replay.mp4"
    record = json.loads((home / "new/runs/swap/run.json").read_text())
    assert record["settings"]["target"] == str(home / "a.mp4")
    assert replace(settings, replay=None).same is False


def test_a_replay_takes_no_settings_from_the_command_line(home, capsys):
    record = str(_finish("a.mp4", "b.mp4").folder / "run.json")
    with pytest.raises(SystemExit):
        parse(["--replay", record, "--seed", "3", "-o", "o.mp4"])
    assert "--replay takes --seed from the record" in capsys.readouterr().err
