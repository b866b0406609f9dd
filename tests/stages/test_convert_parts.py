"""A clip that several processes convert, each every n-th section of it."""

import os
import signal
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import nn
import video
from faces import align, manifest
from faces.face import Face
from stages import convert_parts
from stages.clips import Selection
from stages.convert import convert
from stages.convert_parts import ConvertedFrame, Sections, convert_in_parts, find_part
from stages.presets import PRESETS
from stages.settings import Settings

LENGTH = 53  # frames of the clip
SECTION = 10
# The scene is no face, and the nets have learnt what to do with faces only.
PRESET = replace(PRESETS["standard"], colour="light")


class _Clip(video.Clip):
    """A scene that grows lighter, with noise; `asked` says which frames pictures were made of."""

    def __init__(self, length=LENGTH, estimate=LENGTH):
        super().__init__(Path("clip"), (180, 200), Fraction(25), estimate, Fraction(1, 25))
        self.length, self.asked = length, []

    def select(self, numbers):
        for n in range(min(self.length, numbers.stop)):
            if n in numbers:
                self.asked.append(n)
                noise = np.random.default_rng(n).integers(0, 40, (200, 180, 3))
                yield video.Frame(n, Fraction(n, 25), (noise + 60 + n).astype(np.uint8))


@pytest.fixture(autouse=True)
def short_sections(monkeypatch):
    monkeypatch.setattr(convert_parts, "SECTION_FRAMES", SECTION)
    yield
    nn.set_threads(1)


def _rows(absent=()):
    points = align.REFERENCE_POINTS * 1.2 + [30, 40]
    rows = {}
    for n in range(LENGTH):
        time, face = Fraction(n, 25), Face(np.array([30.0, 40, 150, 180]), 0.99, points + n / 40)
        here = n not in absent
        row = manifest.Row
        rows[n] = row.with_face(n, time, face) if here else row.without_face(n, time)
    return rows


def _draw(faces):
    return 0.5 + (faces.astype(np.float32) / 255 - 0.4) * 0.7


@pytest.mark.parametrize("first, last, every", [(0, None, 1), (3, 47, 1), (2, None, 2)])
@pytest.mark.parametrize("threads", [2, 3])
def test_several_processes_convert_as_one_does(threads, first, last, every):
    settings = Settings(Path("a"), Path("b"), Path("c"), None, PRESET, mark=every == 1)
    selection = Selection(_Clip(), first, last, every)
    converted = {}
    for count in (1, threads):
        nn.set_threads(count)
        tracks = [_rows(absent=(8, 9, 30))]
        converted[count] = list(convert(settings, selection, tracks, _draw))
    numbers = [n for n in range(LENGTH) if n in selection]
    for alone, shared in zip(converted[1], converted[threads], strict=True):
        assert alone.untouched.number == shared.untouched.number == numbers.pop(0)
        assert np.array_equal(alone.untouched.image, shared.untouched.image)
        np.testing.assert_array_equal(alone.matrices, shared.matrices)
        # Faces in another batch may be rounded otherwise.
        assert np.abs(alone.image.astype(int) - shared.image).max() <= 1
        is_changed = not np.array_equal(shared.image, shared.untouched.image)
        assert is_changed == (alone.untouched.number not in (8, 9, 30))


def test_a_process_makes_pictures_of_its_sections_and_the_frames_around_them_only():
    selection = Selection(_Clip(), 4)
    own, needed = (Sections(selection, 1, 2, around) for around in (0, 3))
    assert [n for n in range(60) if n in own] == [*range(14, 24), *range(34, 44), *range(54, 60)]
    around = [*range(11, 27), *range(31, 47), *range(51, 60)]
    assert [n for n in range(60) if n in needed] == around
    assert all(find_part(selection, n, 2) == 1 for n in range(60) if n in own)


def _leave(frames, wanted):
    for frame in frames:
        if frame.number in wanted:
            yield ConvertedFrame(frame, frame.image, [])


def test_a_short_clip_or_one_of_unknown_length_is_converted_by_this_process():
    nn.set_threads(2)
    for clip in (_Clip(2 * SECTION - 1, 2 * SECTION - 1), _Clip(LENGTH, 0)):
        assert len(list(convert_in_parts(Selection(clip), _leave))) == clip.length
        assert clip.asked == list(range(clip.length))


@pytest.mark.parametrize("estimate", [LENGTH - 9, LENGTH + 9])
def test_the_length_may_be_a_guess(estimate):
    nn.set_threads(2)
    found = [f.untouched.number for f in convert_in_parts(Selection(_Clip(53, estimate)), _leave)]
    assert found == list(range(LENGTH))


def test_an_error_in_a_process_is_raised_and_a_death_is_noticed():
    nn.set_threads(2)

    def fail(frames, wanted):
        for frame in _leave(frames, wanted):
            if frame.untouched.number == 15:
                raise LookupError("nothing here")
            yield frame

    def die(frames, wanted):
        for frame in _leave(frames, wanted):
            if frame.untouched.number == 15:
                os.kill(os.getpid(), signal.SIGKILL)
            yield frame

    with pytest.raises(LookupError, match="nothing here"):
        list(convert_in_parts(Selection(_Clip()), fail))
    with pytest.raises(nn.parallel.TeamError, match="a process has ended"):
        list(convert_in_parts(Selection(_Clip()), die))
    assert nn.parallel.team_size() == 1
