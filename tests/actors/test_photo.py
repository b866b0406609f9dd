"""Photographs: reproducible, various, and the picture's geometry stays."""

import numpy as np
import pytest

from actors.photo import photograph


def _step_picture(h=40, w=56):
    """Dark on the left half, light on the right, with a little of each colour."""
    picture = np.full((h, w, 3), 0.08, np.float32)
    picture[:, w // 2 :] = 0.45, 0.4, 0.3
    return picture


def test_the_same_generator_gives_the_same_photograph_and_another_one_another():
    picture = _step_picture()
    before = picture.copy()
    photographs = [photograph(picture, np.random.default_rng(seed)) for seed in (1, 1, 2, 3)]
    np.testing.assert_array_equal(photographs[0], photographs[1])
    assert len({p.tobytes() for p in photographs}) == 3
    assert all(p.shape == picture.shape and p.dtype == np.uint8 for p in photographs)
    np.testing.assert_array_equal(picture, before)


def test_edges_stay_within_a_pixel():
    picture, places = _step_picture(), []
    for seed in range(60):
        rows = photograph(picture, np.random.default_rng(seed)).astype(float).mean((0, 2))
        steps = np.maximum(np.diff(rows)[18:37], 0) ** 2  # around the step
        places.append((steps * np.arange(18, 37)).sum() / steps.sum())
    assert np.mean(places) == pytest.approx(27, abs=0.3)
    assert np.abs(np.array(places) - 27).max() < 1


def test_photographs_are_various_but_neither_black_nor_white():
    levels = np.array(
        [
            photograph(_step_picture(), np.random.default_rng(seed)).mean((0, 1))
            for seed in range(60)
        ]
    )
    assert levels.mean(1).std() > 8 and (levels[:, 0] - levels[:, 2]).std() > 5
    assert 30 < levels.mean(1).min() and levels.mean(1).max() < 225


@pytest.mark.parametrize("value", [0.0, -0.1, 50.0])
def test_extreme_light_is_no_error(value):
    picture = np.full((33, 32, 3), value, np.float32)
    for seed in range(8):
        photograph(picture, np.random.default_rng(seed))
