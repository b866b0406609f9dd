"""Finished jobs -> a data set: `assemble` puts all its parts in place.

catalogue.py   which clips there are, their numbers, methods and splits
layout.py      their places, in the layout of FaceForensics++
rows.py        what the tables say of them, which tables.py writes
datasheet.py   what a reader has to know
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from files import atomic_file

from . import layout
from .catalogue import Catalogue, DatasetError, Entry, read_ending
from .datasheet import Counts, write_datasheet
from .jobs import Job
from .rows import describe_clips, read_clips, read_frames
from .splits import SPLITS
from .tables import (
    FRAME_COLUMNS,
    FRAMES_GROUP_ROWS,
    INDEX_COLUMNS,
    INDEX_GROUP_ROWS,
    TableWriter,
)

FAILURE_COLUMNS = "row", "target", "donor", "options", "exit_code", "reason", "job"


@dataclass(frozen=True)
class Summary:
    """What a data set has become."""

    swaps: int
    originals: int
    frames: int  # of both, at one compression
    failed: int  # jobs, see failures.csv
    missing: int  # jobs that have not ended
    shares: dict[str, int]  # swaps by split
    notes: list[str]  # sentences for the user


def assemble(folder: Path, read_jobs: Callable[[], Iterable[Job]], seed: int) -> Summary:
    """Put the jobs that are done into the layout and the tables of the data set in `folder`.

    read_jobs  gives all jobs, in order of their rows; it is called once
    seed       of the splits

    Done again it gives the same files, whatever order the jobs ended in; clips of jobs that are
    gone are removed, and nothing of others is. Memory does not grow with the number of jobs.

    Raises DatasetError for a folder of another owner, or damaged work; OSError if the folder cannot
    be written.
    """
    _need_pyarrow()
    layout.claim_folder(folder)
    with Catalogue() as catalogue:
        again = sum(not catalogue.add(job, *read_ending(folder, job)) for job in read_jobs())
        catalogue.deal(seed)
        counts = Counts(failed=catalogue.count("failed"), missing=catalogue.count(None))
        notes = [f"{again} rows repeat an earlier one, and count once"] if again else []
        _write_tables(folder, catalogue, counts)
        for split in SPLITS:
            layout.write_pairs(folder / "splits" / f"{split}.json", catalogue.pairs(split))
            counts.of["people", split] = catalogue.count_people(split)
        _write_failures(folder / "failures.csv", catalogue.failures())
        layout.remove_stale(folder, catalogue.knows)
        notes += _judge_splits(counts)
        refused = write_datasheet(folder, counts, catalogue.methods(), seed, notes)
    return _summarise(counts, notes + ([refused] if refused else []))


def _need_pyarrow() -> None:
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise DatasetError(
            "pyarrow, which writes the tables, is missing: pip install '.[batch]'"
        ) from None


def _write_tables(folder: Path, catalogue: Catalogue, counts: Counts) -> None:
    """Put all clips in place, write their rows, and count them."""
    with ExitStack() as stack:
        index = TableWriter(folder, "index", INDEX_COLUMNS, INDEX_GROUP_ROWS)
        frames = TableWriter(folder, "frames", FRAME_COLUMNS, FRAMES_GROUP_ROWS)
        stack.enter_context(index)
        stack.enter_context(frames)
        for entry in catalogue.entries():
            if entry.donor_only and not (folder / entry.work).exists():
                continue  # no swap is to be compared with it
            clips = read_clips(folder, entry)
            rows = read_frames(folder, entry)
            layout.place_clips(folder, entry, clips, rows["mask"].to_pylist())
            catalogue.place(entry, clips)
            labels = rows["label"].to_pylist()
            described = describe_clips(folder, entry, clips, labels)
            index.write(described)
            frames.write(rows)
            _count(counts, entry, labels, described.slice(0, 1).to_pylist()[0])


def _count(counts: Counts, entry: Entry, labels: list[str], row: dict) -> None:
    """Count a clip: the labels of its frames, and what its first row in the index says."""
    of = counts.of
    for label in labels:
        of[label, entry.split] += 1
    if entry.method:
        of["swaps", entry.split] += 1
        of["method", entry.method] += 1
        of["mark", row["mark"]] += 1
        of["signature", row["signature"]] += 1
        of["versions", row["versions"]] += 1
    else:
        of["originals", entry.split] += 1
        of["kind", entry.folder.split("/")[1]] += 1


def _judge_splits(counts: Counts) -> list[str]:
    """Sentences on splits that are empty although there are swaps."""
    empty = [split for split in SPLITS if not counts.of["swaps", split]]
    if not counts.total("swaps") or not empty:
        return []
    return [
        f"no swap is in {' or '.join(empty)}: swaps tie the people into fewer than "
        f"{len(SPLITS)} separate groups; add people who are swapped among themselves only, as "
        "python -m batch pairs does"
    ]


def _write_failures(path: Path, failures: Iterator[tuple]) -> None:
    with atomic_file(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        table = csv.writer(text)
        table.writerow(FAILURE_COLUMNS)
        table.writerows(failures)
        text.flush()
        text.detach()


def _summarise(counts: Counts, notes: list[str]) -> Summary:
    return Summary(
        swaps=counts.total("swaps"),
        originals=counts.total("originals"),
        frames=counts.total("fake") + counts.total("real"),
        failed=counts.failed,
        missing=counts.missing,
        shares={split: counts.of["swaps", split] for split in SPLITS},
        notes=notes,
    )
