"""Telling that a cluster has no worker left: Dask itself waits silently for new ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOOK_SECONDS = 3.0  # between two looks at the workers; by choice
EMPTY_LOOKS = 2  # in a row without one: a worker that is started anew is away for a moment


@contextmanager
def tell_lost_workers(client, tell: Callable[[str], None]) -> Iterator[None]:
    """Inside this block a line is told when no worker is left, and one when some are back.

    client  of Dask; the scheduler is asked in its thread, every few seconds
    tell    is called in that thread as well
    """
    from tornado.ioloop import PeriodicCallback

    empty = 0  # looks in a row

    async def look() -> None:
        nonlocal empty
        try:
            count = len(await client.scheduler.ncores())
        except OSError:  # the scheduler is gone, which the session tells
            return
        if count and empty >= EMPTY_LOOKS:
            tell(f"{count} workers are there again; the jobs go on")
        empty = 0 if count else empty + 1
        if empty == EMPTY_LOOKS:
            start = f"dask worker {client.scheduler.address} --nthreads 1"
            tell(f"no worker is left; start some: {start}; waiting for them")

    looks = PeriodicCallback(look, LOOK_SECONDS * 1000)
    client.loop.add_callback(looks.start)
    try:
        yield
    finally:
        client.loop.add_callback(looks.stop)
