"""A data set of many swaps: what Dask costs, how many swaps at a time are best, and memory.

    python -m benchmarks.batch [--jobs 4] [--turns 3]
    python -m benchmarks.batch --memory 10 10000
    python -m benchmarks.batch --costs

The first makes the same few swaps of rendered people in turns: one after the other by pipeline.py
with all cores (the peer; the untouched targets are coded as well), and by python -m batch with one
swap at a time, and with one a core. It prints a JSON line for each: the medians of milliseconds and
of seconds of processor time, which the load of the machine changes less, swaps a minute, and the
percent more than the peer. The peer puts no data set together, so that is not counted: it is what
the same session takes when it is started again, `assemble_s`. The second sends empty jobs through a
session and prints the memory of the client in MB, and milliseconds a job. The third prints what the
program estimates with.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice, permutations
from pathlib import Path

import numpy as np

import nn
from actors import Scene, film
from batch import session
from batch.cluster import open_client
from batch.commands import Ended, Program
from batch.job_list import JobList
from batch.originals import write_original
from batch.places import Places
from batch.run_job import Setup
from batch.session import Counts, run_jobs
from batch.sources import Rendering
from batch.stamps import Stamps
from batch.status import Status
from files import run_command
from stages.presets import PRESETS
from stages.trainers import TRAINERS

from .lines import print_line
from .timing import emit

ROOT = Path(__file__).parents[1]
ALONE = "one after the other"
COST_FRAMES, COST_SIZE = 75, 320  # of the clips whose costs are measured
SEED_FACES, SEED_ROUNDS = 20, 2  # of a person, and of training, whose steps are timed
TINY_FRAMES, TINY_SIZE = 18, 96  # of a job that hardly trains: what is left is its start


def run_program(folder: Path, *words: str) -> None:
    """Run Python with these words in a folder, silently, and wait for its end."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with open(folder / "said.txt", "wb") as said:
        subprocess.run(
            [sys.executable, *words],
            cwd=folder,
            env=environment,
            check=True,
            stdout=said,
            stderr=said,
        )


def render_clips(folder: Path, count: int, frames: int, size: int) -> list[Path]:
    """Clips of as many rendered people."""
    paths = [folder / f"{seed}.mp4" for seed in range(count)]
    for seed, path in enumerate(paths):
        for _ in film(Scene(seed, seed, frames, (size, size)), path):
            pass
    return paths


def swap_alone(folder: Path, pairs: list[tuple[Path, Path]], options: list[str]) -> None:
    """What a session makes, one after the other, with all cores."""
    for number, (target, donor) in enumerate(pairs):
        out = folder / str(number)
        out.mkdir(parents=True)
        places = ["-o", f"{out}/swap.mp4", "--run", f"{out}/run", "--truth", f"{out}/truth"]
        run_program(folder, "-m", "pipeline", str(target), str(donor), *options, *places)
        run_program(folder, "-m", "batch.prepare", "original", str(target), f"{out}/original")


