"""What a data set was begun with, and keeps: another number of threads gives other bytes."""

from __future__ import annotations

import json
from pathlib import Path

from files import atomic_file, is_left_by_system

SET_FORMAT = 1  # of the folder work/; goes up whenever an older one cannot be continued
# two jobs with a core each beat one with two: `python -m benchmarks.batch` prints it
DEFAULT_JOB_THREADS = 1


class SetError(Exception):
    """A data set's folder cannot be used so; says why and what to do."""


def check_folder(folder: Path) -> None:
    """Raise SetError for a folder that has files and is no data set."""
    if folder.exists() and not folder.is_dir():
        raise SetError(f"{folder} is a file; name a folder for the data set with -o")
    if folder.is_dir() and not (folder / "work").is_dir():
        names = sorted(path.name for path in folder.iterdir() if not is_left_by_system(path))
        if names:
            raise SetError(
                f"{folder} holds {names[0]} and no work/ of a data set, so there is nothing to "
                "continue; name a new folder with -o"
            )


def settle_threads(work: Path, asked: int | None) -> int:
    """The number of threads of every job of the set, written down if the set is new.

    Raises SetError if another number is asked for than the set was begun with, and OSError.
    """
    path = work / "set.json"
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["format"] != SET_FORMAT:
            raise SetError(f"{path} is of another version of this program; begin another set")
        threads = int(known["threads"])
    except FileNotFoundError:
        threads = asked or DEFAULT_JOB_THREADS
        with atomic_file(path) as file:
            file.write(json.dumps({"format": SET_FORMAT, "threads": threads}).encode() + b"\n")
    except (ValueError, KeyError, TypeError) as error:
        raise SetError(f"{path} is damaged ({error}); delete it") from None
    if asked not in (None, threads):
        raise SetError(
            f"{work.parent} was begun with --threads {threads}, and results depend on it; leave it "
            "out, or begin another set"
        )
    return threads
