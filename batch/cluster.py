"""Where the work is done: worker processes on this machine, or a cluster that is there already.

A worker runs one job at a time, so its Dask threads are one. The cores that a job uses are an
option of pipeline.py. Dask is imported here and in session.py only, when it is needed.
"""

from __future__ import annotations

import atexit
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

import nn
from files import package_versions

from .places import Places
from .program import digest_program
from .signing import Signer, find_problem

# MB of memory, with a margin for large frames: `python -m benchmarks.batch --costs` prints 631 for
# clips of 320 pixels, `python -m benchmarks.memory` 633 for 720p
JOB_MB = 1000
JOB_DEATHS = 3  # workers that a job may take with it before it counts as failed; by choice
PROBED_PATHS = 1000  # inputs in one question to the workers; by choice
CONNECT_SECONDS = 10.0  # until a scheduler counts as not there; by choice
MACHINE_VERSIONS = "machine", "blas"  # may differ: the same results to the last digits
EXTRA_MESSAGE = "python -m batch needs Dask and pyarrow: pip install '.[batch]'"
GONE_MESSAGE = (
    "the scheduler is gone; what is finished is kept. Start it again, then the same command "
    "continues"
)
DASK_SETTINGS = {
    "distributed.scheduler.allowed-failures": JOB_DEATHS - 1,
    # what is kept of past tasks: little, so that memory does not grow with their number
    "distributed.scheduler.dashboard.tasks.task-stream-length": 200,
    "distributed.scheduler.dashboard.status.task-stream-length": 200,
    "distributed.admin.low-level-log-length": 100,
    "distributed.admin.log-length": 100,
    "distributed.admin.system-monitor.log-length": 60,
    "distributed.diagnostics.computations.max-history": 1,
    "distributed.worker.profile.enabled": False,  # our work is done in other processes
    # a worker that dies is told in our own words
    "logging": {"distributed": "critical", "distributed.client": "critical"},
}


class ClusterError(Exception):
    """Workers cannot do the jobs, or the scheduler is gone; says why and what to do."""


class MissingDask(Exception):
    """The extra is not installed."""


