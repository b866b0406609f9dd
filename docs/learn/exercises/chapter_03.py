"""The exercises of chapter 3, the transposed convolution."""

import numpy as np

import nn


def check_conv_transpose(solution) -> None:
    """Hold it against the library, for several kernels, strides and numbers of channels."""
    rng = np.random.default_rng(0)
    for kernel, stride in [((3, 3), 2), ((2, 2), 2), ((4, 4), 2), ((3, 5), 1), ((5, 4), 3)]:
        x = rng.standard_normal((2, 3, 4, 5))
        w = rng.standard_normal((*kernel, 6, 5))
        expected = nn.conv_transpose2d(x, w, stride=stride).data
        np.testing.assert_allclose(solution(x, w, stride), expected, atol=1e-10)


def check_is_even(solution) -> None:
    """A kernel is even if its taps can be dealt out equally to the cells of a stride."""
    for k in range(1, 9):
        for stride in range(1, 5):
            assert bool(solution(k, stride)) == (k % stride == 0), (k, stride)
    assert solution(4, 2) is not None


def check_is_transpose(solution) -> None:
    """True for a matrix and its transpose, False if one number of it is wrong."""
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((4, 7))
    assert solution(lambda x: matrix @ x, lambda y: matrix.T @ y, 7, 4, rng)
    for _ in range(10):
        wrong = matrix.T.copy()
        wrong[rng.integers(7), rng.integers(4)] += 0.1
        assert not solution(lambda x: matrix @ x, lambda y, wrong=wrong: wrong @ y, 7, 4, rng)
