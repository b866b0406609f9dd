"""How a job ended: status.json in its folder, written whole and last."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from files import atomic_file

STATUS_NAME = "status.json"
# what a job leaves in its folder; a job without one of these is done again
JOB_FILES = "swap.mp4", "swap.mp4.json", "truth/index.csv", "truth/clips.csv"


@dataclass(frozen=True)
class Status:
    """The end of a job."""

    state: str  # "done" or "failed"
    code: int  # the exit code; below 0: minus the number of the signal that ended it
    reason: str  # one line; empty if it is done
    seconds: float  # of wall clock


def write_status(folder: Path, status: Status) -> None:
    """Write how the job in this folder ended. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_file(folder / STATUS_NAME) as file:
        file.write(json.dumps(asdict(status), indent=1).encode() + b"\n")


def read_status(folder: Path) -> Status | None:
    """How the job in this folder ended; None if it is still to be done, or a file is missing."""
    try:
        status = Status(**json.loads((folder / STATUS_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    if status.state == "done" and not all((folder / name).is_file() for name in JOB_FILES):
        return None
    return status if status.state in ("done", "failed") else None