def swap_in_batch(
    folder: Path, pairs: list[tuple[Path, Path]], options: list[str], workers: int
) -> None:
    """A session with as many workers, which share the cores."""
    folder.mkdir(exist_ok=True)
    rows = [f"{target},{donor},{' '.join(options)}" for target, donor in pairs]
    (folder / "jobs.csv").write_text("\n".join(["target,donor,options", *rows]), encoding="utf-8")
    threads = max(nn.parallel.usable_cores() // workers, 1)
    how = ["--workers", str(workers), "--threads", str(threads), "--keep-nets"]
    run_program(folder, "-m", "batch", "jobs.csv", "-o", "set", *how)


def measure(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall clock, and of processor time of the processes that were started."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    call()
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare_throughput(options: argparse.Namespace) -> None:
    """Print how long the same jobs take alone and in sessions of both layouts."""
    cores = nn.parallel.usable_cores()
    words = ["--rounds", str(options.rounds)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clips = render_clips(folder, 2 * options.jobs, options.frames, options.size)
        pairs = list(zip(clips[::2], clips[1::2], strict=True))
        candidates = {ALONE: lambda to: swap_alone(to, pairs, words)}
        for workers in sorted({1, cores}):
            what = f"{workers} at a time, {cores // workers} cores each"
            candidates[what] = lambda to, n=workers: swap_in_batch(to, pairs, words, n)
        times: dict[str, list] = {what: [] for what in candidates}
        for turn in range(options.turns):
            for number, (what, call) in enumerate(candidates.items()):
                to = folder / f"{turn}-{number}"
                first = measure(lambda call=call, to=to: call(to))
                again = (0.0, 0.0) if what is ALONE else measure(lambda c=call, to=to: c(to))
                times[what].append([first[0] - again[0], first[1] - again[1], again[0]])
    medians = {what: np.median(of, 0).tolist() for what, of in times.items()}
    for what, (wall, cpu, again) in medians.items():
        alone, alone_cpu, _ = medians[ALONE]
        emit(
            what,
            {"ours": wall * 1e3, ALONE: alone * 1e3},
            ALONE,
            jobs=options.jobs,
            turns=options.turns,
            jobs_a_minute=round(60 * options.jobs / wall, 2),
            more_percent=round(100 * (wall / alone - 1), 1),
            cpu_s=round(cpu, 1),
            cpu_more_percent=round(100 * (cpu / alone_cpu - 1), 1),
            assemble_s=round(again, 1),
        )


def do_nothing(setup: Setup, *_) -> Ended:
    """Instead of what jobs share."""
    return Ended(0, "", 0.0)


def swap_nothing(setup: Setup, *_) -> Status:
    """Instead of a swap."""
    return Status("done", 0, "", 0.0)


def measure_memory(count: int, folder: Path) -> dict[str, float]:
    """In this process: a session of empty jobs."""
    clips = next(n for n in range(2, count + 2) if n * (n - 1) >= count)
    for n in range(clips):
        (folder / f"{n}.mp4").write_text(f"clip {n}", encoding="utf-8")
    pairs = islice(permutations(range(clips), 2), count)
    rows = (f"{a}.mp4,{b}.mp4,--rounds 1" for a, b in pairs)
    (folder / "jobs.csv").write_text("\n".join(["target,donor,options", *rows]), encoding="utf-8")
    session.swap, session.search, session.code_original = swap_nothing, do_nothing, do_nothing
    places, counts = Places(folder), Counts()
    places.work.mkdir()
    setup = Setup(places, 1, Program(), keep_nets=False, retry=False)
    with JobList(folder / "jobs.csv", Rendering()) as jobs, Stamps(folder / "stamps") as stamps:
        jobs.check(stamps)
        with open_client(None, 2) as client:
            start = time.perf_counter()
            run_jobs(client, jobs, setup, counts, lambda work, status: None)
            seconds = time.perf_counter() - start
            used = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return {
        "done": counts.done,
        "client_mb": round(used / 1e6, 1),
        "client_peak_mb": round(peak, 1),
        "ms_a_job": round(seconds * 1e3 / count, 2),
    }


def compare_memory(counts: list[int]) -> None:
    """Print the client's memory for each number of empty jobs, each in a process of its own."""
    for count in counts:
        command = [sys.executable, "-m", "benchmarks.batch", "--measure", str(count)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        print_line(name="memory", jobs=count, **json.loads(done.stdout))


def time_seed_step() -> float:
    """The mean seconds of processor time of a training step of the preset seed: all its phases."""
    preset, rng = PRESETS["seed"], np.random.default_rng(0)
    (w, h), steps = preset.aligned, 0
    people = {k: rng.integers(256, size=(SEED_FACES, h, w, 3), dtype=np.uint8) for k in "ab"}
    trainer = TRAINERS[preset.net](people, preset, 0)
    times = []
    for rounds in (1, 1 + SEED_ROUNDS):  # the first is not counted: it makes buffers
        start = time.process_time()
        steps = sum(1 for _ in trainer.run(trainer.length(rounds)))
        times.append(time.process_time() - start)
    return times[1] / steps


def print_costs() -> None:
    """Print what batch/estimate.py and batch/cluster.py estimate with."""
    nn.set_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "small").mkdir()
        start = time.process_time()
        clips = render_clips(folder, 2, COST_FRAMES, COST_SIZE)
        rendered = time.process_time()
        (folder / "original").mkdir()
        write_original(clips[0], folder / "original")
        coded = time.process_time()
        small = render_clips(folder / "small", 2, TINY_FRAMES, TINY_SIZE)
        words = ["--rounds", "1", "--threads", "1"]
        _, start_cpu = measure(lambda: swap_alone(folder / "tiny", [tuple(small)], words))
        swap_alone(folder / "large", [tuple(clips)], words)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
        run = [p for p in (folder / "large/0/run").rglob("*") if p.is_file()]
        left = [p.stat().st_size for p in run if p.parent.name not in ("checkpoints", "faces")]
        sizes = {p.stem: p.stat().st_size for p in (folder / "large/0/truth").glob("crf*.mp4")}
    print_line(
        name="costs",
        seed_s_a_step=round(time_seed_step(), 3),
        render_s_a_frame=round((rendered - start) / 2 / COST_FRAMES, 3),
        code_s_a_frame=round((coded - rendered) / COST_FRAMES, 3),
        start_s=round(start_cpu, 1),
        job_mb=round(peak),
        run_mb=round(sum(left) / 1e6, 2),
        coded_clips=round(sum(sizes.values()) / sizes["crf18"], 2),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=20, help="of training, of each job")
    parser.add_argument("--frames", type=int, default=50, help="of each clip")
    parser.add_argument("--size", type=int, default=160, help="of each clip, pixels")
    parser.add_argument("--memory", type=int, nargs="+", metavar="JOBS")
    parser.add_argument("--costs", action="store_true")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        with tempfile.TemporaryDirectory() as folder:
            print_line(**measure_memory(options.measure, Path(folder)))
    elif options.memory:
        compare_memory(options.memory)
    elif options.costs:
        print_costs()
    else:
        compare_throughput(options)


if __name__ == "__main__":
    run_command(main)
