"""A session: all jobs that are still to be done go to the workers, a few at a time.

The client keeps a window of jobs in flight, so its memory does not depend on their number. Whatever
dies, a worker, the scheduler or the client: what is finished lies in the data set's folder, under
content keys, and the next session goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from files import FILE_ERROR_CODE

from .cluster import GONE_MESSAGE, JOB_DEATHS, ClusterError, list_workers
from .commands import Stopped
from .job_list import JobList, Work
from .run_job import Setup, Unseen, code_original, render, search, swap
from .status import Status, read_status, write_status

JOBS_A_WORKER = 2  # in flight: one that it does, and the next, so that it never waits; by choice
TASK_TRIES = 3  # of a task that is ended from outside; by choice
FORGET_JOBS = 200  # after as many the client forgets the names of past tasks; by choice
KILLED_CODE = -9  # the exit code of what SIGKILL ended, as subprocess has it


@dataclass
class Counts:
    """How the jobs of a session ended."""

    done: int = 0
    failed: int = 0
    skipped: int = 0  # those that had ended before; they are counted as done or failed, too

    def add(self, status: Status, skipped: bool = False) -> None:
        """Count a job."""
        self.done += status.state == "done"
        self.failed += status.state == "failed"
        self.skipped += skipped


def skip_ended(jobs: JobList, setup: Setup, tell: Callable[[Work, Status], None]) -> Counts:
    """Count the jobs that have ended before, and tell each of them."""
    counts = Counts()
    for work in jobs:
        if status := find_ended(work, setup):
            counts.add(status, skipped=True)
            tell(work, status)
    return counts


def find_ended(work: Work, setup: Setup) -> Status | None:
    """How a job ended that is not to be done; None if it is."""
    status = read_status(setup.places.swap(work.job.key))
    return None if status and setup.retry and status.state == "failed" else status


def run_jobs(
    client, jobs: JobList, setup: Setup, counts: Counts, tell: Callable[[Work, Status], None]
) -> None:
    """Do all jobs that have not ended; tell each that ends.

    Raises ClusterError if the scheduler is lost, or a worker cannot do any job.
    """
    from dask.utils import key_split
    from distributed import as_completed

    waiting = (work for work in jobs if not find_ended(work, setup))
    running: dict[str, tuple[Work, list]] = {}
    completed = as_completed()
    _fill(client, jobs, setup, waiting, running, completed)
    for future in completed:
        work, _ = running.pop(future.key)
        status = _find_status(future, work, setup)
        counts.add(status)
        tell(work, status)
        del future  # the scheduler forgets the task when nobody holds it
        if not (counts.done + counts.failed) % FORGET_JOBS:
            key_split.cache_clear()  # Dask keeps up to 100,000 names of tasks there
        _fill(client, jobs, setup, waiting, running, completed)


def _fill(
    client,
    jobs: JobList,
    setup: Setup,
    waiting: Iterator[Work],
    running: dict[str, tuple[Work, list]],
    completed,
) -> None:
    """Send jobs until every worker has enough."""
    room = JOBS_A_WORKER * max(len(list_workers(client)), 1) - len(running)
    for _, work in zip(range(room), waiting, strict=False):
        future, *before = _submit(client, jobs, setup, work)
        running[future.key] = work, before
        completed.add(future)


def _submit(client, jobs: JobList, setup: Setup, work: Work) -> list:
    """Send the tasks of a job; the first is the swap, which depends on the others."""

    def send(task: Callable, name: str, *values):
        how = {"key": f"{task.__name__}-{name}", "retries": TASK_TRIES - 1, "pure": False}
        return client.submit(task, setup, *values, **how)

    before = []
    for clip in dict.fromkeys((work.target, work.donor)):
        needs = []
        if clip.actor:
            needs = [send(render, clip.source.key, clip)]
        if jobs.is_shared(clip):
            before.append(send(search, clip.search_key, clip, *needs))
        before += needs
        if clip is work.target:
            before.append(send(code_original, setup.original(work).name, work, *needs))
    return [send(swap, work.job.key, work, *before), *before]


def _find_status(future, work: Work, setup: Setup) -> Status:
    """How a job ended whose last task has ended in any way; writes it if no worker has."""
    if future.status == "finished":
        return future.result()
    if future.status != "error":
        raise ClusterError(GONE_MESSAGE)
    status = _describe_error(future.exception(), setup)
    write_status(setup.places.swap(work.job.key), status)
    return status


def _describe_error(error: BaseException, setup: Setup) -> Status:
    from distributed import KilledWorker

    if isinstance(error, Unseen):
        raise ClusterError(
            f"a worker does not see {error}; it has to lie in a folder that all machines share, "
            "under the same path"
        )
    if isinstance(error, Stopped):
        code, reason = error.args
        return Status("failed", code, f"{reason} ({TASK_TRIES} times)", 0.0)
    if isinstance(error, KilledWorker):
        reason = f"its worker was killed {JOB_DEATHS} times; out of memory?"
        return Status("failed", KILLED_CODE, reason, 0.0)
    reason = f"{type(error).__name__}: {error}".splitlines()[0]
    return Status("failed", FILE_ERROR_CODE, reason.replace(f"{setup.places.folder}/", ""), 0.0)
