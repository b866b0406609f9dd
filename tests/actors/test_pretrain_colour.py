import numpy as np
import pytest

from actors import pretrain_colour, pretrain_visible, pretraining, true_swaps, vary
from colorcorrect.net import make_colour_net
from colorcorrect.unet import load_unet
from colorcorrect.visible import make_visible_net


@pytest.fixture(scope="module")
def pair():
    """The arrays of one pair in two moments."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(true_swaps, "SWAP_MOMENTS", 2)
        return true_swaps.render_pair(0)


@pytest.fixture(scope="module")
def swaps(pair):
    """Two pairs of two faces each; the second pair is held out."""
    return true_swaps.TrueSwaps(**{name: np.stack([a, a]) for name, a in pair.items()})


@pytest.fixture(scope="module")
def examples(swaps):
    return pretrain_colour.draw_examples(swaps)


def test_a_true_swap_is_another_face_in_the_same_picture(pair):
    face = pair["mask"] > 0
    assert pair["target"].shape == (2, 128, 128, 3) and 0.3 < face.mean() < 0.9
    change = np.abs(pair["swap"].astype(float) - pair["target"]).mean(-1)
    # A camera's blur and JPEG carry a little of the face beyond its mask.
    assert change[face].mean() > 10 * change[~face].mean() > 0
    assert np.abs(pair["donor"][:2].astype(float) - pair["swap"]).mean() > 20


def test_pairs_are_rendered_once_and_read_back(tmp_path, monkeypatch, pair):
    monkeypatch.setattr(true_swaps, "SWAP_MOMENTS", 2)
    assert list(true_swaps.render_swaps(1, tmp_path, 1)) == [0]
    assert list(true_swaps.render_swaps(1, tmp_path, 1)) == []
    loaded = true_swaps.load_swaps(1, tmp_path)
    for name, array in pair.items():
        np.testing.assert_array_equal(getattr(loaded, name)[0], array)


def test_an_imitated_drawing_lies_between_crossing_and_truth(examples):
    drawn, swap = (vary.as_floats(x) for x in (examples.drawn, examples.swap))
    rng = np.random.default_rng(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vary, "LIGHT_CHANGE", vary.LightChange(0, 0, 0))
        patch.setattr(pretrain_colour, "MIXTURE_BLUR", (0.01, 0.02))
        mixed = pretrain_colour.imitate_drawing(drawn, swap, rng)
    share = ((mixed - swap) * (drawn - swap)).sum((1, 2, 3)) / ((drawn - swap) ** 2).sum((1, 2, 3))
    assert ((0 <= share) & (share <= 1)).all() and share.std() > 0.05
    expected = drawn * share[:, None, None, None] + swap * (1 - share[:, None, None, None])
    np.testing.assert_allclose(mixed, expected, atol=1e-3)


def test_changed_light_is_one_factor_in_a_column_of_a_channel():
    faces = np.random.default_rng(0).uniform(0.1, 0.3, (3, 8, 8, 3)).astype(np.float32)
    changed = vary.change_light(faces, np.random.default_rng(1))
    factor = changed / faces
    np.testing.assert_allclose(factor, np.broadcast_to(factor[:, :1], factor.shape), rtol=1e-5)
    steps = np.diff(np.log(factor[:, 0]), axis=1)  # the slope of the logarithm
    np.testing.assert_allclose(steps, np.broadcast_to(steps[:, :1, :1], steps.shape), atol=1e-5)
    assert factor[:, 0, 0].std() > 0.05


def test_pretraining_learns_goes_on_and_writes_weights_that_load(tmp_path, monkeypatch, examples):
    monkeypatch.setattr(pretraining, "PRETRAIN_ROUND_STEPS", 3)
    monkeypatch.setattr(pretrain_colour, "COLOUR_BATCH", 2)
    state = _begin(make_colour_net, tmp_path, seed=0, minutes=1e-9)
    before = pretrain_colour.measure_held_out(state.net, examples, held_out=2)
    assert before["net"] == before["relit"] != before["nothing"]
    [loss] = list(pretrain_colour.train(state, examples, held_out=2))
    assert state.progress == 1 and state.steps == 3 and np.isfinite(loss)
    after = pretrain_colour.measure_held_out(state.net, examples, held_out=2)
    assert after["net"] > before["net"] and after["relit"] == before["relit"]
    state.save()
    state.write_weights(tmp_path / "net.npz", {"pairs": 2})
    loaded = load_unet(make_colour_net, tmp_path / "net.npz").module.last.kernel.data
    np.testing.assert_allclose(loaded, state.net.last.kernel.data, atol=1e-3)
    continued = _begin(make_colour_net, tmp_path, seed=1, minutes=9)
    continued.resume()
    assert continued.steps == 3
    np.testing.assert_array_equal(continued.net.last.kernel.data, state.net.last.kernel.data)


def test_the_net_that_finds_faces_learns_from_masks(tmp_path, monkeypatch, swaps):
    monkeypatch.setattr(pretraining, "PRETRAIN_ROUND_STEPS", 6)
    monkeypatch.setattr(pretrain_visible, "VISIBLE_BATCH", 2)
    monkeypatch.setattr(pretrain_visible, "HELD_OUT_PAIRS", 1)
    state = _begin(make_visible_net, tmp_path, seed=0, minutes=1e-9)
    before = pretrain_visible.measure_held_out(state.net, swaps)
    [loss] = list(pretrain_visible.train(state, swaps))
    after = pretrain_visible.measure_held_out(state.net, swaps)
    assert after["net"] > before["net"] and after["fixed"] == before["fixed"]
    state.write_weights(tmp_path / "visible.npz", {"pairs": 2})
    loaded = load_unet(make_visible_net, tmp_path / "visible.npz").module.last.kernel.data
    np.testing.assert_allclose(loaded, state.net.last.kernel.data, atol=1e-3)


def _begin(make, folder, seed, minutes):
    net = make(np.random.default_rng(seed))
    return pretraining.Pretraining(net, minutes, 2e-3, folder / "state.npz")


def test_patches_darken_parts_of_a_face_and_leave_the_rest():
    faces = np.full((40, 32, 32, 3), 0.5, np.float32)
    patched = vary.add_patches(faces, np.random.default_rng(0))
    assert patched.shape == faces.shape and patched.dtype == np.float32
    changed = (np.abs(patched - faces).max(-1) > 0.05).mean((1, 2))
    assert (changed == 0).any() and 0.02 < changed.mean() < 0.5 and changed.max() < 1
    assert patched.mean() < faces.mean() and patched.min() > 0.5 * np.exp(-4 * 0.8 - 1)
