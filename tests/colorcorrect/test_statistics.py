import numpy as np
import pytest

from colorcorrect import statistics


def _images():
    rng = np.random.default_rng(0)
    mix = np.array([[0.2, 0.05, 0.02], [0.1, 0.15, 0.0], [0.0, 0.1, 0.1]])
    source = 0.5 + 0.3 * (rng.random((20, 16, 3)) - 0.5)
    target = 0.4 + (rng.random((24, 10, 3)) - 0.5) @ mix
    return source, target, rng.random((20, 16)) < 0.7, rng.random((24, 10)) < 0.7


@pytest.mark.parametrize("rgb, lab", [  # published values (D65)
    ((1, 1, 1), (100, 0, 0)), ((0, 0, 0), (0, 0, 0)), ((1, 0, 0), (53.24, 80.09, 67.20)), ((0, 1, 0), (87.73, -86.18, 83.18)),
    ((0, 0, 1), (32.30, 79.19, -107.86)), ((0.5, 0.5, 0.5), (53.39, 0, 0)),
])  # fmt: skip
def test_lab_of_known_colours(rgb, lab):
    np.testing.assert_allclose(statistics.rgb_to_lab(np.array([rgb], float))[0], lab, atol=0.02)


@pytest.mark.parametrize("dtype, atol", [(np.float32, 2e-5), (np.float64, 1e-6)])
def test_lab_and_back(dtype, atol):
    rgb = np.random.default_rng(0).random((50, 3)).astype(dtype)
    back = statistics.lab_to_rgb(statistics.rgb_to_lab(rgb))
    assert back.dtype == dtype
    np.testing.assert_allclose(back, rgb, atol=atol)


def test_reinhard_gives_the_masked_mean_and_deviation_of_the_target():
    source, target, mask, target_mask = _images()
    moved = statistics.rgb_to_lab(statistics.reinhard(source, target, mask, target_mask))[mask]
    wanted = statistics.rgb_to_lab(target)[target_mask]
    np.testing.assert_allclose(moved.mean(axis=0), wanted.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(moved.std(axis=0), wanted.std(axis=0), atol=1e-6)


def test_monge_kantorovich_gives_the_masked_mean_and_covariance_of_the_target():
    source, target, mask, target_mask = _images()
    moved = statistics.monge_kantorovich(source, target, mask, target_mask)[mask]
    np.testing.assert_allclose(moved.mean(axis=0), target[target_mask].mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(np.cov(moved.T, bias=True), np.cov(target[target_mask].T, bias=True), atol=1e-12)


def test_monge_kantorovich_of_two_gaussians_with_the_same_axes_is_a_scaling():
    rng = np.random.default_rng(1)
    source = rng.standard_normal((40, 3))
    target = source * [2.0, 0.5, 3.0] + [1, 2, 3]
    covariance = np.cov(statistics.monge_kantorovich(source, target).T, bias=True)
    np.testing.assert_allclose(covariance, np.cov(target.T, bias=True), atol=1e-10)


@pytest.mark.parametrize("transfer", [statistics.reinhard, statistics.monge_kantorovich])
def test_a_transfer_to_itself_changes_nothing_and_grey_is_no_trouble(transfer):
    source, target, *_ = _images()
    np.testing.assert_allclose(transfer(source, source), source, atol=1e-6)
    grey = np.full((5, 5, 3), 0.5, np.float32)
    moved = transfer(grey, target.astype(np.float32))
    assert moved.dtype == np.float32 and np.isfinite(moved).all()
    np.testing.assert_allclose(moved.mean(axis=(0, 1)), target.mean(axis=(0, 1)), atol=0.05)


def test_an_empty_mask_is_refused():
    source, target, *_ = _images()
    with pytest.raises(ValueError, match="no pixel"):
        statistics.reinhard(source, target, np.zeros((20, 16)))
