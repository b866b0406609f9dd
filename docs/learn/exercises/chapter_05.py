"""The exercises of chapter 5, Adam."""

import numpy as np

import nn


def check_adam_step(solution) -> None:
    """Several steps, held against a sum over all gradients; epsilon is large, to see its place."""
    rng = np.random.default_rng(0)
    gradients = rng.standard_normal((6, 3))
    p, m, v = rng.standard_normal(3), np.zeros(3), np.zeros(3)
    for t in range(1, 7):
        given = p.copy(), m.copy(), v.copy()
        after, m_after, v_after = solution(p, gradients[t - 1], m, v, t, 0.1, 0.8, 0.95, 0.3)
        for array, copy in zip((p, m, v), given, strict=True):
            np.testing.assert_array_equal(array, copy, "a given array has changed")
        means = [
            _mean(powers, beta)
            for powers, beta in ((gradients[:t], 0.8), (gradients[:t] ** 2, 0.95))
        ]
        np.testing.assert_allclose(after, p - 0.1 * means[0] / (np.sqrt(means[1]) + 0.3))
        p, m, v = after, m_after, v_after


def check_adamw_step(solution) -> None:
    """Without gradients only the decay is left; with them it changes neither moment."""
    zeros, p = np.zeros(2), np.array([2.0, -1.0])
    after, m, v = solution(p, zeros, zeros, zeros, 1, 0.1, 0.5)
    np.testing.assert_allclose(after, 0.95 * p)
    np.testing.assert_array_equal([m, v], 0)
    g = np.array([100.0, -0.01])
    after, m, v = solution(p, g, zeros, zeros, 1, 0.1, 0.5)
    np.testing.assert_allclose(after, 0.95 * p - 0.1 * np.sign(g), rtol=1e-5)
    np.testing.assert_allclose([m, v], [0.1 * g, 0.001 * g**2])


def check_steps_until(solution) -> None:
    """For both of Adam's means, and where one step is enough."""
    for beta, part, expected in [(0.9, 0.5, 7), (0.9, 0.99, 44), (0.999, 0.5, 693), (0.3, 0.5, 1)]:
        assert solution(beta, part) == expected, (beta, part)


def check_warm_up(solution) -> None:
    """The straight part, the top, and the library's cosine behind it."""
    for progress, expected in [(0, 0), (0.05, 0.5), (0.1, 1), (1, 0.02)]:
        np.testing.assert_allclose(solution(progress, 0.1, 0.02), expected, atol=1e-12)
    for part in (0.2, 0.5, 0.9):
        expected = nn.cosine_annealing(part, 0.1)
        np.testing.assert_allclose(solution(0.25 + 0.75 * part, 0.25, 0.1), expected)


def _mean(values: np.ndarray, beta: float) -> np.ndarray:
    """The mean of values (T, ...), the last weighted most: equation (1) with its correction."""
    weights = beta ** np.arange(len(values))[::-1]
    return weights @ values / weights.sum()
