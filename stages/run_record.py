"""run.json: what a run was told, what it was made from, and what of it is finished."""

from __future__ import annotations

import json
from pathlib import Path

RECORD_FORMAT = 2  # of run.json; goes up whenever older run folders cannot be continued
PARTS = ("identity", "settings", "versions", "stages", "results")  # of a record, each an object


class RunError(Exception):
    """A folder or a record cannot be used for this run; the message says why and what to do."""


def read_record(file: Path, run: Path, remedy: str) -> dict:
    """The record of a run, with all its parts.

    Raises OSError; ValueError or RecursionError for a file that is no record; and RunError for a
    record of another format, where `run` is the name that the user knows it by and `remedy` says
    what to do instead.
    """
    record = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(record, dict) or not isinstance(record.get("results"), dict):
        raise ValueError("results are missing")
    if (found := record.get("format", 1)) != RECORD_FORMAT:
        raise RunError(
            f"{run} was made by an earlier version of this program (format {found}, this one "
            f"writes {RECORD_FORMAT}); {remedy}"
        )
    for part in PARTS:
        if not isinstance(record.get(part), dict):
            raise ValueError(f"{part} are missing")
    if not all(isinstance(entry, dict) for entry in record["stages"].values()):
        raise ValueError("stages are damaged")
    return record
