"""A clip that several processes search, each a part of it."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import nn
import video
from stages import detect_parts
from stages.clips import Selection
from stages.detect_parts import search_in_parts, select_part

GREY = np.random.default_rng(0).integers(90, 120, (48, 64, 3)).astype(np.uint8)


class _Clip(video.Clip):
    """Grey frames; with frame 20 a light shot begins. `notes` say which frames were asked for."""

    def __init__(self, length, estimate):
        super().__init__(Path("clip"), (64, 48), Fraction(25), estimate, Fraction(1, 25))
        self.length = length

    def select(self, numbers):
        for n in range(self.length):
            if n in numbers:
                yield video.Frame(n, Fraction(n, 25), GREY + 100 * (n >= 20))
        self.note(f"read {numbers.start} to {min(numbers.stop, 99)}")


@pytest.fixture(autouse=True)
def short_parts(monkeypatch):
    monkeypatch.setattr(detect_parts, "MIN_PART_FRAMES", 3)
    monkeypatch.setattr(detect_parts, "CUT_CONTEXT_FRAMES", 4)
    yield
    nn.set_threads(1)


def _search(pairs):
    return ((frame.number, frame.image[0, 0, 0], cut) for frame, cut in pairs)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("estimate", [40, 37, 44])
@pytest.mark.parametrize("first, last, every", [(0, None, 1), (5, 31, 1), (2, None, 3)])
def test_parts_are_all_frames_once_with_their_cuts(threads, estimate, first, last, every):
    nn.set_threads(threads)
    clip = _Clip(40, estimate)
    found = sorted(search_in_parts(Selection(clip, first, last, every), _search))
    frames = range(first, last or 40, every)
    cut = next(n for n in frames if n >= 20)
    assert [(n, c) for n, _, c in found] == [(n, n == cut) for n in frames]
    assert len(clip.notes) == threads  # those of the other processes, too


def test_a_short_clip_or_one_of_unknown_length_is_searched_by_one_process():
    nn.set_threads(2)
    for clip in (_Clip(5, 5), _Clip(40, 0)):
        assert len(list(search_in_parts(Selection(clip), _search))) == clip.length
        assert len(clip.notes) == 1


def test_a_part_of_every_third_frame_begins_at_one_of_them():
    frames = Selection(_Clip(40, 40), 2, 38, 3)
    parts = [select_part(frames, i, 2) for i in range(2)]
    numbers = [[frame.number for frame in part] for part in parts]
    assert numbers[0] + numbers[1] == list(range(2, 38, 3)) and len(numbers[0]) == 6
