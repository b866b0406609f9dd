"""Directional gradient check: d/dt of sum(c * f(x + t d)) by central differences against backward, in float64."""

from __future__ import annotations

import numpy as np

import nn


def check_gradients(
    f, *arrays: np.ndarray, eps: float = 1e-6, tol: float = 1e-6, directions: int = 3, seed: int = 0
) -> None:
    """f takes Tensors and gives one; every array's gradient is compared along random directions of that array alone.

    Asserts also that float32 in gives float32 out, forward and back.
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
            moved = [
                [a + s * eps * d if j == i else a for j, a in enumerate(arrays)] for s in (1, -1)
            ]
            numeric = (value(*moved[0]) - value(*moved[1])) / (2 * eps)
            analytic = float((leaf.grad * d).sum())
            assert abs(numeric - analytic) <= tol * max(1.0, abs(numeric), abs(analytic)), (
                i,
                numeric,
                analytic,
            )
    single = [nn.Tensor(a.astype(np.float32), requires_grad=True) for a in arrays]
    out = f(*single)
    assert out.dtype == np.float32
    out.backward(weights.astype(np.float32))
    assert all(leaf.grad.dtype == np.float32 for leaf in single)
