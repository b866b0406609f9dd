"""Backgrounds: of the right size, reproducible, and various."""

import numpy as np

from actors.background import PLACES, render_background


def test_a_seed_determines_the_background():
    first, again, other = (render_background((48, 40), seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (40, 48, 3) and first.dtype == np.float32 and (first != other).any()


def test_every_place_is_light_of_a_sensible_strength():
    y, x = np.mgrid[:32, :45].astype(np.float32) / 32
    for place in PLACES:
        for seed in range(3):
            picture = place(x, y, np.random.default_rng(seed))
            assert picture.shape == (32, 45, 3), place
            assert np.isfinite(picture).all() and picture.max() > 0.005, place
    means = [render_background((32, 32), seed).mean() for seed in range(60)]
    assert min(means) > 0.002 and max(means) < 1.3 and np.std(np.log(means)) > 0.5
