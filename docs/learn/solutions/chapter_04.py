"""Solutions of the exercises of chapter 4, training a net."""

import math

import numpy as np


def he_normal(shape, slope, rng):
    """The factor of a layer is fan_in Var(w) (1 + slope^2) / 2, and it shall be 1."""
    fan_in = math.prod(shape[:-1])
    std = math.sqrt(2 / ((1 + slope**2) * fan_in))
    return (std * rng.standard_normal(shape)).astype(np.float32)


def keeping_std(activation, inputs):
    """Var(y) = inputs Var(w) E[f(y)^2], and it shall be 1 where that of y before was 1."""
    y = np.random.default_rng(0).standard_normal(1_000_000)
    return 1 / np.sqrt(inputs * (activation(y) ** 2).mean())


def batch_norm_gradient(g, x, gamma, epsilon):
    """Equation (6)."""
    inv_std = 1 / np.sqrt(x.var(axis=0) + epsilon)
    x_hat = (x - x.mean(axis=0)) * inv_std
    return gamma * inv_std * (g - g.mean(axis=0) - x_hat * (g * x_hat).mean(axis=0))


def fold_batch_norm(kernel, bias, gamma, beta, mean, var, epsilon):
    """gamma (x w + b - mean) / std + beta, sorted by what x is multiplied with."""
    scale = gamma / np.sqrt(var + epsilon)
    return kernel * scale, (bias - mean) * scale + beta
