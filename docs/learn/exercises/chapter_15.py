"""The exercises of chapter 15, many cores and many machines."""

import numpy as np


def check_speedup(solution) -> None:
    """Amdahl's law, the cost of the ring, and both."""
    np.testing.assert_allclose(solution(1, 0.2, 0.8, 1e6, 1e6), 1)
    np.testing.assert_allclose(solution(4, 0.2, 0.8, 0, 1e6), 1 / (0.2 + 0.8 / 4))
    np.testing.assert_allclose(solution(2, 0, 1, 1e6, 1e7), 1 / (0.5 + 0.1))
    np.testing.assert_allclose(solution(8, 0.1, 0.9, 4e6, 1e8), 1 / (0.1 + 0.9 / 8 + 0.07))


def check_all_reduce(solution) -> None:
    """The right sums, the same bits for all, in log2 n rounds."""
    rng = np.random.default_rng(0)
    for count, expected_rounds in ((1, 0), (2, 1), (4, 2), (16, 4)):
        arrays = [rng.standard_normal((3, 5)).astype(np.float32) for _ in range(count)]
        before = [a.copy() for a in arrays]
        results, rounds = solution(arrays)
        assert len(results) == count and rounds == expected_rounds, (count, rounds)
        for k, result in enumerate(results):
            np.testing.assert_allclose(result, sum(before), atol=1e-5)
            assert result.tobytes() == results[0].tobytes(), f"worker {k} has other bits"
            np.testing.assert_array_equal(arrays[k], before[k], "a given array has changed")


def check_pairwise_sum(solution) -> None:
    """To the bit what the rule gives, and close to the exact sum of many numbers."""
    assert solution(np.array([2.5], np.float32)) == 2.5
    a, b, c = np.array([2**24, 1, 1], np.float32)
    assert solution(np.array([a, b, c])) == 2**24 + 2  # from the left it would be 2^24
    assert solution(np.array([b, c, a, b])) == 2**24 + 2  # (1 + 1) + (2^24 + 1)
    tenths = np.full(5000, 0.1, np.float32)
    found = solution(tenths)
    assert np.asarray(found).dtype == np.float32
    np.testing.assert_allclose(found, np.sum(tenths, dtype=np.float64), rtol=3e-7)
