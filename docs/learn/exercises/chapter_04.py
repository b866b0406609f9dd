"""The exercises of chapter 4, training a net."""

import numpy as np

import nn


def check_he_normal(solution) -> None:
    """Its variance, for dense layers and convolutions, its dtype, and that the rng decides it."""
    for shape, slope, fan_in in [((400, 50), 0.0, 400), ((3, 3, 16, 200), 0.5, 144)]:
        kernel = solution(shape, slope, np.random.default_rng(0))
        assert kernel.shape == shape and kernel.dtype == np.float32
        expected = np.sqrt(2 / ((1 + slope**2) * fan_in))
        np.testing.assert_allclose(kernel.std(), expected, rtol=0.03)
        assert np.abs(kernel).max() > 2.5 * expected, "uniform numbers do not reach so far"
        np.testing.assert_array_equal(kernel, solution(shape, slope, np.random.default_rng(0)))


def check_keeping_std(solution) -> None:
    """For activations whose mean square is known, and for tanh, whose is 0.394."""
    cases = [
        (lambda y: y, 100, 0.1),
        (lambda y: np.maximum(y, 0), 50, 0.2),
        (lambda y: np.where(y > 0, y, 0.5 * y), 10, np.sqrt(0.16)),
        (np.tanh, 16, np.sqrt(1 / 16 / 0.3943)),
    ]
    for activation, inputs, expected in cases:
        np.testing.assert_allclose(solution(activation, inputs), expected, rtol=0.02)


def check_batch_norm_gradient(solution) -> None:
    """Hold it against the library."""
    rng = np.random.default_rng(0)
    for epsilon in (1e-3, 0.5):
        x, g = rng.normal(2, 3, (6, 4)), rng.standard_normal((6, 4))
        gamma = rng.uniform(0.5, 2, 4)
        tensor = nn.Tensor(x.reshape(6, 1, 1, 4), requires_grad=True)
        moving = np.zeros(4), np.ones(4)
        y = nn.batch_norm(tensor, gamma, np.zeros(4), *moving, training=True, epsilon=epsilon)
        y.backward(g.reshape(6, 1, 1, 4))
        expected = tensor.grad[:, 0, 0]
        np.testing.assert_allclose(solution(g, x, gamma, epsilon), expected, atol=1e-10)


def check_fold_batch_norm(solution) -> None:
    """One layer gives what the two give, for the library's batch normalisation in use."""
    rng = np.random.default_rng(0)
    x, kernel = rng.standard_normal((5, 3)), rng.standard_normal((3, 4))
    bias, beta, mean = rng.standard_normal((3, 4))
    gamma, var = rng.uniform(0.5, 2, (2, 4))
    y = (x @ kernel + bias).reshape(5, 1, 1, 4)
    expected = nn.batch_norm(y, gamma, beta, mean, var, training=False, epsilon=0.1)
    folded, shift = solution(kernel, bias, gamma, beta, mean, var, 0.1)
    np.testing.assert_allclose(x @ folded + shift, expected.reshape(5, 4).data, atol=1e-12)
