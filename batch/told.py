"""What a session tells: a line for each job that ends on standard output, progress beside it."""

from __future__ import annotations

import sys

from stages.progress import job_progress

from .job_list import Work
from .session import Counts
from .status import Status


def describe(work: Work, status: Status | None, skipped: bool = False) -> str:
    """A job and how it ended, in a line; None: it is still to be done."""
    job = work.job
    line = f"row {job.row}: {job.target.text}, {job.donor.text}: "
    if status is None:
        return f"{line}to do"
    line += f"{'skipped, ' if skipped else ''}{status.state}"
    if skipped:
        return f"{line} before"
    if status.state == "failed":
        return f"{line} ({status.code}): {status.reason}"
    return f"{line}, {status.seconds:.0f} s"


def tell_skipped(work: Work, status: Status) -> None:
    """Tell a job that had ended before."""
    print(describe(work, status, skipped=True), flush=True)


class Progress:
    """A context manager; `tell` is called with each job that ends."""

    def __init__(self, total: int, counts: Counts):
        self.total, self.skipped = total, counts.skipped

    def __enter__(self) -> Progress:
        self.bar = job_progress(self.total, self.skipped)
        return self

    def __exit__(self, *_) -> None:
        self.bar.close()

    def tell(self, work: Work, status: Status) -> None:
        """Print the line of a job above the bar."""
        self.bar.write(describe(work, status), file=sys.stdout)
        sys.stdout.flush()
        self.bar.update()

    def say(self, text: str) -> None:
        """Print a line about the session on standard error, above the bar."""
        self.bar.write(text, file=sys.stderr)
        sys.stderr.flush()
