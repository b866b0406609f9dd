"""A hundred thousand swaps on paper: what they cost, what Dask adds, and workers that die.

    python -m benchmarks.scale [--swaps 100000] [--tasks 10000] [--workers 64]

Prints JSON lines. "cost" is what the swaps take, by the same measured costs as `python -m batch
--dry-run`: clips of 250 frames in 720p, trained for 100 rounds, a core each. "tasks" sends empty
tasks through Dask's scheduler. "workers" is a simulation: Dask schedules the tasks of some swaps
on many workers, which do not compute but sleep for a hundredth of the measured time. Now and then
one dies, and comes back later. A swap that lost its worker continues from its last checkpoint.
There is no peer; the simulation is compared with workers that never wait and never die.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import time

import numpy as np

from batch.estimate import FRAME_SECONDS, Estimate, Measures
from batch.row_options import read_options
from files import run_command

from .lines import print_line
from .pretended_work import simulate

SCALE_CLIP = Measures(frames=250, pixels=1280 * 720, is_rendered=False)
SCALE_OPTIONS = "--rounds 100"  # of 192 pairs each: 2,400 steps
NAMES_A_FRAME = 4  # in folders: its mask, a link to that, and the aligned faces of both clips
LENGTH_SPREAD = 0.5  # swaps take up to so much more or less than the mean; by choice
SEARCHES_A_CLIP = 4  # swaps that share the search of a clip and its untouched copy; by choice


def print_cost(swaps: int) -> Estimate:
    """Print the cost of many swaps; returns that of one."""
    one = Estimate()
    one.add_swap(read_options(SCALE_OPTIONS).settings, SCALE_CLIP, SCALE_CLIP)
    print_line(
        name="cost",
        swaps=swaps,
        frames=SCALE_CLIP.frames,
        options=SCALE_OPTIONS,
        core_seconds_a_swap=round(one.seconds, 1),
        core_hours=round(one.seconds * swaps / 3600),
        megabytes_a_swap=round(one.megabytes, 1),
        terabytes=round(one.megabytes * swaps / 1e6, 2),
        names=swaps * SCALE_CLIP.frames * NAMES_A_FRAME,
    )
    return one


def time_tasks(count: int) -> None:
    """Print what Dask's scheduler adds to a task, with two worker processes."""
    from distributed import Client, LocalCluster

    how = {"threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with LocalCluster(n_workers=2, processes=True, **how) as cluster, Client(cluster) as client:
        client.gather(client.map(_nothing, range(100), pure=False))
        start = time.perf_counter()
        client.gather(client.map(_nothing, range(count), pure=False))
        seconds = time.perf_counter() - start
    print_line(name="tasks", count=count, ms_a_task=round(seconds / count * 1e3, 2))


def _nothing(_) -> None:
    pass


def draw_durations(swaps: int, one: Estimate, rng: np.random.Generator) -> list[dict[str, float]]:
    """The seconds of the tasks of each swap, by name; shared ones have the same name."""
    both = FRAME_SECONDS["search"] * SCALE_CLIP.frames
    code = FRAME_SECONDS["code"] * SCALE_CLIP.frames
    rest = one.seconds - 2 * both - code
    jobs = []
    for number in range(swaps):
        target, donor = number // SEARCHES_A_CLIP, (number * 7) % max(swaps // SEARCHES_A_CLIP, 1)
        length = 1 + LENGTH_SPREAD * rng.uniform(-1, 1)
        clips = {f"search-{clip}": both for clip in (target, donor)}
        jobs.append({f"swap-{number}": rest * length, f"original-{target}": code, **clips})
    return jobs


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--swaps", type=int, default=100_000, help="whose cost is computed")
    parser.add_argument("--tasks", type=int, default=10_000, help="empty ones")
    parser.add_argument("--workers", type=int, default=64, help="simulated")
    parser.add_argument("--simulated", type=int, default=1500, help="swaps that they make")
    parser.add_argument("--speed", type=float, default=100, help="of the simulated time")
    parser.add_argument("--seed", type=int, default=0, help="of lengths and deaths")
    options = parser.parse_args()
    one = print_cost(options.swaps)
    if options.tasks:
        time_tasks(options.tasks)
    if options.simulated:
        jobs = draw_durations(options.simulated, one, np.random.default_rng(options.seed))
        expected = math.fsum(s for job in jobs for s in job.values()) / options.workers
        print_line(name="simulation", takes_seconds=round(expected / options.speed))
        asyncio.run(simulate(jobs, options.workers, options.speed, options.seed))


if __name__ == "__main__":
    run_command(main)
