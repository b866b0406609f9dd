"""Which frames of the clips are detected, learnt from and written."""

import pytest

from stages.clips import Selection, select_target
from stages.options import parse


def _numbers(selection, count=30):
    return [number for number in range(count) if number in selection]


@pytest.mark.parametrize(
    "options, detected, written, learnt",
    [
        ([], range(30), range(30), range(30)),
        (["--frames", "4:22"], range(30), range(4, 22), range(30)),
        (["--learn-frames", "9:12"], range(30), range(30), range(9, 12)),
        (
            ["--frames", "4:8", "--learn-frames", "10:20"],
            range(4, 20),
            range(4, 8),
            range(10, 20),
        ),
        (
            ["--frames", "5:12", "--every", "3"],
            range(2, 30, 3),
            range(5, 12, 3),
            range(2, 30, 3),
        ),
    ],
)
def test_what_is_written_and_what_is_learnt_from_are_chosen_apart(
    options, detected, written, learnt
):
    settings = parse(["a", "b", *options])
    selection = select_target(None, settings)
    assert _numbers(selection) == list(detected)
    assert _numbers(selection.part(settings.frames)) == list(written)
    assert _numbers(selection.part(settings.learn_frames)) == list(learnt)


def test_a_part_of_a_part_may_be_empty():
    assert _numbers(Selection(None, 0, 10).part((20, None))) == []
