"""The command line of a session as a process of its own, with a program that stands in for ours."""

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
STAND_IN = Path(__file__).with_name("stand_in.py")
LIMIT = 120  # seconds of a session of tiny jobs, until a test gives up


def start(folder, *more, stand_in=True, **environment):
    """`python -m batch jobs.csv -o set` in a folder."""
    program = ["--program", str(STAND_IN)] if stand_in else []
    return subprocess.Popen(
        [sys.executable, "-m", "batch", "jobs.csv", "-o", "set", *program, *more],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process, limit=LIMIT):
    """Its exit code, standard output and standard error."""
    told, problems = process.communicate(timeout=limit)
    return process.returncode, told, problems


def run(folder, *more, stand_in=True, **environment):
    return finish(start(folder, *more, stand_in=stand_in, **environment))


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def list_workers(process):
    """The worker processes of a session."""
    children = psutil.Process(process.pid).children()
    return [child for child in children if "--multiprocessing-fork" in child.cmdline()]


def write_jobs(folder, rows, columns="target,donor,options"):
    """Write jobs.csv, and a clip for each name in it that says what its name says."""
    folder.mkdir(exist_ok=True)
    for row in rows:
        for name in row.split(",")[:2]:
            (folder / name).write_text(Path(name).stem.replace("_", " "))
    (folder / "jobs.csv").write_text("\n".join([columns, *rows]) + "\n")


def read_table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
