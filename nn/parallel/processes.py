"""A team of processes that train together, as data-parallel training does on several GPUs.

Every process is a fork of this one. All run the same loop with the same weights and the same random
numbers, and each takes its slice of every batch. They exchange only sums of arrays (`all_reduce`):
of gradients, and of what BatchNorm's statistics of the whole batch are made from. Sums are taken in
the order of the ranks, so results depend on the number of processes, never on timing.
"""

from __future__ import annotations

import ctypes
import mmap
import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait

import numpy as np
from threadpoolctl import ThreadpoolController

from files import hold_stop_signals, ignore_stop_signals

from . import threads

SMALL_BYTES = 1 << 14  # a place for the sums of BatchNorm, the arrays that are reduced most often
SPIN_TRIES = 3000  # of a semaphore, about a millisecond; then a waiting process goes to sleep
ENDED = "a process has ended (out of memory?); start again to continue from the last save"
CAN_FORK = sys.platform == "linux"  # elsewhere forking is unsafe (macOS) or missing (Windows)
CACHE_LINE = 64  # bytes, a line of the cache: where arrays begin in shared memory
PR_SET_PDEATHSIG = 1  # Linux, prctl(2)

_team: Team | None = None


class TeamError(RuntimeError):
    """A process of the team has ended before its work was done."""


