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

    Each process of the team takes a slice of the batch forward and backward; a batch too small for
    that, they all take whole. Then each updates its part of the parameters. Raises Diverged where
    the loss is not finite, before any parameter changes.
    """
    parallel.barrier()
    if len(batch) >= (size := parallel.team_size()):
        own = parallel.slices(len(batch), size)[parallel.rank()]
        loss = _backpropagate(loss_of, batch[own], len(batch[own]) / len(batch))
    else:
        with parallel.alone():
            loss = _backpropagate(loss_of, batch, 1 / size)
    value = np.full(1, loss)
    parallel.all_reduce([value])
    if not np.isfinite(value[0]):
        for p in module.parameters():
            p.grad = None
        raise Diverged(f"the loss is {value[0]}")
    optimiser.step(module.parameters())
    return float(value[0])


def _backpropagate(loss_of: LossOf, batch: np.ndarray, weight: float) -> float:
    """Set the gradients of `weight` times the mean loss over a batch; returns that product."""
    loss = loss_of(batch)
    loss.backward(backend.of(loss.data).full((), weight, loss.dtype))
    return float(loss.data) * weight


def epoch(
    batches: Iterator[np.ndarray], loss_of: LossOf, module: Module, optimiser: Adam
) -> Iterator[tuple[float, int]]:
    """Train on each batch of indices with a team of processes; yields (loss, images) per step.

    Between steps the caller's code runs in the first process only. What it changes, as a learning
    rate, does not reach the others: end the epoch first.
    """
    parameters = module.parameters()
    on_cpu = all(isinstance(p.data, np.ndarray) for p in parameters)
    if on_cpu and parallel.thread_count() > 1:
        _share_memory(parameters, optimiser)
    place_bytes = sum(p.data.nbytes for p in parameters)  # of the gradients
    with parallel.team(place_bytes, None if on_cpu else 1) as rank:
        for batch in batches:
            value = step(loss_of, batch, module, optimiser)
            if rank == 0:
                with parallel.alone():  # between steps only this process runs the caller's code
                    yield value, len(batch)


def _share_memory(parameters: list[Tensor], optimiser: Adam) -> None:
    """Move parameters and moments to memory that the processes of a team share."""
    optimiser.begin(parameters)
    for p in parameters:
        p.data, *moments = parallel.share([p.data, *optimiser.moments[p]])
        optimiser.moments[p] = tuple(moments)


def infer(module: Module | Prepared, inputs, batch: int):
    """The module's results for inputs (N, ...), an array; each thread takes `batch` at a time."""
    net = module if isinstance(module, Prepared) else Prepared(module)
    with net.module.inference():
        results = parallel.map_batches(lambda x: net(x).data, inputs, batch)
    return backend.of(inputs).concatenate(results)
