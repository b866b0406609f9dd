"""The exercises of chapter 12, smoothing over time."""

import numpy as np


def check_measure_lag(solution) -> None:
    """Exponential filters, delays, and symmetric windows, whose lag is known."""

    def exponential(x, alpha):
        y = [x[0]]
        for value in x[1:]:
            y.append((1 - alpha) * y[-1] + alpha * value)
        return np.array(y)

    def delay(x, frames):
        return np.concatenate([np.full(frames, x[0]), x])[: len(x)]

    def mean_of_five(x):
        return np.convolve(np.pad(x, 2, mode="edge"), np.full(5, 0.2), "valid")

    for alpha in (0.2, 0.25, 0.5, 1.0):
        lag = solution(lambda x, alpha=alpha: exponential(x, alpha))
        np.testing.assert_allclose(lag, (1 - alpha) / alpha, atol=0.01)
    for frames in (0, 1, 4):
        np.testing.assert_allclose(solution(lambda x, n=frames: delay(x, n)), frames, atol=1e-6)
    np.testing.assert_allclose(solution(mean_of_five), 0, atol=1e-6)


def check_smooth_known(solution) -> None:
    """A constant stays a constant whatever is missing, and so on."""
    rng = np.random.default_rng(0)
    weights = np.array([1.0, 2, 3, 2, 1])
    known = np.array([1, 1, 0, 1, 0, 0, 1, 1, 1, 1], bool)
    constant = np.where(known, 7.0, -100)  # what is unknown may not count
    np.testing.assert_allclose(solution(constant, known, weights), 7)
    x = rng.standard_normal(10)
    result = solution(x, known, weights)
    np.testing.assert_allclose(result[0], (3 * x[0] + 2 * x[1]) / 5)
    np.testing.assert_allclose(result[4], (2 * x[3] + x[6]) / 3)
    skewed = solution(x, np.ones(10, bool), np.array([0.0, 0, 1, 0, 3]))
    np.testing.assert_allclose(skewed[:8], (x[:8] + 3 * x[2:]) / 4)
    np.testing.assert_allclose(skewed[8:], x[8:])
    far = np.zeros(10, bool)
    far[0] = True
    found = solution(np.where(far, x, np.nan), far, weights)
    np.testing.assert_allclose(found[:3], x[0])
    assert np.isnan(found[3:]).all()


def check_mean_similarity(solution) -> None:
    """Turns do not shrink it, scales are factors, and half a turn is no border."""

    def similarity(scale, degrees):
        a = scale * np.exp(1j * np.deg2rad(degrees))
        return np.array([[a.real, -a.imag], [a.imag, a.real]])

    for given, expected in [
        ([(1, 60), (1, -60)], (1, 0)),
        ([(0.5, 10), (2, 10)], (1, 10)),
        ([(1, 170), (1, -170)], (1, 180)),
        ([(3, 20), (3, 40), (3, 60)], (3, 40)),
        ([(4, -150)], (4, -150)),
    ]:
        found = solution(np.stack([similarity(*one) for one in given]))
        np.testing.assert_allclose(found, similarity(*expected), atol=1e-9)
