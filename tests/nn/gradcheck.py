"""A directional gradient check in float64: d/dt sum(weights f(x + t d)) by central differences."""

from __future__ import annotations

import numpy as np

import nn


def check_gradients(
    f, *arrays: np.ndarray, eps: float = 1e-6, tol: float = 1e-6, directions: int = 3, seed: int = 0
) -> None:
    """Compare backward's gradient of each array with differences along random directions of it.

    f takes a Tensor for each array and returns one. Asserts also that float32 in gives float32 out,
    forward and backward.
    """
    rng = np.random.default_rng(seed)
    arrays = [np.asarray(a, np.float64) for a in arrays]
    weights = rng.standard_normal(f(*map(nn.Tensor, arrays)).shape)

    def value(*inputs):
        return float((f(*map(nn.Tensor, inputs)).data * weights).sum())

    leaves = [nn.Tensor(a.copy(), requires_grad=True) for a in arrays]
    out = f(*leaves)
    assert out.dtype == np.float64
    out.backward(weights)
    for i, leaf in enumerate(leaves):
        assert leaf.grad.shape == leaf.shape and leaf.grad.dtype == np.float64
        for _ in range(directions):
            d = rng.standard_normal(leaf.shape)
            ahead, behind = (
                value(*arrays[:i], arrays[i] + s * eps * d, *arrays[i + 1 :]) for s in (1, -1)
            )
            numeric, analytic = (ahead - behind) / (2 * eps), float((leaf.grad * d).sum())
            bound = tol * max(1.0, abs(numeric), abs(analytic))
            assert abs(numeric - analytic) <= bound, (i, numeric, analytic)
    single = [nn.Tensor(a.astype(np.float32), requires_grad=True) for a in arrays]
    out = f(*single)
    assert out.dtype == np.float32
    out.backward(weights.astype(np.float32))
    assert all(leaf.grad.dtype == np.float32 for leaf in single)
