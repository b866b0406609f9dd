"""A simulation: Dask's scheduler, and workers that sleep instead of working, die and come back.

A module of its own, since all workers are in this process and share one `World`: of functions in
the module that is run, Dask would give each worker a copy.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from batch.cluster import DASK_SETTINGS
from batch.estimate import STEP_SECONDS
from batch.session import JOBS_A_WORKER

from .lines import print_line

EPOCH_SECONDS = 192 / 8 * STEP_SECONDS["standard"]  # between two checkpoints, of a core
HOURS_TO_DEATH = 5.0  # of work, on average, until a worker dies; by choice, rather too often
AWAY_SECONDS = 120.0  # until a worker that died is back; by choice


@dataclass
class World:
    """What lies on the disk that all workers share, and the clock of the simulation."""

    speed: float  # seconds of work in a second
    checkpoints: dict[str, float] = field(default_factory=dict)  # seconds that need no repeating
    finished: dict[str, int] = field(default_factory=dict)  # how often each task has ended
    worked: float = 0.0  # seconds that workers worked, also in vain
    dying: dict[str, asyncio.Event] = field(default_factory=dict)  # by a worker's identity
    deaths: int = 0


WORLD = World(1.0)  # of this process, in which all simulated workers are


async def pretend(name: str, seconds: float, *before) -> str:
    """Sleep as long as a task works, from its last checkpoint, or until the worker dies."""
    from distributed import get_worker

    done = WORLD.checkpoints.get(name, 0.0)
    if done >= seconds:  # its files are there
        return name
    start = time.monotonic()
    death = WORLD.dying.setdefault(get_worker().id, asyncio.Event())
    try:
        await asyncio.wait_for(death.wait(), (seconds - done) / WORLD.speed)
    except TimeoutError:
        WORLD.worked += seconds - done
        WORLD.checkpoints[name] = seconds
        WORLD.finished[name] = WORLD.finished.get(name, 0) + 1
        return name
    worked = min((time.monotonic() - start) * WORLD.speed, seconds - done)
    WORLD.worked += worked
    WORLD.checkpoints[name] = done + worked // EPOCH_SECONDS * EPOCH_SECONDS
    raise asyncio.CancelledError


async def simulate(jobs: list[dict[str, float]], workers: int, speed: float, seed: int) -> None:
    """Let workers do the jobs, die and come back; print how it went."""
    import dask
    from distributed import Client, Scheduler, Worker

    global WORLD
    WORLD, rng = World(speed), np.random.default_rng(seed)
    dask.config.set(DASK_SETTINGS)
    logging.getLogger("distributed").setLevel(logging.CRITICAL)

    async def start_worker() -> Worker:
        return await Worker(scheduler.address, nthreads=1, dashboard=False, memory_limit=0)

    async def die_and_return(victim: Worker) -> None:
        WORLD.deaths += 1
        await scheduler.remove_worker(victim.address, stimulus_id="death")
        WORLD.dying.setdefault(victim.id, asyncio.Event()).set()
        await victim.close(executor_wait=False)
        await asyncio.sleep(AWAY_SECONDS / speed)
        members.append(await start_worker())

    async def let_die() -> None:
        async with asyncio.TaskGroup() as deaths:
            while True:
                hours = rng.exponential(HOURS_TO_DEATH / workers)
                await asyncio.sleep(hours * 3600 / speed)
                victim = members.pop(int(rng.integers(len(members))))
                deaths.create_task(die_and_return(victim))

    async with Scheduler(port=0, dashboard=False) as scheduler:
        members = await asyncio.gather(*(start_worker() for _ in range(workers)))
        async with Client(scheduler.address, asynchronous=True) as client:
            death = asyncio.create_task(let_die())
            start = time.perf_counter()
            failed = await _run_jobs(client, jobs, JOBS_A_WORKER * workers)
            seconds = (time.perf_counter() - start) * speed
            death.cancel()
            with suppress(asyncio.CancelledError):
                await death
        await asyncio.gather(*(worker.close() for worker in members))
    print_simulation(jobs, workers, seconds, failed)


async def _run_jobs(client, jobs: list[dict[str, float]], in_flight: int) -> int:
    """Do all jobs, as batch.session does; returns how many failed."""
    from distributed import wait

    waiting, running, failed = iter(jobs), {}, 0
    while True:
        for job in islice(waiting, in_flight - len(running)):
            (swap, length), *others = job.items()
            before = [client.submit(pretend, n, s, key=n, pure=False) for n, s in others]
            running[client.submit(pretend, swap, length, *before, key=swap, pure=False)] = before
        if not running:
            return failed
        ended, _ = await wait(list(running), return_when="FIRST_COMPLETED")
        for future in ended:
            failed += future.status != "finished"
            del running[future]


def print_simulation(jobs: list[dict], workers: int, seconds: float, failed: int) -> None:
    """Print how long the simulated workers took, beside ones that never wait, die or repeat."""
    needed = sum({name: s for job in jobs for name, s in job.items()}.values())
    print_line(
        name="workers",
        workers=workers,
        swaps=len(jobs),
        deaths=WORLD.deaths,
        failed=failed,
        done=sum(name.startswith("swap-") for name in WORLD.finished),
        done_twice=sum(count > 1 for count in WORLD.finished.values()),
        hours=round(seconds / 3600, 2),
        hours_if_never_idle=round(needed / workers / 3600, 2),
        more_percent=round(100 * (seconds * workers / needed - 1), 1),
        repeated_percent=round(100 * (WORLD.worked / needed - 1), 2),
    )
