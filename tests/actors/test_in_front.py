"""Things in front of faces."""

import numpy as np
import pytest

from actors import in_front

SIZE, NOSE, HALF_HEAD = (96, 80), np.array([48.0, 40.0]), 30.0
SKIN = (0.8, 0.6, 0.5)


def _render(seed):
    return in_front.render_in_front(SIZE, NOSE, HALF_HEAD, SKIN, np.random.default_rng(seed))


@pytest.mark.parametrize("hand_share", [0.0, 1.0])
def test_a_thing_hides_a_part_of_most_faces_and_is_no_face(monkeypatch, hand_share):
    monkeypatch.setattr(in_front, "HAND_SHARE", hand_share)
    layers = [_render(seed) for seed in range(12)]
    for layer in layers:
        assert layer.colour.shape == (80, 96, 3) and layer.cover.shape == (80, 96)
        assert 0 <= layer.cover.min() and layer.cover.max() <= 1 and layer.colour.min() >= 0
        assert not layer.colour[layer.cover == 0].any()
    hidden = [layer.cover[15:65, 25:71].mean() for layer in layers]  # around the nose
    assert np.mean(np.array(hidden) > 0.05) > 0.7 and np.std(hidden) > 0.05


def test_the_same_random_numbers_give_the_same_thing():
    first, second, other = _render(3), _render(3), _render(4)
    np.testing.assert_array_equal(first.colour, second.colour)
    assert np.abs(first.cover - other.cover).mean() > 0.01
