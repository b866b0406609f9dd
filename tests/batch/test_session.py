"""Many tiny jobs through the command line and a real cluster, and what happens when it dies."""

import json
import os
import signal
import sys

import psutil
import pytest

from batch.__main__ import main
from batch.set_settings import settle
from files import lock

from .session import finish, list_workers, read_table, run, start, wait_until, write_jobs

PEOPLE = 20  # clips, each of which is target of ten swaps


@pytest.fixture(scope="module", autouse=True)
def template(example):
    """What every tiny swap is a copy of."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STAND_IN_TEMPLATE", str(example / "work"))
        yield


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """200 jobs, three of which fail: the folder, and what the session told."""
    folder = tmp_path_factory.mktemp("many")
    clips = [f"clip_{n}.mp4" for n in range(PEOPLE)]
    rows = [f"{clips[n]},{clips[(n + k) % PEOPLE]}," for n in range(PEOPLE) for k in range(1, 11)]
    rows[9], rows[99] = "fail.mp4,clip_1.mp4,--seed 3", "crash.mp4,clip_1.mp4,"
    rows[150] = "kill-worker.mp4,clip_1.mp4,"
    write_jobs(folder, rows)
    return folder, run(folder, "--workers", "2")


def _states(folder):
    found = (folder / "set" / "work" / "swaps").glob("*/status.json")
    return {path.parent.name: json.loads(path.read_text()) for path in found}


def test_all_jobs_end_and_failures_are_rows_with_reasons(many):
    folder, (code, told, problems) = many
    assert code == 1, problems
    lines = told.splitlines()
    assert len(lines) == 200 and sum(": done, " in line for line in lines) == 197
    assert (
        "Dask's dashboard: http" in problems and "197 done" in problems and "3 failed" in problems
    )
    failures = {row["target"]: row for row in read_table(folder / "set" / "failures.csv")}
    assert {name: failures[name]["row"] for name in failures} == {
        "fail.mp4": "10",
        "crash.mp4": "100",
        "kill-worker.mp4": "151",
    }
    reasons = {name: row["reason"] for name, row in failures.items()}
    assert reasons["fail.mp4"] == "too few faces in fail.mp4"  # no path of this machine
    assert "SIGKILL" in reasons["crash.mp4"] and "worker" in reasons["kill-worker.mp4"]
    states = [state["code"] for state in _states(folder).values()]
    assert sorted(states)[:2] == [-9, -9] and states.count(0) == 197 and states.count(5) == 1


def test_a_clip_that_many_jobs_use_is_searched_once(many):
    searched = (many[0] / "set" / "work" / "detections" / "searches.txt").read_text().split()
    assert sorted(searched) == sorted({f"clip_{n}.mp4" for n in range(PEOPLE)})


def test_nothing_is_done_twice_and_failures_only_with_retry(many, monkeypatch, capsys):
    folder, _ = many
    made = {path: path.stat().st_mtime_ns for path in (folder / "set").rglob("*.mp4")}
    before = _states(folder)
    monkeypatch.chdir(folder)
    assert main(["jobs.csv", "-o", "set"]) == 1  # here: no cluster is needed for it
    assert capsys.readouterr().out.count("skipped") == 200 and _states(folder) == before
    for name in ("fail", "kill-worker"):
        (folder / f"{name}.mp4").write_text(f"fine now, {name}")  # another clip, so another job
    (folder / "set" / "work" / "swaps" / next(iter(before)) / "swap.mp4").unlink(missing_ok=True)
    code, told, problems = run(folder, "--retry", "--workers", "1")
    assert code == 1 and "199 done" in problems and "1 failed" in problems
    assert "crash.mp4, clip_1.mp4: failed (-9)" in told  # done again, three times
    again = {path: path.stat().st_mtime_ns for path in made}
    assert sum(again[path] != made[path] for path in made) <= 1


def _kill(process):
    """Kill the client, and see that its workers and their jobs end with it."""
    family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    finish(process)
    assert psutil.wait_procs(family, timeout=20)[1] == []


def test_a_set_survives_the_death_of_a_worker_and_of_the_client(tmp_path):
    rows = [f"slow_{n}.mp4,clip.mp4," for n in range(6)]
    write_jobs(tmp_path / "calm", rows)
    write_jobs(tmp_path / "hit", rows)
    assert run(tmp_path / "calm", "--workers", "1", STAND_IN_SECONDS="0")[0] == 0
    process = start(tmp_path / "hit", "--workers", "2")
    folder = tmp_path / "hit"
    wait_until(lambda: len(_states(folder)) >= 1)
    for worker in list_workers(process)[:1]:
        worker.kill()
    wait_until(lambda: len(_states(folder)) >= 3)
    _kill(process)
    code, told, problems = run(folder, "--workers", "2")
    assert code == 0 and told.count("skipped") >= 3, problems
    index = [(tmp_path / name / "set" / "index.csv").read_bytes() for name in ("calm", "hit")]
    assert index[0] == index[1]


def test_ctrl_c_ends_all_processes_and_says_how_to_go_on(tmp_path):
    write_jobs(tmp_path, [f"slow_{n}.mp4,clip.mp4," for n in range(2)])
    process = start(tmp_path, "--workers", "1", STAND_IN_SECONDS="60")
    started = tmp_path / "set" / "work" / "swaps"
    wait_until(lambda: list(started.glob("*/output.txt")))
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    code, _, problems = finish(process)
    assert code == 130 and "The same command continues" in problems
    assert "Traceback" not in problems
    assert psutil.wait_procs(family, timeout=20)[1] == []


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_set_in_use_or_of_other_threads_is_refused(here, capsys):
    write_jobs(here, ["a.mp4,b.mp4,"])
    (here / "set" / "work").mkdir(parents=True)
    held = lock(here / "set" / "work" / "lock")
    try:
        assert main(["jobs.csv", "-o", "set"]) == 7
    finally:
        held.release()
    assert f"in use by another process ({os.getpid()})" in capsys.readouterr().err
    assert main(["jobs.csv", "-o", "set", "--dry-run"]) == 0
    settle(here / "set" / "work", None, None)
    assert main(["jobs.csv", "-o", "set", "--threads", "2"]) == 7
    assert "was begun with --threads 1" in capsys.readouterr().err
    (here / "other").mkdir()
    (here / "other" / "letter.txt").touch()
    assert main(["jobs.csv", "-o", "other"]) == 7
    assert "letter.txt" in capsys.readouterr().err


def test_more_workers_than_the_machine_carries_are_refused(here, capsys, monkeypatch):
    write_jobs(here, ["a.mp4,b.mp4,"])
    assert main(["jobs.csv", "-o", "set", "--workers", "999"]) == 8
    monkeypatch.setattr("batch.cluster._free_mb", lambda: 1500.0)
    assert main(["jobs.csv", "-o", "set", "--workers", "2"]) == 8
    assert "2 jobs need some" in capsys.readouterr().err


def test_a_dry_run_makes_nothing(here, capsys):
    write_jobs(here, ["a.mp4,b.mp4,", "b.mp4,a.mp4,--rounds 4", "b.mp4,a.mp4,--rounds=4"])
    assert main(["jobs.csv", "-o", "set", "--dry-run"]) == 0
    told, problems = capsys.readouterr()
    assert not (here / "set").exists()
    assert "row 1: a.mp4, b.mp4: to do" in told and "2 jobs: 2 to do" in told
    assert "row 3 asks for what row 2 asks for" in problems
    assert "1 jobs train by the clock" in told


def test_without_dask_a_line_says_what_to_install(here, capsys, monkeypatch):
    write_jobs(here, ["a.mp4,b.mp4,"])
    monkeypatch.setitem(sys.modules, "dask", None)
    assert main(["jobs.csv", "-o", "set"]) == 9
    problems = capsys.readouterr().err
    assert "pip install '.[batch]'" in problems and problems.count("\n") == 1
    assert not (here / "set").exists()