class Team:
    """Processes of rank 0..size - 1 that add up arrays through shared memory.

    Each process has a place for its own array, which the others read. It tells every other process
    through a semaphore when the array is there. For small arrays it has two places in turn: a fast
    process may write the next array while a slow one still reads the last. For large arrays it has
    one place, and all processes wait until all have read.
    """

    def __init__(self, size: int, place_bytes: int):
        self.size, self.rank, self.turn = size, 0, 0
        memory = mmap.mmap(-1, size * (place_bytes + 2 * SMALL_BYTES))  # shared with forks
        rows = np.frombuffer(memory, np.uint8).reshape(size, -1)
        self.small = rows[:, :SMALL_BYTES], rows[:, SMALL_BYTES : 2 * SMALL_BYTES]
        self.large = rows[:, 2 * SMALL_BYTES :]
        fork = multiprocessing.get_context("fork")
        self.arrived = [[fork.Semaphore(0) for _ in range(size)] for _ in range(size)]  # [who][to]
        self.children: list[int] = []

    def all_reduce(self, arrays: list[np.ndarray]) -> None:
        """Replace every array by its sum over all processes, which call this with equal shapes."""
        small = sum(a.nbytes for a in arrays) <= SMALL_BYTES
        self.turn = 1 - self.turn
        of_ranks = self._put(arrays, self.small[self.turn] if small else self.large)
        for array, by_rank in zip(arrays, of_ranks, strict=True):
            _add_up(by_rank, array)
        if not small:
            self.barrier()

    def reduce_scatter(self, arrays: list[np.ndarray]) -> Iterator[tuple[int, slice, np.ndarray]]:
        """(index of an array, a slice of it when flat, its sum there): this process's part of all.

        The parts of all processes are equal in size, and together they are the arrays. When the
        iterator ends, all processes have seen their parts.
        """
        of_ranks, start = self._put(arrays, self.large), 0
        total = sum(a.nbytes for a in arrays)
        for index, (array, by_rank) in enumerate(zip(arrays, of_ranks, strict=True)):
            first, last = (
                min(max(-(-(total * r // self.size - start) // array.itemsize), 0), array.size)
                for r in (self.rank, self.rank + 1)
            )
            start += array.nbytes
            if first < last:
                own, flat = slice(first, last), array.reshape(-1)
                _add_up([a.reshape(-1)[own] for a in by_rank], flat[own])
                yield index, own, flat[own]
        self.barrier()

    def _put(self, arrays: list[np.ndarray], places: np.ndarray) -> list[list[np.ndarray]]:
        """Copy the arrays to this process's place; returns, for each, that of every process."""
        ends = np.cumsum([a.nbytes for a in arrays])
        of_ranks = [
            [place[end - a.nbytes : end].view(a.dtype).reshape(a.shape) for place in places]
            for a, end in zip(arrays, ends, strict=True)
        ]
        for array, by_rank in zip(arrays, of_ranks, strict=True):
            by_rank[self.rank][...] = array
        self.barrier()
        return of_ranks

    def barrier(self) -> None:
        """Wait until every process has called this."""
        others = [rank for rank in range(self.size) if rank != self.rank]
        for other in others:
            self.arrived[self.rank][other].release()
        for other in others:
            self._wait(self.arrived[other][self.rank])

    def _wait(self, semaphore) -> None:
        for _ in range(SPIN_TRIES):
            if semaphore.acquire(False):
                return
        while not semaphore.acquire(timeout=1):
            for child in self.children:
                if os.waitpid(child, os.WNOHANG)[0]:
                    self.children.remove(child)
                    raise TeamError(ENDED)


def _add_up(arrays: list[np.ndarray], out: np.ndarray) -> None:
    np.add(arrays[0], arrays[1], out=out)
    for further in arrays[2:]:
        out += further


@contextmanager
def team(place_bytes: int, size: int | None = None):
    """Run this block in `size` processes (default: `thread_count()`); yields each one's rank.

    place_bytes  the most that `all_reduce` is given at once

    Only process 0 leaves the block. The others end there, whatever happens, and must not yield,
    print or write files. Where CAN_FORK is False, the team is this process alone, with
    `size` BLAS threads.
    """
    global _team
    size = size or threads.thread_count()
    if size == 1 or _team is not None:
        yield 0
        return
    if not CAN_FORK:
        with ThreadpoolController().limit(limits=size, user_api="blas"):
            yield 0
        return
    _team = Team(size, place_bytes)
    try:
        for new_rank in range(1, size):
            with hold_stop_signals():  # what they raise is lost in the functions that a fork calls
                child = os.fork()
                if child == 0:
                    _team.rank, _team.children = new_rank, []
                    threads.forget_threads()
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


def gather(produce: Callable[[int, int], Iterable], most: int) -> Iterator:
    """The items of produce(rank, size) from every process of a new team, in any order.

    The team has a process for each thread, but at most `most`; each uses one thread. Items come
    back as pickles, as does an error, which is raised here. Raises TeamError if a process ends
    early.
    """
    size = min(threads.thread_count(), most)
    pipes = [multiprocessing.Pipe(duplex=False) for _ in range(size)]
    with threads.one_thread(), team(SMALL_BYTES, size) as own:
        for i, (_, writer) in enumerate(pipes):
            if i != own:
                writer.close()  # so that a pipe ends with its process
        if own:
            _send_items(pipes[own][1], produce(own, size))
            return
        size = team_size()
        open_pipes = [reader for reader, _ in pipes[1:size]]
        for item in produce(0, size):
            yield item
            yield from _receive_items(open_pipes, timeout=0)
        while open_pipes:
            yield from _receive_items(open_pipes, timeout=None)


@contextmanager
def start_producers(produce: Callable[[int], Iterable], count: int, ahead: int):
    """A context in which `count` new processes run produce(i); yields an iterator for each.

    The i-th iterator has the items of produce(i), in order. A process uses one thread, and is at
    most `ahead` items ahead of its reader. An error in it is raised here; TeamError if it ends
    early. At the end of the context the processes are ended. Only where CAN_FORK.
    """
    pipes = [multiprocessing.Pipe(duplex=False) for _ in range(count)]
    with team(SMALL_BYTES, count + 1) as own:
        for i, (_, writer) in enumerate(pipes, 1):
            if i != own:
                writer.close()
        with alone():
            if own:
                with threads.one_thread():
                    _send_items(pipes[own - 1][1], produce(own - 1), ahead)
                return
            yield [_receive_all(reader) for reader, _ in pipes]


def _receive_all(pipe: Connection) -> Iterator:
    """All items of a process, as they arrive."""
    pipes = [pipe]
    while pipes:
        yield from _receive_items(pipes, timeout=None)


def _send_items(pipe: Connection, items: Iterable, ahead: int = sys.maxsize) -> None:
    """Send (item,) for each item, then (), or the error that stopped them.

    A thread sends, since the reader may be busy; at most `ahead` items wait for it.
    """
    with ThreadPoolExecutor(1) as sender:
        sent: deque[Future] = deque()
        try:
            for item in items:
                sent.append(sender.submit(pipe.send, (item,)))
                if len(sent) > ahead:
                    sent.popleft().result()
            for one in sent:
                one.result()  # raises what went wrong
            sender.submit(pipe.send, ())
        except Exception as error:
            sender.submit(pipe.send, error)


def _receive_items(open_pipes: list[Connection], timeout: float | None) -> Iterator:
    """The items that have arrived; a pipe whose process has finished is taken off the list."""
    for pipe in wait(open_pipes, timeout):
        try:
            received = pipe.recv()
        except EOFError:
            raise TeamError(ENDED) from None
        if isinstance(received, Exception):
            raise received
        yield from received
        if not received:
            open_pipes.remove(pipe)


def _die_with_parent() -> None:
    """End this process when its parent ends; leave Ctrl-C and the like to the parent."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    ignore_stop_signals()
    if os.getppid() != parent:  # it ended before prctl was called
        os._exit(1)


@contextmanager
def alone():
    """Inside this block there is no team, because one process works alone, or each does all."""
    global _team
    before, _team = _team, None
    try:
        yield
    finally:
        _team = before


def team_size() -> int:
    """How many processes the team has; 1 without a team."""
    return _team.size if _team else 1


def rank() -> int:
    """The number of this process in the team; 0 without a team."""
    return _team.rank if _team else 0


def barrier() -> None:
    """Wait until every process of the team has called this; without a team, go on."""
    if _team:
        _team.barrier()


def all_reduce(arrays: list[np.ndarray]) -> None:
    """Replace each array, of any shape, by its sum over the team; without a team change nothing."""
    if _team:
        _team.all_reduce(arrays)


def reduce_scatter(arrays: list) -> Iterator[tuple]:
    """(index, slice, sum) of this process's part of the arrays of any shape, by `Team`'s method.

    Without a team the part is all, and the sum is the flat array itself.
    """
    if _team:
        return _team.reduce_scatter(arrays)
    return ((i, slice(None), array.reshape(-1)) for i, array in enumerate(arrays))


def share(arrays: list[np.ndarray]) -> list[np.ndarray]:
    """Equal arrays, of any shape, in memory that processes share which are forked later."""
    ends = np.cumsum([-(-a.nbytes // CACHE_LINE) * CACHE_LINE for a in arrays])
    memory = np.frombuffer(mmap.mmap(-1, max(int(ends[-1]), 1)), np.uint8)
    shared = []
    for array, end in zip(arrays, [0, *ends[:-1]], strict=True):
        copy = memory[end : end + array.nbytes].view(array.dtype).reshape(array.shape)
        copy[...] = array
        shared.append(copy)
    return shared


def team_mean(mean, count: float) -> tuple:
    """(mean over the team, count over the team), from this process's mean (C,) of `count` cells."""
    if not _team:
        return mean, count
    total = np.full(1, float(count))
    weighted = mean * count
    all_reduce([weighted, total])
    return (weighted / total[0]).astype(mean.dtype), float(total[0])
