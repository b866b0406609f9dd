"""All cores: threads for independent jobs, and a team of processes for training.

NumPy's ufuncs run on one core and its matrix products on all. With one BLAS thread each and a share of the work each, every core is
busy with both. For independent jobs threads will do (`run`). A training step makes thousands of short calls, and there threads wait for
each other's interpreter lock for a quarter of the time; so a training loop is run by several processes (`team`).

The team works as data-parallel training does on several GPUs: every process is a fork of this one, runs the same loop with the same
weights and the same random numbers, takes its share of each batch, and they meet only to add up arrays (`add_up`): gradients,
and in BatchNorm the sums that make its statistics those of the whole batch. Sums are taken in the order of the
ranks, so results depend on the number of processes, never on timing.
"""

from __future__ import annotations

import ctypes
import mmap
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context

import numpy as np
from threadpoolctl import ThreadpoolController

SMALL = 1 << 14  # bytes: the sums of BatchNorm
SPINS = 3000  # tries, about a millisecond, before a process that waits for another goes to sleep

_pool: ThreadPoolExecutor | None = None
_threads = 1
_team: Team | None = None


class TeamError(RuntimeError):
    """A process of the team has ended before its work was done."""


def set_threads(count: int) -> None:
    """Let `run` use `count` threads and `team` as many processes, each with one BLAS thread."""
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


def give_back_memory() -> None:
    """Hand what is free back to the system after all. What streams through a clip calls this now and then, as its small results settle
    between the large arrays of the frames, and the heap would grow around them."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim:
        trim(0)


def threads() -> int:
    """How many threads `run` uses."""
    return _threads


def run(jobs: Sequence[Callable[[], object]]) -> list:
    """Run independent jobs on the threads, this one included, and give their results in order. Jobs do not call `run`."""
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
    finally:
        for helper in helpers:
            helper.result()
    return results


def shares(count: int, parts: int | None = None) -> list[slice]:
    """range(count) cut into contiguous slices, one a thread or `parts`, as even as can be, none empty."""
    parts = max(1, min(parts or _threads, count))
    edges = [count * i // parts for i in range(parts + 1)]
    return [slice(a, b) for a, b in zip(edges, edges[1:], strict=False)]


class Team:
    """Processes 0..size - 1 that add up arrays. Each has a place for its own in shared memory, where the others read it, and tells every
    other through a semaphore when it is there. Small arrays have two places, by turns: while a slow process still reads the
    last ones, a fast one may bring the next. For large ones there is one place, and all wait until all have read."""

    def __init__(self, size: int, place_bytes: int):
        self.size, self.rank, self.turn = size, 0, 0
        memory = mmap.mmap(-1, size * (place_bytes + 2 * SMALL))  # anonymous and shared with forks
        rows = np.frombuffer(memory, np.uint8).reshape(size, -1)
        self.small, self.large = (rows[:, :SMALL], rows[:, SMALL : 2 * SMALL]), rows[:, 2 * SMALL :]
        fork = multiprocessing.get_context("fork")
        self.told = [[fork.Semaphore(0) for _ in range(size)] for _ in range(size)]  # [by][to]
        self.children: list[int] = []

    def add_up(self, arrays: list[np.ndarray]) -> None:
        """Put into every array the sum of those that the processes bring in its place."""
        ends = np.cumsum([a.nbytes for a in arrays])
        small = ends[-1] <= SMALL
        self.turn = 1 - self.turn
        places = self.small[self.turn] if small else self.large
        parts = [
            [place[end - a.nbytes : end].view(a.dtype).reshape(a.shape) for place in places]
            for a, end in zip(arrays, ends, strict=True)
        ]
        for array, part in zip(arrays, parts, strict=True):
            part[self.rank][...] = array
        self.meet()
        for array, part in zip(arrays, parts, strict=True):
            np.add(part[0], part[1], out=array)
            for more in part[2:]:
                array += more
        if not small:
            self.meet()

    def meet(self) -> None:
        """Wait until every process has come here."""
        for other in range(self.size):
            if other != self.rank:
                self.told[self.rank][other].release()
        for other in range(self.size):
            if other != self.rank:
                self._wait(self.told[other][self.rank])

    def _wait(self, semaphore) -> None:
        for _ in range(SPINS):
            if semaphore.acquire(False):
                return
        while not semaphore.acquire(timeout=1):
            for child in self.children:
                if os.waitpid(child, os.WNOHANG)[0]:
                    self.children.remove(child)
                    raise TeamError(
                        "a training process has ended (out of memory?); start again to continue from the last save"
                    )


@contextmanager
def team(place_bytes: int, size: int | None = None):
    """Inside this block `size` processes run, `threads()` unless told, all doing the same; gives this one's rank.

    Only process 0 leaves the block: the others end there, whatever happens. They must not yield, print or write files. place_bytes
    bounds what `add_up` takes. Where processes cannot be forked with care (macOS, Windows) the team is this process, with all BLAS threads.
    """
    global _team, _pool
    size = size or _threads
    if size == 1 or _team is not None:
        yield 0
        return
    if sys.platform != "linux":
        with ThreadpoolController().limit(limits=size, user_api="blas"):
            yield 0
        return
    _team = Team(size, place_bytes)
    try:
        for rank in range(1, size):
            child = os.fork()
            if child == 0:
                _team.rank, _team.children, _pool = rank, [], None
                _die_with_parent()
                break
            _team.children.append(child)
        yield _team.rank
    except BaseException:
        if _team.rank:
            os._exit(1)
        raise
    finally:
        if _team.rank:
            os._exit(0)
        for child in _team.children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        _team = None


def _die_with_parent() -> None:
    """Linux: prctl(PR_SET_PDEATHSIG, SIGKILL). Ctrl-C goes to every process at the terminal; the first decides what follows."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.getppid() != parent:
        os._exit(1)


@contextmanager
def alone():
    """Inside this block there is no team: for work that one process does, or every one in full."""
    global _team
    before, _team = _team, None
    try:
        yield
    finally:
        _team = before


def size() -> int:
    """How many processes the team has, 1 outside of one."""
    return _team.size if _team else 1


def rank() -> int:
    return _team.rank if _team else 0


def meet() -> None:
    """Wait for the other processes of the team."""
    if _team:
        _team.meet()


def add_up(arrays: list[np.ndarray]) -> None:
    """Put into every array the sum of those that the processes of the team bring in its place; outside of a team nothing changes."""
    if _team:
        _team.add_up(arrays)
