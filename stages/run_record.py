"""run.json, the record of a run: its settings, its inputs, and which stages are finished."""

from __future__ import annotations

import json
from pathlib import Path

RECORD_FORMAT = 3  # of run.json; goes up whenever older run folders cannot be continued
RECORD_PARTS = ("identity", "settings", "versions", "stages", "results")  # each an object


class RunError(Exception):
    """A folder or a record cannot be used for this run; the message says why and what to do."""


def read_record(file: Path, run: Path, remedy: str) -> dict:
    """The record in a file, with all its parts.

    Raises OSError; ValueError or RecursionError for a file that is no record; RunError for a record
    of another format. Its message names `run`, the path that the user gave, and ends with `remedy`.
    """
    record = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(record, dict) or not isinstance(record.get("results"), dict):
        raise ValueError("results are missing")
    if (found := record.get("format", 1)) != RECORD_FORMAT:
        raise RunError(
            f"{run} was made by an earlier version of this program (format {found}, this one "
            f"writes {RECORD_FORMAT}); {remedy}"
        )
    for part in RECORD_PARTS:
        if not isinstance(record.get(part), dict):
            raise ValueError(f"{part} are missing")
    if not all(isinstance(entry, dict) for entry in record["stages"].values()):
        raise ValueError("stages are damaged")
    return record


def unsigned_digest(results: dict) -> str:
    """The SHA-256 of the output before it was signed; that of the output if it never was."""
    return results["output"].get("unsigned_sha256", results["output"]["sha256"])


def is_finished(results: dict) -> bool:
    """Whether a run with these results was finished, so that it can be replayed."""
    try:
        hashes = results["output"]["sha256"], unsigned_digest(results)
        is_written = all(isinstance(sha256, str) for sha256 in hashes)
        return is_written and all(0 <= progress < 1 for progress in results["schedule"])
    except (KeyError, TypeError):
        return False
