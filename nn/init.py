"""Starting values for kernels, drawn from a generator that the caller seeds."""

from __future__ import annotations

import math

import numpy as np


def _fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """(inputs, outputs) that meet in one cell: for a kernel (kh, kw, I, O) kh kw I and kh kw O."""
    field = math.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


def glorot_uniform(
    shape: tuple[int, ...], rng: np.random.Generator, dtype=np.float32
) -> np.ndarray:
    """Uniform in +-sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010, eq. 16)."""
    limit = math.sqrt(6 / sum(_fans(shape)))
    return rng.uniform(-limit, limit, shape).astype(dtype)


def he_normal(shape: tuple[int, ...], rng: np.random.Generator, dtype=np.float32) -> np.ndarray:
    """Normal with variance 2 / fan_in, for layers before a ReLU (He et al. 2015, eq. 10)."""
    return (rng.standard_normal(shape) * math.sqrt(2 / _fans(shape)[0])).astype(dtype)
