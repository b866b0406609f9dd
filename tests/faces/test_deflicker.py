import numpy as np
import pytest

from faces.deflicker import DEFLICKER_REACH as REACH
from faces.deflicker import DEFLICKER_SIGMA, deflicker_over_time


def _entries(count, seed=0, noise=0.02):
    rng = np.random.default_rng(seed)
    scene = rng.uniform(0.2, 0.8, (16, 16, 3)).astype(np.float32)
    noises = rng.normal(0, noise, (count, *scene.shape)).astype(np.float32)
    return [(k, scene, scene + added) for k, added in enumerate(noises)]


@pytest.mark.parametrize("count", [1, 2, REACH, REACH + 1, 2 * REACH + 1, 30])
def test_similar_faces_are_averaged_as_the_gaussian_mean_of_the_neighbours_within_reach(count):
    entries = _entries(count)
    found = list(deflicker_over_time(iter(entries)))
    assert [key for key, *_ in found] == list(range(count))
    drawn = np.stack([d for *_, d in entries])
    for k, target, d in found:
        near = np.arange(max(k - REACH, 0), min(k + REACH + 1, count))
        weights = np.exp(-(((near - k) / DEFLICKER_SIGMA) ** 2) / 2)
        np.testing.assert_allclose(d, np.average(drawn[near], 0, weights), atol=1e-6)
        np.testing.assert_allclose(target, entries[k][1], atol=1e-6)


def test_nothing_is_averaged_across_a_cut_or_with_frames_that_have_no_face():
    before, after = _entries(6, 0), [(k + 8, f, d) for k, f, d in _entries(6, 1)]
    found = list(deflicker_over_time([*before, (6, None, None), (7, None, None), *after]))
    assert [f is None for _, f, _ in found] == [6 <= k < 8 for k in range(14)]
    alone = [*deflicker_over_time(before), *deflicker_over_time(after)]
    together = [entry for entry in found if entry[1] is not None]
    for (*_, d), (*_, expected) in zip(together, alone, strict=True):
        np.testing.assert_allclose(d, expected, atol=1e-3)


def test_no_more_frames_are_held_than_the_reach_needs():
    taken = 0

    def counted():
        nonlocal taken
        for entry in _entries(40):
            taken += 1
            yield entry

    ahead = [taken - k for k, _ in enumerate(deflicker_over_time(counted()))]
    assert max(ahead) == REACH + 1


def test_what_moves_is_kept_while_what_rests_beside_it_is_averaged():
    rng = np.random.default_rng(0)
    entries = []
    for k in range(9):
        target = np.full((64, 64, 3), 0.5, np.float32)
        target[40:, 16:48] = 0.9 if k == 4 else 0.1  # lips that open for one frame
        noise = rng.normal(0, 0.02, target.shape).astype(np.float32)
        entries.append((k, target, target + noise))
    _, target, averaged = list(deflicker_over_time(entries))[4]
    drawn = entries[4][2]
    np.testing.assert_allclose(averaged[48:, 24:40], drawn[48:, 24:40], atol=1e-3)
    rest = np.s_[:24]
    assert np.abs(averaged - target)[rest].mean() < 0.6 * np.abs(drawn - target)[rest].mean()
