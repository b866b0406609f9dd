"""The exercises of chapter 10, colour."""

import numpy as np

from colorcorrect.moments import moments


def check_mean_light(solution) -> None:
    """Black and white give the level of half the light; equal colours give themselves."""
    white = solution(np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]))
    np.testing.assert_allclose(white, np.full(3, 0.735357), atol=1e-5)
    colours = np.array([[0.02, 0.5, 0.7], [0.03, 0.3, 0.9], [0.9, 0.01, 0.2]])
    np.testing.assert_allclose(solution(colours[:1]), colours[0], atol=1e-6)
    np.testing.assert_allclose(solution(colours), [0.550466, 0.342405, 0.682039], atol=1e-5)


def check_match_channels(solution) -> None:
    """The result has the target's weighted statistics, under the source's weights."""
    rng = np.random.default_rng(0)
    source, target = rng.random((60, 3)), 0.2 + 0.3 * rng.random((80, 3)) @ rng.random((3, 3))
    weights, target_weights = rng.random(60), rng.random(80)
    weights[:20] = target_weights[:20] = 0
    target[:20] = 5  # what has no weight does not count
    moved = solution(source, target, weights, target_weights)
    assert moved.shape == source.shape
    mean, covariance = moments(moved, weights)
    wanted_mean, wanted_covariance = moments(target, target_weights)
    np.testing.assert_allclose(mean, wanted_mean, atol=1e-9)
    np.testing.assert_allclose(np.diag(covariance), np.diag(wanted_covariance), atol=1e-9)
    before = np.corrcoef(source.T, moved.T)[[0, 1, 2], [3, 4, 5]]
    np.testing.assert_allclose(before, 1, atol=1e-9)  # each channel is a line of itself


def check_transport(solution) -> None:
    """It gives the covariance, is symmetric, and is positive."""
    rng = np.random.default_rng(0)
    for channels in (1, 2, 3, 5):
        a, b = rng.standard_normal((2, channels, channels))
        cov_s, cov_t = a @ a.T + 0.1 * np.eye(channels), b @ b.T + 0.1 * np.eye(channels)
        found = solution(cov_s, cov_t)
        np.testing.assert_allclose(found @ cov_s @ found.T, cov_t, atol=1e-8)
        np.testing.assert_allclose(found, found.T, atol=1e-8)
        assert np.linalg.eigvalsh(found).min() > 0
