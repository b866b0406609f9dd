"""A cluster that is there: what is refused, what is sent, and the death of its scheduler."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

import video
from batch.cluster import (
    ClusterError,
    check_workers,
    describe_program,
    find_unseen,
    list_workers,
    load_dask,
)
from batch.commands import Program
from batch.job_list import JobList
from batch.lost_workers import tell_lost_workers
from batch.places import Places
from batch.run_job import Setup
from batch.send import provide_inputs
from batch.sources import Rendering
from batch.stamps import Stamps

from .session import ROOT, finish, read_table, run, start, wait_until, write_jobs


class Workers:
    """Instead of a Dask client: workers that answer as they are told."""

    def __init__(self, **answers):
        self.answers = answers

    def nthreads(self):
        return dict.fromkeys(self.answers, 1)

    def run(self, question, *values, on_error):
        return {
            name: answer(*values) if callable(answer) else answer
            for name, answer in self.answers.items()
        }


@pytest.fixture
def places(tmp_path):
    (tmp_path / "set" / "work").mkdir(parents=True)
    return Places(tmp_path / "set")


def _worker(**changes):
    answer = {"sees": True, "program": describe_program(), "tasks": 1, "cores": 4, "host": "h"}
    return answer | {"unsigned": ""} | changes


@pytest.mark.parametrize(
    "answer, words",
    [
        (_worker(sees=False), "does not see .*set; .*share"),
        (_worker(program=describe_program() | {"numpy": "0.1"}), "numpy 0.1, here"),
        (_worker(tasks=4), "--nthreads 1"),
        (_worker(unsigned="key.pem: No such file"), "key.pem: No such file.* --send sends no keys"),
        (_worker(cores=1), "would use 2 of 1 cores"),
        (ImportError("No module named 'batch'"), "install it there"),
        (OSError("disk"), "disk"),
    ],
)
def test_a_worker_that_does_not_fit_is_refused_by_name(places, answer, words):
    with pytest.raises(ClusterError, match=f"(?s)bad.*{words}|{words}"):
        check_workers(Workers(bad=answer), places, 2)
    check_workers(Workers(a=_worker(), b=_worker()), places, 2)
    with pytest.raises(ClusterError, match="no workers"):
        check_workers(Workers(), places, 2)
    assert not list(places.work.glob("probe-*"))


def test_inputs_that_workers_do_not_see_are_refused_or_sent(places, tmp_path):
    write_jobs(tmp_path / "jobs", ["a.mp4,b.mp4,", "c.mp4,a.mp4,"])
    blind = Workers(
        one=set(), two=lambda inputs: {path for path, _ in inputs if "b.mp4" not in path}
    )
    told = []
    with JobList(tmp_path / "jobs/jobs.csv", Rendering()) as jobs, Stamps(tmp_path / "s") as stamps:
        jobs.check(stamps)
        with pytest.raises(video.MissingInput, match="2 inputs .*a.mp4, .*c.mp4; .*--send"):
            provide_inputs(blind, jobs, places, False, told.append)
        provide_inputs(blind, jobs, places, True, told.append)
        assert len(told) == 1 and "sending 2 inputs (0.0 MB)" in told[0]
        setup = Setup(places, 1, Program(), keep_nets=False, retry=False)
        works = list(jobs)
        sent = setup.path(works[0].target)
        assert sent.name == "a.mp4" and places.work in sent.parents and sent.read_text() == "a"
        assert setup.path(works[0].donor) == tmp_path / "jobs" / "b.mp4"
        provide_inputs(blind, jobs, places, False, told.append)  # now they are seen
    assert len(told) == 1


def test_a_scheduler_that_dies_while_it_is_asked_is_told():
    def lose(*_, **how):
        raise OSError("Timed out during handshake")

    gone = Workers()
    gone.nthreads = gone.run = lose
    for ask in (lambda: list_workers(gone), lambda: list(find_unseen(gone, [("a", 1)]))):
        with pytest.raises(ClusterError, match=r"^the scheduler is gone; .* Start it again"):
            ask()


def test_an_input_of_another_size_is_not_seen(tmp_path):
    (tmp_path / "clip.mp4").write_text("four")
    here = Workers(one=lambda inputs: _answer(inputs))
    path = str(tmp_path / "clip.mp4")
    assert list(find_unseen(here, [(path, 4)])) == []
    assert list(find_unseen(here, [(path, 5), (f"{path}.gone", 1)])) == [path, f"{path}.gone"]


def _answer(inputs):
    from batch.cluster import _find_missing

    return _find_missing(inputs)


def test_that_no_worker_is_left_is_told_once_and_so_are_new_ones(monkeypatch):
    monkeypatch.setattr("batch.lost_workers.LOOK_SECONDS", 0.05)
    distributed, told = load_dask(), []
    how = {"processes": False, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    with distributed.LocalCluster(n_workers=1, **how) as cluster:
        with distributed.Client(cluster) as client, tell_lost_workers(client, told.append):
            time.sleep(0.5)
            assert told == []
            cluster.scale(0)
            wait_until(lambda: told)
            time.sleep(0.5)
            (line,) = told
            assert f"dask worker {cluster.scheduler_address} --nthreads 1" in line
            cluster.scale(1)
            wait_until(lambda: told[1:])
            assert told[1].startswith("1 workers are there again")


@contextmanager
def _cluster(folder, port, threads=1):
    """A scheduler and two workers, which have their own folder; yields the scheduler's process."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "STAND_IN_SECONDS": "1"}
    how = {"cwd": folder, "env": environment, "start_new_session": True}
    how |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m", "dask"]
    address = ["--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    scheduler = subprocess.Popen([*dask, "scheduler", *address], **how)
    words = [f"tcp://127.0.0.1:{port}", "--nthreads", str(threads), "--nworkers", "2"]
    workers = subprocess.Popen([*dask, "worker", *words, "--no-dashboard"], **how)
    try:
        yield scheduler
    finally:
        for process in (workers, scheduler):
            process.terminate()
            process.wait(60)


@pytest.mark.slow
def test_a_set_on_a_cluster_survives_its_scheduler(tmp_path, example, monkeypatch):
    monkeypatch.setenv("STAND_IN_TEMPLATE", str(example / "work"))
    folder, port = tmp_path / "jobs", 18917
    write_jobs(folder, [f"slow_{n}.mp4,b.mp4," for n in range(8)])
    where = ["--scheduler", f"tcp://127.0.0.1:{port}"]
    code, _, problems = run(folder, *where)
    assert code == 8 and "no scheduler answers" in problems
    with _cluster(tmp_path, port, threads=2):
        time.sleep(8)
        code, _, problems = run(folder, *where)
        assert code == 8 and "--nthreads 1" in problems
    with _cluster(tmp_path, port + 1) as scheduler:
        time.sleep(8)
        process = start(folder, "--scheduler", f"tcp://127.0.0.1:{port + 1}")
        while not list((folder / "set" / "work" / "swaps").glob("*/status.json")):
            time.sleep(0.1)
        scheduler.kill()
        code, _, problems = finish(process)
        assert code == 8 and "the scheduler is gone" in problems and "Traceback" not in problems
    with _cluster(tmp_path, port + 2):
        time.sleep(8)
        code, told, problems = run(folder, "--scheduler", f"tcp://127.0.0.1:{port + 2}")
    assert code == 0 and "skipped" in told, problems
    assert read_table(folder / "set" / "failures.csv") == []