def count_workers(asked: int | None, threads: int) -> int:
    """How many jobs this machine runs at once: as many as cores and memory carry.

    Raises ClusterError for more than that, and MissingDask.
    """
    load_dask()
    cores, free = nn.parallel.usable_cores(), _free_mb()
    if threads > cores:
        raise ClusterError(f"jobs with {threads} threads do not fit {cores} cores; begin a new set")
    by_cores, by_memory = max(cores // threads, 1), int(free // JOB_MB)
    if by_memory < max(asked or 1, 1):
        raise ClusterError(
            f"{asked or 1} jobs need some {JOB_MB * (asked or 1):,} MB of memory and {free:,.0f} "
            "MB are free; close other programs, or give fewer --workers"
        )
    if asked and asked > by_cores:
        raise ClusterError(
            f"{asked} workers with {threads} threads each are more than {cores} cores; give "
            f"--workers {by_cores}"
        )
    return asked or min(by_cores, by_memory)


def _free_mb() -> float:
    """The memory that is free, MB; in a container at most what that is given."""
    import psutil
    from distributed.system import MEMORY_LIMIT

    return min(psutil.virtual_memory().available, MEMORY_LIMIT) / 1e6


@contextmanager
def open_client(scheduler: str | None, workers: int) -> Iterator:
    """A Dask client: of the scheduler at this address, or of `workers` processes of our own.

    Raises MissingDask, or ClusterError if no scheduler answers.
    """
    distributed = load_dask()
    if scheduler:
        with _connect(distributed.Client, scheduler) as client:
            yield client
        return
    with _start_cluster(distributed.LocalCluster, workers) as cluster:
        with distributed.Client(cluster) as client:
            yield client


def load_dask():
    """Dask's package `distributed`, told what to keep and what to log. Raises MissingDask."""
    try:
        import dask

        dask.config.set(DASK_SETTINGS)  # before the next import, which reads how to log
        import distributed
    except ImportError:
        raise MissingDask(EXTRA_MESSAGE) from None
    if find_spec("pyarrow") is None:  # needed at the end, so that it must not be missing then
        raise MissingDask(EXTRA_MESSAGE)
    return distributed


def _start_cluster(cluster_class, workers: int):
    """Worker processes of our own; when this process ends in any way, they end as well."""
    from distributed.deploy.spec import close_clusters

    how = {"threads_per_worker": 1, "memory_limit": None, "dashboard_address": "127.0.0.1:0"}
    how["scheduler_kwargs"] = {"extensions": _choose_extensions()}
    try:
        return cluster_class(n_workers=workers, processes=True, silence_logs=50, **how)
    except KeyboardInterrupt:
        atexit.unregister(close_clusters)  # it fails for a cluster that is half started
        raise


def _choose_extensions() -> dict:
    """Those of Dask's scheduler, of which "spans" would keep a note of every task that ever was."""
    from distributed.scheduler import DEFAULT_EXTENSIONS
    from distributed.spans import SpansSchedulerExtension

    class Spans(SpansSchedulerExtension):
        def observe_tasks(self, tss, code, span_metadata):
            return super().observe_tasks(tss, code, {})

    return DEFAULT_EXTENSIONS | {"spans": Spans}


def _connect(client_class, scheduler: str):
    try:
        return client_class(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no scheduler answers at {scheduler} ({error}); start one with: dask scheduler"
        ) from None


def check_workers(client, places: Places, threads: int, signer: Signer | None = None) -> None:
    """Raise ClusterError unless every worker sees the data set and has this very program.

    With a signer it has to see the certificate and the key as well.
    """
    if not list_workers(client):
        raise ClusterError(
            "the scheduler has no workers; start some: dask worker tcp://HOST:PORT --nthreads 1"
        )
    probe = places.work / f"probe-{secrets.token_hex(8)}"
    probe.touch()
    try:
        answers = _ask(client, _describe_worker, str(probe), signer)
    finally:
        probe.unlink(missing_ok=True)
    ours, busy = describe_program(), {}
    for address, answer in answers.items():
        differing = [k for k in sorted(ours) if answer["program"].get(k) != ours[k]]
        if differing:
            both = ", ".join(f"{k} {answer['program'].get(k)}, here {ours[k]}" for k in differing)
            raise ClusterError(f"worker {address} has {both}; install the same on all machines")
        if not answer["sees"]:
            raise ClusterError(
                f"worker {address} does not see {places.folder}; the data set has to lie in a "
                "folder that all machines share, under the same path"
            )
        if answer["unsigned"]:
            raise ClusterError(
                f"worker {address} cannot sign: {answer['unsigned']}. Certificate and key have to "
                "be on all machines under the same path; --send sends no keys"
            )
        if answer["tasks"] != 1:
            raise ClusterError(
                f"worker {address} runs {answer['tasks']} jobs at once in one process; start it "
                "with --nthreads 1, and --nworkers for several"
            )
        busy[answer["host"]] = busy.get(answer["host"], 0) + threads
        if busy[answer["host"]] > answer["cores"]:
            raise ClusterError(
                f"the workers on {answer['host']} would use {busy[answer['host']]} of "
                f"{answer['cores']} cores; start fewer there, or give fewer --threads"
            )


def list_workers(client) -> list[str]:
    """The addresses of all workers. Raises ClusterError if the scheduler is gone."""
    try:
        return list(client.nthreads())
    except OSError:  # Dask's errors of connections are of this kind
        raise ClusterError(GONE_MESSAGE) from None


def find_unseen(client, paths: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Those of (path, bytes) that not all workers see with this size."""
    paths = iter(paths)
    while some := list(islice(paths, PROBED_PATHS)):
        found = set().union(*_ask(client, _find_missing, some).values())
        yield from (path for path, _ in some if path in found)


def describe_program() -> dict[str, str]:
    """What must be the same on all machines for a job to be the same on all of them."""
    versions = {k: v for k, v in package_versions().items() if k not in MACHINE_VERSIONS}
    return versions | {"program": digest_program()}


def measure_input(path: str) -> int:
    """The bytes of a clip, or of the files in a folder of pictures; -1 if it is not there."""
    with suppress(OSError):
        files = list(Path(path).iterdir()) if os.path.isdir(path) else [Path(path)]
        return sum(file.stat().st_size for file in files if file.is_file())
    return -1


def _ask(client, question, *values) -> dict:
    """The answer of each worker by its address."""
    try:
        answers = client.run(question, *values, on_error="return")
    except OSError:
        raise ClusterError(GONE_MESSAGE) from None
    for address, answer in answers.items():
        if isinstance(answer, ImportError):
            raise ClusterError(
                f"worker {address} does not have this program ({answer}); install it there"
            )
        if isinstance(answer, BaseException):
            raise ClusterError(f"worker {address}: {answer}; mend it, or start it anew")
    return answers


def _describe_worker(probe: str, signer: Signer | None, dask_worker=None) -> dict:
    """In a worker: what it sees, has and can."""
    return {
        "sees": os.path.exists(probe),
        "program": describe_program(),
        "unsigned": find_problem(signer) if signer else "",
        "tasks": dask_worker.state.nthreads,
        "cores": nn.parallel.usable_cores(),
        "host": dask_worker.ip,
    }


def _find_missing(inputs: list[tuple[str, int]]) -> set[str]:
    """In a worker: the inputs that it does not see, or sees with another size."""
    return {path for path, size in inputs if measure_input(path) != size}
