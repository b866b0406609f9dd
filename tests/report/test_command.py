"""python -m report, and the page that a run keeps: also when it is killed, or cannot be written."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import pipeline
from files import digest, lock
from report import PageWatcher, screenshot, watch
from report.__main__ import IN_USE_CODE, main
from stages.options import parse
from stages.run import Run
from tests.arguments import arguments

from .conftest import edit_record, make_clips
from .test_page import check_whole

ROOT = Path(__file__).parents[2]


def test_the_page_is_written_again_and_nothing_else_changes(run_copy, capsys):
    kept = {p.name: digest(p) for p in run_copy.iterdir() if p.is_file()}
    before = (run_copy / "index.html").read_text()
    (run_copy / "index.html").unlink()
    (run_copy / "report.json").unlink()
    assert main([str(run_copy), "--threads", "1"]) == 0
    assert capsys.readouterr().out == f"{run_copy / 'index.html'}\n"
    after = (run_copy / "index.html").read_text()
    check_whole(after)
    assert len(after) == pytest.approx(len(before), rel=0.02)
    now = {p.name: digest(p) for p in run_copy.iterdir() if p.is_file()}
    changed = {name for name in kept.keys() | now.keys() if kept.get(name) != now.get(name)}
    assert changed <= {"index.html", "lock-owner"}  # so report.json has the same bytes


def test_what_cannot_be_measured_is_said_and_the_rest_is_shown(run_copy, capsys):
    (run_copy / "report.json").unlink()
    (run_copy.parent / "out.mp4").write_bytes(b"no clip")
    assert main([str(run_copy)]) == 0
    assert "quality is not measured" in capsys.readouterr().err
    check_whole((run_copy / "index.html").read_text())


@pytest.mark.parametrize("missing", ["Playwright", "Chromium"])
def test_a_screenshot_without_a_browser_says_what_to_install(made, monkeypatch, capsys, missing):
    monkeypatch.setattr(
        screenshot.importlib.util, "find_spec", lambda _: missing != "Playwright" or None
    )
    monkeypatch.setattr(screenshot.shutil, "which", lambda _: None)
    code = screenshot.main([str(made / "run"), "picture.png"])
    said = capsys.readouterr().err
    assert code == screenshot.MISSING_BROWSER_CODE and f"{missing} is missing; " in said
    assert screenshot.find_page(made / "run").name == "index.html"


def test_runs_are_compared_side_by_side(made, run_copy, tmp_path, capsys):
    edit_record(run_copy, lambda record: record["settings"].update(seed=7, size=128))
    file = tmp_path / "both.html"
    assert main([str(run_copy), str(made / "run"), "-o", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}\n"
    html = file.read_text()
    text = check_whole(html)
    assert "seed 7 0" in text and "size 128 256" in text and "quality 18" not in text
    assert str(run_copy) in text and "var(--line-1)" in html  # both are called "run"
    assert "Whose face it is" in text and "There is no frame" not in text
    assert 'href="made/run/index.html"' in html


@pytest.mark.parametrize("damage, code", [("folder", 3), ("run.json", 7), ("lock", IN_USE_CODE)])
def test_each_problem_has_its_exit_code_and_one_line(run_copy, capsys, damage, code):
    held = None
    if damage == "folder":
        run_copy = run_copy / "missing"
    elif damage == "run.json":
        (run_copy / "run.json").write_text("[]")
    else:
        held = lock(run_copy / "lock")
    assert main([str(run_copy)]) == code
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and str(run_copy) in said and ";" in said
    if held:
        held.release()


def test_a_page_that_cannot_be_written_costs_a_note_and_no_swap(made, tmp_path, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError("a mistake")

    monkeypatch.setattr(watch, "write_page", fail)
    shutil.copytree(made / "run", tmp_path / "run")  # so only the output is written anew
    assert pipeline.main(arguments(made, tmp_path)) == 0
    assert digest(tmp_path / "out.mp4") == digest(made / "out.mp4")
    log = (tmp_path / "run" / "log.txt").read_text()
    assert log.count("the page of the run cannot be written: a mistake") == 1


def test_the_page_says_why_a_session_ended(made, tmp_path):
    settings = parse(arguments(made, tmp_path))
    for error, words in ((KeyboardInterrupt(2), "it was interrupted"), (OSError("full"), "full")):
        with pytest.raises(type(error)), Run(settings, PageWatcher()):
            raise error
        html = (settings.folder / "index.html").read_text()
        assert f"Stopped at the step “Find faces”: {words}" in check_whole(html)


def test_the_page_is_written_at_times_while_frames_are_counted(made, tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "PAGE_INTERVAL", 0)
    monkeypatch.setattr(watch, "MAX_SHARE", 1e9)
    settings = parse(arguments(made, tmp_path))
    with Run(settings, PageWatcher()) as run:
        for n in run.progress(range(10), "detect target", 10):
            html = (settings.folder / "index.html").read_text()
            assert f"detect target, frame {n + 1} of 10" in html


def _kill_at_random(clips, out, times, seed):
    """Start a run and kill it, again and again; its page is whole after each kill."""
    rng, killed = np.random.default_rng(seed), 0
    words = [sys.executable, "pipeline.py", *arguments(clips, out)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    while killed < times:
        process = subprocess.Popen(words, cwd=ROOT, **quiet)
        deadline = time.monotonic() + 60
        while not (out / "run" / "index.html").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 5))
        process.kill()
        killed += process.wait() != 0
        check_whole((out / "run" / "index.html").read_text())
        if process.returncode == 0:  # it had ended: begin anew
            shutil.rmtree(out / "run")


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_a_killed_run_leaves_a_page_that_opens(made, tmp_path):
    _kill_at_random(made, tmp_path, 2, seed=0)


@pytest.mark.slow
def test_twenty_kills_leave_a_page_that_opens(tmp_path):
    _kill_at_random(make_clips(tmp_path), tmp_path, 20, seed=1)
