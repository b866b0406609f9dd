"""The exercises of chapter 14, measuring a swap."""

import numpy as np

from actors.measures import correlation, psnr


def check_r_and_slope(solution) -> None:
    """Hold it against the project and against NumPy's fit of a line."""
    rng = np.random.default_rng(0)
    real, noise = rng.normal(3, 2, (2, 80))
    for made in (real / 2 + 7, real + noise, noise - real):
        expected = correlation(real, made), np.polyfit(real, made, 1)[0]
        np.testing.assert_allclose(solution(real, made), expected, atol=1e-9)


def check_effective_frames(solution) -> None:
    """Independent frames are worth themselves; slow series are worth few."""
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 4000))
    assert 3900 < solution(x, y) < 4100
    weights = 0.9 ** np.arange(80)
    slow = [np.convolve(rng.standard_normal(20_080), weights, "valid") for _ in range(2)]
    assert abs(solution(*slow) / len(slow[0]) - 0.105) < 0.01
    assert abs(solution(slow[0] + 5, -3 * slow[1]) - solution(*slow)) < 1e-3


def check_ghost_share(solution) -> None:
    """Mix two pictures by it, and measure."""
    rng = np.random.default_rng(0)
    target, truth = rng.uniform(0, 255, (2, 8, 9, 3))
    mask = rng.uniform(0, 1, (8, 9))
    for decibels in (0.0, 1.0, 6.0, 20.0):
        share = solution(decibels)
        assert 0 <= share < 1
        mixed = target + share * (truth - target)
        gain = psnr(mixed, truth, mask) - psnr(target, truth, mask)
        assert abs(gain - decibels) < 1e-6, (gain, decibels)


def check_promised_and_kept(solution) -> None:
    """A small case by hand, and chance alone: it promises 1.87, and keeps nothing."""
    first, again = np.array([[1, 3, 2], [5, 4, 0.0]]), np.array([[9, 2, 9], [3, 9, 9.0]])
    np.testing.assert_allclose(solution(first, again), (4, 2.5))
    rng = np.random.default_rng(0)
    promised, kept = solution(*rng.standard_normal((2, 20_000, 20)))
    assert abs(promised - 1.87) < 0.02 and abs(kept) < 0.03
