"""The exercises of chapter 13, the mark."""

import numpy as np

from actors.measures import psnr
from provenance.significance import false_alarm_bound, z_score


def check_embed(solution) -> None:
    """The change is a positive multiple of the pattern, and as large as is wanted."""
    rng = np.random.default_rng(0)
    image, pattern = rng.uniform(0, 255, (12, 17)), rng.normal(0, 3, (12, 17))
    for wanted in (30.0, 45.15):
        before = image.copy()
        marked = solution(image, pattern, wanted)
        np.testing.assert_array_equal(image, before)
        factors = (marked - image) / pattern
        assert factors.min() > 0
        np.testing.assert_allclose(factors, factors.mean(), rtol=1e-6)
        found = psnr(marked[..., None], image[..., None], np.ones(image.shape))
        assert abs(found - wanted) < 1e-3, (found, wanted)


def check_score(solution) -> None:
    """Hold it against the project's score."""
    rng = np.random.default_rng(0)
    numbers, signs = rng.standard_normal((3, 8, 8)), rng.choice([-1, 0, 1], (3, 8, 8))
    expected = z_score((numbers * signs)[signs != 0])
    assert abs(solution(numbers, signs) - expected) < 1e-9
    assert abs(solution(7 * numbers, signs) - expected) < 1e-9
    assert abs(solution(np.ones((5, 5)), np.ones((5, 5))) - 5) < 1e-9


def check_needed_score(solution) -> None:
    """The bound reaches the chance there, and not a thousandth before."""
    for trials, chance in [(1, 0.05), (1, 1e-6), (1701, 1e-6), (1701 * 81, 1e-6), (10, 1e-12)]:
        z = solution(trials, chance)
        assert false_alarm_bound(z + 0.001, trials) <= chance < false_alarm_bound(z - 0.001, trials)


def check_needed_frames(solution) -> None:
    """Twice the score takes four frames."""
    for one, needed, frames in [(3.15, 6.3, 4), (1.0, 6.3, 40), (7.0, 6.3, 1), (2.0, 6.3, 10)]:
        assert solution(one, needed) == frames, (one, needed)
