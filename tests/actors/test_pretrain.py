import numpy as np
import pytest

import nn
from actors import casts, pretrain, pretraining
from intracoder import start

SMALL = casts.CastSize(actors=2, moments=3)


@pytest.fixture(scope="module")
def pictures():
    """Two casts; the second is held out."""
    drawn, shown = casts.render_cast(0, SMALL)
    again = np.stack([drawn, drawn]), np.stack([shown, shown])
    return casts.CastPictures(*again)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(pretrain, "HELD_OUT_CASTS", 1)
    monkeypatch.setattr(pretrain, "PRETRAIN_CASTS", 1)
    monkeypatch.setattr(pretraining, "PRETRAIN_ROUND_STEPS", 2)
    monkeypatch.setattr(casts, "CAST_SIZE", SMALL)


def test_a_cast_shows_all_its_actors_in_each_moment_as_a_camera_takes_them(pictures):
    assert pictures.drawn.shape == (2, 3, 2, 128, 128, 3) and pictures.drawn.std() > 20
    assert pictures.shown.shape == (2, 3, 2, 64, 64, 3) and pictures.shown.dtype == np.uint8
    fewer = pictures.drawn[0].reshape(3, 2, 64, 2, 64, 2, 3).mean((3, 5))
    difference = np.abs(fewer - pictures.shown[0])
    assert 1 < difference.mean() < 60


def test_a_scene_pairs_actors_of_the_same_moment_and_knows_them_from_other_moments(pictures):
    scene = pretrain.pick_scene(pictures, np.array([[0, 5], [1, 6]]))
    moments, actors = np.divmod(np.arange(12) % 6, 2)
    for n in range(12):
        (seen,) = np.flatnonzero(scene.seen[n])
        assert seen // 6 == n // 6 and moments[seen] == moments[n]
        known = np.flatnonzero(scene.known[n])
        assert (known // 6 == n // 6).all() and (actors[known] == actors[n]).all()
        assert sorted(moments[known]) == [m for m in range(3) if m != moments[n]]
    np.testing.assert_allclose(scene.known.sum(1), 1)
    assert len({int(np.argmax(row)) for row in scene.seen}) == 12


def test_disagreement_is_0_where_actors_of_a_moment_have_one_code():
    codes = np.repeat(np.random.default_rng(0).random((3, 1, 5), np.float32), 2, 1)
    agreed = nn.Tensor(codes.reshape(6, 5))
    assert float(pretrain.measure_disagreement(agreed, 3).data) == pytest.approx(0, abs=1e-9)
    assert float(pretrain.measure_disagreement(agreed, 2).data) > 0.1


def test_pretraining_trains_goes_on_and_writes_a_start_that_loads(tmp_path, pictures):
    state = _begin(tmp_path, seed=0, minutes=1e-9)
    [loss] = list(pretrain.train(state, pictures))  # the time is over after one round
    assert state.progress == 1 and state.steps == 2 and np.isfinite(loss)
    state.save()
    state.write_weights(tmp_path / "start.npz", {"casts": 2})
    loaded = start.load_start(tmp_path / "start.npz")
    expected = state.net.trunk.steps[1].kernel.data
    np.testing.assert_allclose(loaded.trunk.steps[1].kernel.data, expected, atol=1e-3)
    continued = _begin(tmp_path, seed=1, minutes=9)
    continued.resume()
    assert continued.steps == 2 and continued.adam.count == 2
    np.testing.assert_array_equal(continued.net.trunk.steps[1].kernel.data, expected)


def _begin(folder, seed, minutes):
    net = start.StartNet(np.random.default_rng(seed))
    path = folder / pretrain.STATE_FILE
    return pretrain.Pretraining(net, minutes, pretrain.PRETRAIN_RATE, path)


def test_casts_are_rendered_once_and_read_back(tmp_path):
    assert list(casts.render_casts(1, tmp_path, 1)) == [0]
    assert list(casts.render_casts(1, tmp_path, 1)) == []
    drawn, shown = casts.render_cast(0, SMALL)
    pictures = casts.load_casts(1, tmp_path)
    np.testing.assert_array_equal(pictures.drawn[0], drawn)
    np.testing.assert_array_equal(pictures.shown[0], shown)
