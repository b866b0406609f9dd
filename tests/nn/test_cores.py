"""The threads of every command: never more than the process may use, but for a replay."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

import actors.__main__
import mtcnn_np.__main__
import provenance.__main__
from nn import parallel
from stages import options

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "pipeline": lambda *words: options.parse(["target.mp4", "donor.mp4", *words]),
    "mtcnn_np": lambda *words: mtcnn_np.__main__._parse(["clip.mp4", *words]),
    "provenance": lambda *words: provenance.__main__._parse(["clip.mp4", *words]),
    "actors": lambda *words: actors.__main__.parse([*words]),
}


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr("joblib.cpu_count", lambda: 2)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_uses_all_cores_and_reduces_what_is_more_with_a_note(command, capsys):
    assert COMMANDS[command]().threads == COMMANDS[command]("--threads", "2").threads == 2
    assert COMMANDS[command]("--threads", "1").threads == 1
    assert capsys.readouterr().err == ""
    assert COMMANDS[command]("--threads", "64").threads == 2
    note = "note: 64 threads asked for, but only 2 can run at once: using 2\n"
    assert capsys.readouterr().err == note


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", ""])
def test_what_is_no_count_is_a_wrong_option(command, text, capsys):
    with pytest.raises(SystemExit) as ended:
        COMMANDS[command]("--threads", text)
    assert ended.value.code == 2 and "--threads" in capsys.readouterr().err


def test_a_recorded_count_is_kept_with_a_note(capsys):
    assert parallel.keep_threads(2) == 2 and capsys.readouterr().err == ""
    assert parallel.keep_threads(3) == 3
    assert "note: 3 threads as recorded" in capsys.readouterr().err


def test_help_does_not_count_cores(monkeypatch):
    monkeypatch.setattr("joblib.cpu_count", lambda: pytest.fail("counted"))
    parser = argparse.ArgumentParser()
    parallel.add_threads_option(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--help"])


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_the_affinity_of_the_process_counts():
    code = "from nn.parallel import usable_cores; print(usable_cores())"
    core = {min(os.sched_getaffinity(0))}
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, core),
    )
    assert ended.stdout == "1\n"


def test_no_command_counts_cores_in_another_way():
    for file in sorted(ROOT.glob("*/**/*.py")):
        name = file.relative_to(ROOT).as_posix()
        if not name.startswith(("tests/", "build/", ".")):
            assert "os.cpu_count" not in file.read_text(encoding="utf-8"), name
