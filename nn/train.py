"""The few lines that every training loop shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from .layers import Module
from .optim import Adam
from .tensor import Tensor


class Diverged(ArithmeticError):
    """The loss is no longer a finite number."""


def minibatches(count: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The numbers 0..count-1 once each, shuffled, `size` at a time; what is left over is a batch of its own."""
    order = rng.permutation(count)
    for start in range(0, count, size):
        yield order[start : start + size]


def step(loss: Tensor, module: Module, optimiser: Adam) -> float:
    """Backward and one update of the module's parameters that the loss reached; gives the loss as a number.

    Raises Diverged, before anything is changed, where the loss is not finite.
    """
    value = float(loss.data)
    if not np.isfinite(value):
        raise Diverged(f"the loss is {value}")
    loss.backward()
    optimiser.step(module.parameters())
    return value


def epoch(batches: Iterator[np.ndarray], loss_of: Callable[[np.ndarray], Tensor], module: Module,
          optimiser: Adam) -> Iterator[tuple[float, int]]:
    """Train on each batch of indices; yields (loss, images) after each step."""
    for batch in batches:
        yield step(loss_of(batch), module, optimiser), len(batch)
