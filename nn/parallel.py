"""Threads: each takes a share of the batch through all layers, and they meet only where they must.

NumPy's ufuncs run on one core and its matrix products on all; with one BLAS thread each and a share of the batch each, both
keep every core busy, since NumPy lets go of the interpreter while it computes. This is data-parallel training as it is done on
several GPUs: every thread has the same weights and its own graph; their gradients are added up, in the order of the
shares, and BatchNorm asks the others for their sums (`total`) so that its statistics are those of the whole batch.

Results depend on the number of threads (sums are split differently), never on timing.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from threadpoolctl import ThreadpoolController

_pool: ThreadPoolExecutor | None = None
_threads = 1
_here = threading.local()  # .group and .index inside `together`


def set_threads(count: int) -> None:
    """Let training, inference and `run` use `count` threads, each with one BLAS thread."""
    global _pool, _threads
    if count < 1:
        raise ValueError(f"threads must be at least 1, not {count}")
    if _pool is not None:
        _pool.shutdown()
    _threads = count
    _pool = ThreadPoolExecutor(count - 1, thread_name_prefix="nn") if count > 1 else None
    ThreadpoolController().limit(limits=1, user_api="blas")
    _keep_freed_memory()


def _keep_freed_memory() -> None:
    """Ask the C library to keep what is freed for the next array, instead of handing it back to the system.

    A training step frees and takes the same megabytes again and again; each fresh page costs a fault, together as much as
    a fifth of the step. glibc's mallopt: M_MMAP_THRESHOLD (-3), M_TRIM_THRESHOLD (-1) and, since other arenas than the first cannot
    hold large blocks, M_ARENA_MAX (-8). Elsewhere nothing is done.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt:
        mallopt(-3, 1 << 30)
        mallopt(-1, 1 << 30)
        mallopt(-8, 1)


def threads() -> int:
    """How many threads `run` and `together` use."""
    return _threads


def run(jobs: Sequence[Callable[[], object]]) -> list:
    """Run the jobs on the threads, this one included, and give their results in order. Inside a job: one after the other."""
    if _pool is None or len(jobs) < 2 or getattr(_here, "busy", False):
        return [job() for job in jobs]
    waiting = iter(enumerate(jobs))  # next() on it is atomic
    results: list = [None] * len(jobs)

    def work():
        _here.busy = True
        try:
            for i, job in waiting:
                results[i] = job()
        finally:
            _here.busy = False

    helpers = [_pool.submit(work) for _ in range(min(_threads, len(jobs)) - 1)]
    try:
        work()
    finally:
        for helper in helpers:
            helper.result()
    return results


def shares(count: int) -> list[slice]:
    """range(count) cut into one contiguous slice a thread, as even as can be, none empty."""
    parts = max(1, min(_threads, count))
    edges = [count * i // parts for i in range(parts + 1)]
    return [slice(a, b) for a, b in zip(edges, edges[1:], strict=False)]


class _Group:
    """Threads that add up arrays: all bring one, all get the sum."""

    def __init__(self, size: int):
        self.barrier = threading.Barrier(size)
        self.brought = [[None] * size, [None] * size]  # by turns: a slow thread may still read the last when a fast one brings the next


def together(jobs: Sequence[Callable[[], object]]) -> list:
    """Run at most `threads()` jobs, all at once, so that they may call `total`; gives their results in order.

    Where one raises, the others are stopped at their next `total`, and its exception is raised.
    """
    if len(jobs) == 1:
        return [jobs[0]()]
    group = _Group(len(jobs))

    def work(index):
        _here.group, _here.index, _here.turn, _here.busy = group, index, 0, True
        try:
            return jobs[index]()
        except BaseException:
            group.barrier.abort()
            raise
        finally:
            _here.group, _here.busy = None, False

    helpers = [_pool.submit(work, i) for i in range(1, len(jobs))]
    errors, results = [], []
    for finish in [lambda: work(0)] + [h.result for h in helpers]:
        try:
            results.append(finish())
        except BaseException as error:
            errors.append(error)
    if errors:
        raise next((e for e in errors if not isinstance(e, threading.BrokenBarrierError)), errors[0])
    return results


def total(array):
    """The sum of the arrays that all jobs of this `together` bring, in the order of the jobs; `array` itself outside of one."""
    group = getattr(_here, "group", None)
    if group is None:
        return array
    brought = group.brought[_here.turn % 2]
    _here.turn += 1
    brought[_here.index] = array
    group.barrier.wait()
    return sum(brought[1:], brought[0])


def first() -> bool:
    """Whether this is the first job of its `together`, or none: the one to change what all share."""
    return getattr(_here, "group", None) is None or _here.index == 0
