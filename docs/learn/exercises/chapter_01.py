"""The exercises of chapter 1, a tensor that remembers."""

import numpy as np

import nn


def check_numeric_gradient(solution) -> None:
    """Hold it against gradients that are known, for arrays of several shapes."""
    rng = np.random.default_rng(0)
    for shape in [(3,), (2, 3), (2, 1, 2)]:
        x, weights = rng.standard_normal((2, *shape))
        before = x.copy()
        found = solution(lambda x, weights=weights: float((weights * x**3).sum()), x, 1e-5)
        np.testing.assert_allclose(found, weights * 3 * x**2, atol=1e-7)
        np.testing.assert_array_equal(x, before, err_msg="x has changed")


def check_Tanh(solution) -> None:
    """Its values, its gradient where it is used twice, and its dtype."""
    x = np.linspace(-3, 3, 7)
    leaf = nn.Tensor(x, requires_grad=True)
    y = solution()(leaf)
    np.testing.assert_allclose(y.data, np.tanh(x))
    (y * y + y).sum().backward()
    t = np.tanh(x)
    np.testing.assert_allclose(leaf.grad, (2 * t + 1) * (1 - t**2), atol=1e-12)
    single = nn.Tensor(x.astype(np.float32), requires_grad=True)
    solution()(single).sum().backward()
    assert single.grad.dtype == np.float32


def check_jacobian(solution) -> None:
    """A linear function has its matrix as Jacobian; a curved one has another one at each place."""
    rng = np.random.default_rng(0)
    matrix, x = rng.standard_normal((3, 5)), rng.standard_normal(5)

    def linear(x):
        return nn.matmul(matrix, nn.reshape(x, 5, 1)).reshape(3)

    np.testing.assert_allclose(solution(linear, x), matrix)
    np.testing.assert_allclose(solution(lambda x: x * x, x), np.diag(2 * x), atol=1e-12)
    neighbours = solution(lambda x: x[1:] * 3.0 - x[:-1], x)
    np.testing.assert_allclose(neighbours, 3 * np.eye(4, 5, 1) - np.eye(4, 5), atol=1e-12)
