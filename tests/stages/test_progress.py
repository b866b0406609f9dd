"""What is shown while a stage works."""

import io
import sys

import pytest

from stages import progress
from stages.presets import PRESETS
from stages.trainers import Trainer


@pytest.fixture
def clock(monkeypatch):
    """A list whose only number is the time in seconds that tqdm sees."""
    now = [1000.0]
    monkeypatch.setattr("tqdm.std.time", lambda: now[0])
    return now


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_without_a_terminal_there_is_a_line_every_30_s_with_the_time_left(clock, capsys):
    for _ in progress.progress(range(10), "detect target", 10):
        clock[0] += 10
    assert capsys.readouterr().err.splitlines() == [
        "detect target: 3 of 10 frames, 00:30 so far, 01:10 left",
        "detect target: 6 of 10 frames, 01:00 so far, 00:40 left",
        "detect target: 9 of 10 frames, 01:30 so far, 00:10 left",
    ]


def test_a_short_stage_says_nothing_and_an_unknown_length_no_time_left(clock, capsys):
    for _ in progress.progress(range(10), "swap", 10):
        clock[0] += 1
    assert capsys.readouterr().err == ""
    for _ in progress.progress(iter(range(4)), "swap"):
        clock[0] += 10
    assert capsys.readouterr().err == "swap: 3 frames, 00:30 so far\n"


def test_after_a_continuation_the_time_left_counts_what_is_done_now(clock, capsys):
    for _ in progress.progress(range(5), "detect target", 10, initial=5):
        clock[0] += 10
    assert "8 of 10 frames, 00:30 so far, 00:20 left" in capsys.readouterr().err
    with progress.training_progress(0.5) as bar:
        bar.set_postfix_str("round 3", refresh=False)
        clock[0] += 40
        bar.update(0.6 - bar.n)
    assert capsys.readouterr().err == "train: 60 %, 00:40 so far, 02:40 left, round 3\n"


def test_on_a_terminal_too(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress.training_progress(0.5) as bar:
        clock[0] += 40
        bar.update(0.6 - bar.n)
        bar.refresh()
        shown = sys.stderr.getvalue().split("\r")
    assert shown[1].startswith("train  50%") and "<?" in shown[1]
    assert shown[-1].startswith("train  60%") and "00:40<02:40" in shown[-1]


@pytest.mark.parametrize(
    "rounds, minutes, schedule, done",
    [(8, None, None, 0.5), (None, 1.0, None, 0.25), (2, None, None, 1.0)]
    + [(None, 1.0, (0, 0.1, 0.2, 0.3, 0.4, 0.5), 0.4), (None, 1.0, (0.0, 0.5), 1.0)],
)
def test_training_goes_on_where_it_was(rounds, minutes, schedule, done):
    trainer = Trainer(PRESETS["standard"], 0)
    trainer.epochs, trainer.seconds = 4 * len(trainer.preset.phases), 15.0
    if schedule:
        trainer.epochs = 4
    assert trainer.progress(trainer.length(rounds, minutes, schedule)) == done
