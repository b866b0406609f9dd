"""The few lines that every training loop shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from . import backend, parallel
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


def step(
    loss_of: Callable[[np.ndarray], Tensor], batch: np.ndarray, module: Module, optimiser: Adam
) -> float:
    """One update of the module's parameters from the mean loss over a batch; gives that loss as a number.

    loss_of(some of the batch) is the mean loss over those. Each process of the team takes a share of the batch forward and
    backward, then all make the same update. Raises Diverged, before anything is changed, where the loss is not finite.
    """
    if len(batch) < parallel.team_size():
        with parallel.alone():
            return step(loss_of, batch, module, optimiser)
    parallel.barrier()
    part = batch[parallel.slices(len(batch), parallel.team_size())[parallel.rank()]]
    weight = len(part) / len(batch)
    loss = loss_of(part)
    loss.backward(backend.of(loss.data).full((), weight, loss.dtype))
    reached = [p for p in module.parameters() if p.grad is not None]
    value = np.full(1, float(loss.data) * weight)
    if parallel.team_size() > 1:
        parallel.all_reduce([value, *(p.grad for p in reached)])
    value = float(value[0])
    if not np.isfinite(value):
        for p in reached:
            p.grad = None
        raise Diverged(f"the loss is {value}")
    optimiser.step(reached)
    return value


def epoch(
    batches: Iterator[np.ndarray],
    loss_of: Callable[[np.ndarray], Tensor],
    module: Module,
    optimiser: Adam,
) -> Iterator[tuple[float, int]]:
    """Train on each batch of indices, with a team of processes; yields (loss, images) after each step."""
    parameters = module.parameters()
    on_cpu = all(isinstance(p.data, np.ndarray) for p in parameters)
    with parallel.team(sum(p.data.nbytes for p in parameters) + 64, None if on_cpu else 1) as rank:
        for batch in batches:
            value = step(loss_of, batch, module, optimiser)
            if rank == 0:
                with parallel.alone():  # what the caller does between two steps, the others do not
                    yield value, len(batch)


def infer(module: Module, inputs, batch: int):
    """What the module gives for inputs (N, ...) in inference, `batch` of them at a time on each thread: an array."""
    xp = backend.of(inputs)
    parts = [slice(i, i + batch) for i in range(0, len(inputs), batch)]
    if len(parts) < parallel.thread_count() and xp is np:
        parts = parallel.slices(len(inputs))
    with module.inference():
        jobs = [lambda s=s: module(inputs[s]).data for s in parts]
        return xp.concatenate(parallel.run(jobs) if xp is np else [job() for job in jobs])
