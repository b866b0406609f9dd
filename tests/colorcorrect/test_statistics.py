import numpy as np
import pytest

from colorcorrect.lab import lab_to_rgb, rgb_to_lab
from colorcorrect.monge_kantorovich import monge_kantorovich
from colorcorrect.reinhard import reinhard


def _images():
    rng = np.random.default_rng(0)
    mix = np.array([[0.2, 0.05, 0.02], [0.1, 0.15, 0.0], [0.0, 0.1, 0.1]])
    source = 0.5 + 0.3 * (rng.random((20, 16, 3)) - 0.5)
    target = 0.4 + (rng.random((24, 10, 3)) - 0.5) @ mix
    return source, target, rng.random((20, 16)) < 0.7, rng.random((24, 10)) < 0.7


@pytest.mark.parametrize(
    "rgb, lab",
    [  # published values (D65)
        ((1, 1, 1), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((1, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 1, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 1), (32.30, 79.19, -107.86)),
        ((0.5, 0.5, 0.5), (53.39, 0, 0)),
    ],
)
def test_lab_of_known_colours(rgb, lab):
    np.testing.assert_allclose(rgb_to_lab(np.array([rgb], float))[0], lab, atol=0.02)


@pytest.mark.parametrize("dtype, atol", [(np.float32, 2e-5), (np.float64, 1e-6)])
def test_lab_to_rgb_is_the_inverse_of_rgb_to_lab(dtype, atol):
    rgb = np.random.default_rng(0).random((50, 3)).astype(dtype)
    back = lab_to_rgb(rgb_to_lab(rgb))
    assert back.dtype == dtype
    np.testing.assert_allclose(back, rgb, atol=atol)


def test_reinhard_gives_the_masked_mean_and_deviation_of_the_target():
    source, target, mask, target_mask = _images()
    moved = rgb_to_lab(reinhard(source, target, mask, target_mask))[mask]
    wanted = rgb_to_lab(target)[target_mask]
    np.testing.assert_allclose(moved.mean(axis=0), wanted.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(moved.std(axis=0), wanted.std(axis=0), atol=1e-6)


def test_reinhard_limits_the_gain_of_chroma():
    source, target, *_ = _images()
    source = source * 0.3 + 0.3  # less colourful than the target
    ours, theirs = rgb_to_lab(source), rgb_to_lab(target)
    moved = rgb_to_lab(reinhard(source, target, max_chroma_gain=1.0))
    np.testing.assert_allclose(moved.mean((0, 1)), theirs.mean((0, 1)), atol=1e-6)
    assert (theirs.std((0, 1)) > ours.std((0, 1))).all()
    expected = [theirs.std((0, 1))[0], *ours.std((0, 1))[1:]]
    np.testing.assert_allclose(moved.std((0, 1)), expected, atol=1e-6)


def test_monge_kantorovich_gives_the_masked_mean_and_covariance_of_the_target():
    source, target, mask, target_mask = _images()
    moved = monge_kantorovich(source, target, mask, target_mask)[mask]
    np.testing.assert_allclose(moved.mean(axis=0), target[target_mask].mean(axis=0), atol=1e-12)
    expected = np.cov(target[target_mask].T, bias=True)
    np.testing.assert_allclose(np.cov(moved.T, bias=True), expected, atol=1e-12)


def test_monge_kantorovich_of_two_gaussians_with_the_same_axes_is_a_scaling():
    rng = np.random.default_rng(1)
    source = rng.standard_normal((40, 3))
    target = source * [2.0, 0.5, 3.0] + [1, 2, 3]
    covariance = np.cov(monge_kantorovich(source, target).T, bias=True)
    np.testing.assert_allclose(covariance, np.cov(target.T, bias=True), atol=1e-10)


def test_monge_kantorovich_keeps_directions_of_little_spread():
    rng = np.random.default_rng(2)
    source = 0.5 + rng.standard_normal((500, 3)) * [0.1, 0.05, 1e-3]
    target = 0.5 + rng.standard_normal((500, 3)) * [0.1, 0.05, 2e-3]
    np.testing.assert_allclose(monge_kantorovich(source, source), source, atol=1e-9)
    moved = monge_kantorovich(source, target)
    np.testing.assert_allclose(moved.std(axis=0), target.std(axis=0), rtol=1e-6)


def test_monge_kantorovich_moves_colours_least():
    source, target, *_ = _images()
    moved = monge_kantorovich(source, target)
    before = (source - source.mean(axis=(0, 1))).reshape(-1, 3)
    after = moved.reshape(-1, 3) - target.mean(axis=(0, 1))
    linear = np.linalg.lstsq(before, after, rcond=None)[0]
    # Of all maps with the right covariance, the optimal one is symmetric and positive definite.
    np.testing.assert_allclose(linear, linear.T, atol=1e-10)
    assert np.linalg.eigvalsh(linear).min() > 0


def test_directions_without_spread_in_the_source_get_none():
    rng = np.random.default_rng(3)
    grey = np.repeat(rng.random((400, 1)), 3, axis=1).astype(np.float32)  # covariance of rank 1
    target = (0.5 + rng.standard_normal((400, 3)) * 0.1).astype(np.float32)
    moved = monge_kantorovich(grey, target)
    np.testing.assert_allclose(moved.mean(axis=0), target.mean(axis=0), atol=1e-6)
    covariance = np.cov(moved.T.astype(np.float64))
    assert np.linalg.matrix_rank(covariance, tol=1e-8) == 1  # rounding was not amplified


@pytest.mark.parametrize("transfer", [reinhard, monge_kantorovich])
def test_a_transfer_to_itself_changes_nothing_and_grey_gets_the_targets_mean(transfer):
    source, target, *_ = _images()
    np.testing.assert_allclose(transfer(source, source), source, atol=1e-6)
    grey = np.full((5, 5, 3), 0.5, np.float32)
    moved = transfer(grey, target.astype(np.float32))
    assert moved.dtype == np.float32 and np.isfinite(moved).all()
    np.testing.assert_allclose(moved.mean(axis=(0, 1)), target.mean(axis=(0, 1)), atol=0.05)


def test_an_empty_mask_is_refused():
    source, target, *_ = _images()
    with pytest.raises(ValueError, match="no pixel"):
        reinhard(source, target, np.zeros((20, 16)))


@pytest.mark.parametrize("transfer", [reinhard, monge_kantorovich])
def test_levels_and_masks_that_do_not_fit_are_refused(transfer):
    source, target, mask, _ = _images()
    with pytest.raises(ValueError, match="uint8"):
        transfer((source * 255).astype(np.uint8), target)
    with pytest.raises(ValueError, match="floats"):
        transfer(source[..., :2], target)
    with pytest.raises(ValueError, match="does not fit"):
        transfer(source, target, mask)  # the target is of another size and needs a mask of its own
