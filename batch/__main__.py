"""A data set of many swaps: python -m batch JOBS.csv -o DATASET

python -m batch pairs FOLDER -o JOBS.csv    writes such a file: all pairs of the people there
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import video
from files import LockHeld, lock, run_command, stopped_code
from provenance.credentials import SigningError
from provenance.record import RecordError

from .arguments import parse_batch, parse_pairs
from .catalogue import DatasetError
from .cluster import (
    ClusterError,
    MissingDask,
    check_workers,
    count_workers,
    list_workers,
    load_dask,
    open_client,
)
from .commands import Program
from .dataset import Summary, assemble
from .estimate import estimate, format_hours
from .job_list import JobList
from .jobs_file import JobsError, check_file
from .lost_workers import tell_lost_workers
from .pairs import deal, write_pairs
from .places import Places
from .run_job import Setup
from .send import provide_inputs
from .session import Counts, run_jobs, skip_ended
from .set_settings import SetError, check_folder, settle
from .signing import find_signer
from .sources import Rendering
from .stamps import Stamps
from .told import Progress, describe, tell_skipped

BATCH_EXIT_CODES = {
    JobsError: 2,
    video.MissingInput: 3,
    video.OutputError: 6,
    RecordError: 6,
    SetError: 7,
    DatasetError: 7,
    ClusterError: 8,
    MissingDask: 9,
    SigningError: 13,  # as of pipeline.py
}
SOME_FAILED_CODE = 1


def main(arguments: list[str] | None = None) -> int:
    """Run the program with these command-line arguments, by default sys.argv's; its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        if arguments[:1] == ["pairs"]:
            return _write_pairs(parse_pairs(arguments[1:]))
        return _make_set(parse_batch(arguments))
    except tuple(BATCH_EXIT_CODES) as error:
        print(f"batch: {error}", file=sys.stderr)
        return next(code for kind, code in BATCH_EXIT_CODES.items() if isinstance(error, kind))


def _make_set(options: argparse.Namespace) -> int:
    """Check all rows, then make the data set or say what that would take."""
    places = Places(options.output.absolute())
    check_folder(options.output)
    check_file(options.jobs)  # before anything is made
    load_dask()
    signer = find_signer(options.sign, options.test_certificate, make=not options.dry_run)
    rendering = Rendering(options.actor_frames, options.actor_size)
    with ExitStack() as stack:
        jobs = stack.enter_context(JobList(options.jobs, rendering))
        work = places.work
        if options.dry_run and not work.exists():  # it leaves nothing behind
            work = Path(stack.enter_context(TemporaryDirectory()))
        work.mkdir(parents=True, exist_ok=True)
        stack.callback(_take(places, work).release)
        jobs.check(stack.enter_context(Stamps(work / "stamps.sqlite")))
        _tell_repeats(jobs)
        threads = settle(work, options.threads, signer, keep=not options.dry_run)
        program = Program(options.program)
        setup = Setup(places, threads, program, options.keep_nets, options.retry, signer)
        if options.dry_run:
            return _tell_estimate(jobs, setup, options)
        return _finish(jobs, setup, options)


def _finish(jobs: JobList, setup: Setup, options: argparse.Namespace) -> int:
    """Do the jobs and write the data set; the exit code."""
    try:
        counts = _do_jobs(jobs, setup, options)
        setup.places.remove_leftovers()
        summary = assemble(setup.places.folder, jobs.jobs, options.split_seed)
    except KeyboardInterrupt as stop:
        _say(f"\nstopped; what is finished is kept in {options.output}. The same command continues")
        return stopped_code(stop)
    _tell_end(counts, summary, options.output)
    return SOME_FAILED_CODE if counts.failed else 0


def _take(places: Places, work: Path):
    """The lock of the data set. Raises SetError if another process has it."""
    try:
        return lock(work / "lock")
    except LockHeld as owner:
        raise SetError(
            f"{places.folder} is in use by another process ({owner}); wait for it, or name another "
            "folder with -o"
        ) from None


def _do_jobs(jobs: JobList, setup: Setup, options: argparse.Namespace) -> Counts:
    """Do what is still to be done; the cluster is started only if there is anything."""
    counts = skip_ended(jobs, setup, tell_skipped)
    if counts.skipped == jobs.count:
        return counts
    workers = 0 if options.scheduler else count_workers(options.workers, setup.threads)
    with open_client(options.scheduler, workers) as client:
        if options.scheduler:
            check_workers(client, setup.places, setup.threads, setup.signer)
            provide_inputs(client, jobs, setup.places, options.send, _say)
        told = f"{len(list_workers(client))} workers, {setup.threads} threads a job"
        _say(f"{told}; Dask's dashboard: {client.dashboard_link}")
        with Progress(jobs.count, counts) as progress, ExitStack() as stack:
            if options.scheduler:
                stack.enter_context(tell_lost_workers(client, progress.say))
            run_jobs(client, jobs, setup, counts, progress.tell)
    return counts


def _tell_estimate(jobs: JobList, setup: Setup, options: argparse.Namespace) -> int:
    """Print what would run, how long, and the disk it takes."""
    counts = skip_ended(jobs, setup, tell_skipped)
    found = estimate(jobs, setup, lambda work: print(describe(work, None)))
    print(
        f"{jobs.count} jobs: {found.jobs} to do, {counts.done} done, {counts.failed} failed before"
    )
    if found.jobs:
        cores = f"about {format_hours(found.seconds)} of one core"
        if not options.scheduler:
            workers = count_workers(options.workers, setup.threads)
            cores += f"; {format_hours(found.seconds / workers)} with {workers} workers here"
        print(f"{cores}. Another machine may be half or twice as fast")
        disk = f"about {found.megabytes:,.0f} MB of disk"
        print(f"{disk}, and {found.largest_mb:,.0f} MB for each worker while it works")
    if found.by_clock:
        print(
            f"note: {found.by_clock} jobs train by the clock, so they do not give the same bytes "
            "again; options with --rounds do"
        )
    return 0


def _tell_repeats(jobs: JobList) -> None:
    for first, row in jobs.repeated:
        _say(f"note: row {row} asks for what row {first} asks for; it is made once")
    if (more := jobs.repeats - len(jobs.repeated)) > 0:
        _say(f"note: so do {more} more rows")


def _tell_end(counts: Counts, summary: Summary, output: Path) -> None:
    for note in summary.notes:
        _say(f"note: {note}")
    shares = ", ".join(f"{split} {count}" for split, count in summary.shares.items())
    failed = f"{counts.failed} failed"
    if counts.failed:
        failed += f" ({output / 'failures.csv'}; --retry does them again)"
    _say(f"{counts.done} done ({shares}), {failed}. The index: {output / 'index.csv'}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _write_pairs(options: argparse.Namespace) -> int:
    groups = None if options.all else deal(options.folder, options.seed)
    pairs = write_pairs(options.folder, options.output, options.options, groups)
    told = f"{options.output}: {pairs.rows} swaps of {pairs.people} people"
    if len(pairs.groups) > 1:
        told += f" in groups of {', '.join(map(str, pairs.groups))}; {pairs.left_out} pairs between"
        told += " the groups are left out (--all writes them)"
    else:
        told += "; all are in one group, so the set can have only one split"
    _say(told)
    return 0


if __name__ == "__main__":
    run_command(main)
