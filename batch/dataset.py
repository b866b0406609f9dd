"""STAND-IN, to be replaced as a whole: the tables of a data set from its finished jobs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from files import digest

from .jobs import Job
from .status import read_status


def assemble(folder: Path, read_jobs: Callable[[], Iterator[Job]], seed: int) -> None:
    """Write index.csv, a row a finished job, and failures.csv, a row a failed one."""
    with open(folder / "index.csv", "w", newline="", encoding="utf-8") as index:
        with open(folder / "failures.csv", "w", newline="", encoding="utf-8") as failures:
            done, failed = csv.writer(index), csv.writer(failures)
            failed.writerow(["row", "target", "donor", "options", "code", "reason"])
            for job in read_jobs():
                status = read_status(swap := folder / "work" / "swaps" / job.key)
                names = [job.row, job.target.text, job.donor.text]
                if status and status.state == "done":
                    done.writerow([*names, job.key, digest(swap / "swap.mp4")])
                elif status:
                    failed.writerow([*names, " ".join(job.options), status.code, status.reason])
