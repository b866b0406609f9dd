"""Starting values for kernels, drawn from a generator that the caller seeds."""

from __future__ import annotations

import math

import numpy as np


def glorot_uniform(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """A kernel (..., I, O), float32, uniform in +-sqrt(6 / (fan_in + fan_out)).

    (Glorot & Bengio 2010, eq. 16.) For a convolution's (kh, kw, I, O) an output sums fan_in =
    kh kw I inputs, and an input reaches fan_out = kh kw O outputs.
    """
    limit = math.sqrt(6 / (math.prod(shape[:-2]) * (shape[-2] + shape[-1])))
    return rng.uniform(-limit, limit, shape).astype(np.float32)
