"""The few lines that every training loop shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import numpy as np

from . import backend, parallel
from .layers import BatchNorm, Module
from .optim import Adam
from .tensor import Tensor, no_grad


class Diverged(ArithmeticError):
    """The loss is no longer a finite number."""


def minibatches(count: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The numbers 0..count-1 once each, shuffled, `size` at a time; what is left over is a batch of its own."""
    order = rng.permutation(count)
    for start in range(0, count, size):
        yield order[start : start + size]


def step(loss_of: Callable[[np.ndarray], Tensor], batch: np.ndarray, module: Module, optimiser: Adam) -> float:
    """One update of the module's parameters from the mean loss over a batch; gives that loss as a number.

    loss_of(some of the batch) is the mean loss over those. Each thread takes a share of the batch forward and backward.
    Raises Diverged, before anything is changed, where the loss is not finite.
    """

    def job(share: slice):
        part = batch[share]
        loss, gradients = loss_of(part), {}
        weight = len(part) / len(batch)
        value = parallel.total(float(loss.data) * weight)
        if not np.isfinite(value):
            raise Diverged(f"the loss is {value}")
        loss.backward(backend.of(loss.data).full((), weight, loss.dtype), gradients)
        return value, gradients

    found = parallel.together([lambda s=s: job(s) for s in parallel.shares(len(batch))])
    for p in module.parameters():
        parts = [gradients[p] for _, gradients in found if p in gradients]
        for part in parts[1:]:
            parts[0] += part
        p.grad = parts[0] if parts else None
    optimiser.step(module.parameters())
    return found[0][0]


def epoch(batches: Iterator[np.ndarray], loss_of: Callable[[np.ndarray], Tensor], module: Module,
          optimiser: Adam) -> Iterator[tuple[float, int]]:
    """Train on each batch of indices; yields (loss, images) after each step."""
    for batch in batches:
        yield step(loss_of, batch, module, optimiser), len(batch)


def infer(module: Module, inputs, batch: int):
    """What the module gives for inputs (N, ...) in inference, `batch` of them at a time on each thread: an array."""
    xp = backend.of(inputs)
    parts = [slice(i, i + batch) for i in range(0, len(inputs), batch)]
    if len(parts) < parallel.threads():
        parts = parallel.shares(len(inputs))
    with module.inference():
        return xp.concatenate(parallel.run([lambda s=s: module(inputs[s]).data for s in parts]))


def statistics_on(module: Module, batches: Iterable) -> dict[BatchNorm, tuple]:
    """Each BatchNorm's mean and variance on these inputs with the weights as they are now: {layer: (mean, var)}.

    The moving statistics are averages over a hundred steps of weights that have changed since, and after a short training
    they belong to no net that ever was ("precise BN", Wu & Johnson 2021, section 3). The module is left as it was.
    """
    layers = [m for m in module.modules() if isinstance(m, BatchNorm)]
    before = [(m.moving_mean.data, m.moving_var.data, m.momentum, m.training) for m in layers]
    try:
        for m in layers:
            m.moving_mean.data, m.moving_var.data, m.training = m.moving_mean.data.copy(), m.moving_var.data.copy(), True
        with no_grad():
            for k, batch in enumerate(batches):
                for m in layers:
                    m.momentum = k / (k + 1)  # a plain average over the batches
                parallel.together([lambda s=s, batch=batch: module(batch[s]) for s in parallel.shares(len(batch))])
        return {m: (m.moving_mean.data, m.moving_var.data) for m in layers}
    finally:
        for m, (mean, var, momentum, training) in zip(layers, before, strict=True):
            m.moving_mean.data, m.moving_var.data, m.momentum, m.training = mean, var, momentum, training


@contextmanager
def using_statistics(statistics: dict[BatchNorm, tuple]):
    """Inside this block the layers normalise, in inference, with these statistics instead of their own."""
    before = {m: (m.moving_mean.data, m.moving_var.data) for m in statistics}
    try:
        for m, (mean, var) in statistics.items():
            m.moving_mean.data, m.moving_var.data = mean, var
        yield
    finally:
        for m, (mean, var) in before.items():
            m.moving_mean.data, m.moving_var.data = mean, var
