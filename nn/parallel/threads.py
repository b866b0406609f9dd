"""Threads for independent jobs: NumPy releases the interpreter lock inside its long calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context

import numpy as np
from threadpoolctl import ThreadpoolController

from .. import backend
from .memory import keep_freed_memory

# Numbers of a single input that are worth a thread of their own. With fewer, threads wait for the
# interpreter's lock longer than they compute. By `python -m benchmarks.nets`.
MIN_THREAD_NUMBERS = 1 << 14

_pool: ThreadPoolExecutor | None = None
_threads = 1
_blas: list = []  # the BLAS libraries that are loaded


def set_threads(count: int) -> None:
    """Let `run` use `count` threads and `team` as many processes, each with one BLAS thread.

    Raises ValueError for a count below 1.
    """
    global _pool, _threads, _blas
    if count < 1:
        raise ValueError(f"threads must be at least 1, not {count}")
    if _pool is not None:
        _pool.shutdown()
    _threads = count
    _pool = ThreadPoolExecutor(count - 1, thread_name_prefix="nn") if count > 1 else None
    _blas = ThreadpoolController().select(user_api="blas").lib_controllers
    _limit_blas(1)
    keep_freed_memory()


@contextmanager
def one_thread():
    """Inside this block `run` and `thread_count` know of no thread but this one."""
    global _pool, _threads
    before = _pool, _threads
    _pool, _threads = None, 1
    try:
        yield
    finally:
        _pool, _threads = before


def forget_threads() -> None:
    """Forget the parent's threads in a forked process, where they do not exist."""
    global _pool
    _pool = None


def thread_count() -> int:
    """How many threads `run` uses."""
    return _threads


def run(jobs: Sequence[Callable[[], object]]) -> list:
    """Run independent jobs on all threads, this one included; returns their results in order.

    A job must not call `run` itself.
    """
    if _pool is None or len(jobs) < 2:
        return [job() for job in jobs]
    waiting = iter(enumerate(jobs))  # next() on it is atomic
    results: list = [None] * len(jobs)

    def work():
        for i, job in waiting:
            results[i] = job()

    helpers = [_pool.submit(copy_context().run, work) for _ in range(min(_threads, len(jobs)) - 1)]
    try:
        work()
    except BaseException:
        for _ in waiting:  # so that the helpers find no further job
            pass
        raise
    finally:
        for helper in helpers:
            helper.result()
    return results


def map_batches(function: Callable, inputs, batch: int) -> list:
    """function(part) for parts of inputs (N, ...), at most `batch` each, on all threads.

    Inputs that are few and small stay together, and BLAS's own threads share the work. On a GPU
    this thread does it all.
    """
    parts, on_cpu = -(-len(inputs) // batch), backend.of(inputs) is np
    few = len(inputs) < 2 * _threads and inputs[:1].size < MIN_THREAD_NUMBERS
    if on_cpu and not few:
        parts = max(parts, _threads)
    jobs = [lambda s=s: function(inputs[s]) for s in slices(len(inputs), max(1, parts))]
    if not on_cpu:
        return [job() for job in jobs]
    if len(jobs) > 1:
        return run(jobs)
    _limit_blas(_threads)
    try:
        return [jobs[0]()]
    finally:
        _limit_blas(1)


def _limit_blas(count: int) -> None:
    for library in _blas:
        library.set_num_threads(count)


def slices(count: int, parts: int | None = None) -> list[slice]:
    """Cut range(count) into `parts` contiguous slices (default: one per thread), as even as can be.

    None is empty: there are fewer slices where `count` is below `parts`.
    """
    parts = max(1, min(parts or _threads, count))
    edges = [count * i // parts for i in range(parts + 1)]
    return [slice(a, b) for a, b in zip(edges, edges[1:], strict=False)]
