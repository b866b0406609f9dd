"""The figures that are made of what the judges read: known changes give known figures."""

import numpy as np
import pytest

from benchmarks import readings
from benchmarks.readings import identity_figures, movement_figures, people_figures


def movements(numbers, **values):
    return {"numbers": np.array(numbers), **{k: np.array(v, float) for k, v in values.items()}}


def recognised(descriptors, points):
    count = len(descriptors)
    return {"numbers": np.arange(count), "descriptors": descriptors, "points": points}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_slope_and_correlation_of_half_the_movement(rng):
    mouth = rng.normal(size=100)
    real, made = movements(range(100), mouth=mouth), movements(range(100), mouth=2 + mouth / 2)
    (figures,) = movement_figures(made, real, second=10)
    assert figures["movement"] == "mouth" and figures["frames"] == 100
    assert figures["r"] == 1 and figures["slope"] == 0.5 and figures["r_90"] == [1, 1]
    assert figures["mae"] == pytest.approx(figures["spread"] / 2, abs=1e-3)


def test_only_frames_that_both_have_count():
    real = movements([0, 2, 4, 6], lids=[0, 1, 2, 3])
    made = movements([2, 4, 6, 8], lids=[1, 2, 3, 100])
    (figures,) = movement_figures(made, real, second=2)
    assert figures["frames"] == 3 and figures["mae"] == 0


def test_the_interval_holds_the_correlation_and_narrows_with_more_frames(rng):
    def interval(count):
        x = rng.normal(size=count)
        y = x + rng.normal(size=count)
        real, made = movements(range(count), gaze=x), movements(range(count), gaze=y)
        (figures,) = movement_figures(made, real, second=5)
        low, high = figures["r_90"]
        assert low < figures["r"] < high
        return high - low

    assert interval(2000) < interval(50)


def test_what_never_moves_has_no_correlation_and_what_is_never_found_no_figures():
    real = movements(range(4), mouth=[0, 1, 0, 1])
    (still,) = movement_figures(movements(range(4), mouth=[1, 1, 1, 1]), real, second=2)
    assert still["r"] is None and still["r_90"] == [None, None] and still["slope"] == 0
    assert still["mae"] == still["spread"]
    (lost,) = movement_figures(movements([], mouth=[]), real, second=2)
    assert lost == {"movement": "mouth", "frames": 0}


def test_the_distances_of_a_fake_that_lies_between_two_people(rng):
    points = rng.normal(size=(6, 68, 2)) + np.arange(68)[:, None]
    target, donor = np.zeros((6, 128)), np.zeros((6, 128))
    donor[:, 0] = 1.0
    made = recognised(target + 0.75 * donor, points)
    target, donor = recognised(target, points), recognised(donor, points)
    figures = identity_figures(made, target, donor)
    assert figures == {"donor": 0.25, "target": 0.75, "nearer": 1, "jitter": 1, "frames": 6}
    assert people_figures(target, donor)["people apart"] == 1
    lost = {name: values[:0] for name, values in made.items()}
    assert identity_figures(lost, target, donor) == {"frames": 0}


def test_jitter_is_that_of_points_which_tremble_more(rng):
    still, trembling = np.arange(136.0).reshape(1, 68, 2), rng.normal(size=(9, 68, 2))
    none = np.zeros((9, 128))
    target, made = (recognised(none, still + k * trembling) for k in (0.01, 0.03))
    assert identity_figures(made, target, target)["jitter"] == pytest.approx(3)


def test_a_reading_is_kept_until_the_clip_is_newer(tmp_path, monkeypatch):
    commands = []

    def look(command, **_):
        commands.append(command)
        np.savez(command[4], numbers=np.arange(3))

    monkeypatch.setattr(readings.subprocess, "run", look)
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"")
    judges = readings.Judges("python", 2, tmp_path / "readings", 2)
    wanted = ("mesh", clip, 0.0), ("mesh", clip, 1.5), ("recogniser", clip, 0.0)
    for found in [*judges.read(*wanted), *judges.read(*wanted)]:
        np.testing.assert_array_equal(found["numbers"], [0, 1, 2])
    assert len(commands) == 3
    later = max(file.stat().st_mtime for file in judges.folder.iterdir()) + 10
    readings.os.utime(clip, (later, later))
    judges.read(wanted[0])
    assert len(commands) == 4
