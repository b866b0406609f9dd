"""The few lines that every training loop shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from . import backend, parallel
from .fast import Prepared
from .layers import Module
from .optim import Adam
from .tensor import Tensor

LossOf = Callable[[np.ndarray], Tensor]  # indices of some images -> the mean loss over them


class Diverged(ArithmeticError):
    """The loss is no longer a finite number."""


def minibatches(count: int, size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The numbers 0..count-1, shuffled, as arrays (size,); the last batch may be smaller."""
    order = rng.permutation(count)
    for start in range(0, count, size):
        yield order[start : start + size]


def step(loss_of: LossOf, batch: np.ndarray, module: Module, optimiser: Adam) -> float:
    """Update the parameters once, from the mean loss over a batch (N,) of numbers; returns it.

    Each process of the team takes a slice of the batch forward and backward, then all make the same
    update. Raises Diverged where the loss is not finite, before any parameter changes.
    """
    if len(batch) < parallel.team_size():
        with parallel.alone():
            return step(loss_of, batch, module, optimiser)
    parallel.barrier()
    own = batch[parallel.slices(len(batch), parallel.team_size())[parallel.rank()]]
    weight = len(own) / len(batch)
    loss = loss_of(own)
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
    batches: Iterator[np.ndarray], loss_of: LossOf, module: Module, optimiser: Adam
) -> Iterator[tuple[float, int]]:
    """Train on each batch of indices with a team of processes; yields (loss, images) per step.

    Between steps the caller's code runs in the first process only. What it changes, as a learning
    rate, does not reach the others: end the epoch first.
    """
    parameters = module.parameters()
    on_cpu = all(isinstance(p.data, np.ndarray) for p in parameters)
    place_bytes = sum(p.data.nbytes for p in parameters) + 64  # 64: the loss beside the gradients
    with parallel.team(place_bytes, None if on_cpu else 1) as rank:
        for batch in batches:
            value = step(loss_of, batch, module, optimiser)
            if rank == 0:
                with parallel.alone():  # between steps only this process runs the caller's code
                    yield value, len(batch)


def infer(module: Module | Prepared, inputs, batch: int):
    """The module's results for inputs (N, ...), an array; each thread takes `batch` at a time."""
    net = module if isinstance(module, Prepared) else Prepared(module)
    with net.module.inference():
        results = parallel.map_batches(lambda x: net(x).data, inputs, batch)
    return backend.of(inputs).concatenate(results)
