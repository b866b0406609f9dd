"""Repeating a recorded run: run.json -> its command line, and a check of the output's bytes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from files import package_versions, real_path

from .command import RANGE_OPTIONS
from .identity import digest_clip
from .run_record import RunError, is_finished, read_record, unsigned_digest
from .settings import Settings


class ReplayError(Exception):
    """The output differs from the record, or is bound to; the message says what differs."""


@contextmanager
def expect_same_bytes(settings: Settings) -> Iterator[None]:
    """A context in which the recorded run is repeated; its output must have the recorded SHA-256.

    Of signed outputs, that which they had before counts: no two signatures are the same. Raises
    ReplayError if it is another.
    """
    record = read(settings.replay)
    differences = changed_versions(record)
    for text in differences:
        print(f"note: {text}", file=sys.stderr)
    yield
    again = read_record(settings.folder / "run.json", settings.folder, "replay it anew")
    now, was = (unsigned_digest(one["results"]) for one in (again, record))
    if now != was:
        why = "; ".join(differences) or "the same versions; was it another processor?"
        raise ReplayError(
            f"{settings.output} is not what the record says: its SHA-256 is {now[:16]}..., was "
            f"{was[:16]}... ({why})"
        )
    signed = any("signature" in one["results"]["output"] for one in (again, record))
    what = ", not counting the signatures" if signed else ""
    print(f"{settings.output}: the same bytes as before{what}", file=sys.stderr)


def read(file: Path) -> dict:
    """The record of a finished run. Raises RunError if the file is not such a record."""
    try:
        record = read_record(file, file, "replay it with that version")
        _check_settings(record)
    except OSError as error:
        raise RunError(f"{file}: {error.strerror}; --replay takes the run.json of a run") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise RunError(
            f"{file} is no record of a run; --replay takes the run.json of a run"
        ) from None
    if not is_finished(record["results"]):
        raise RunError(
            f"{file}: that run was not finished; continue it by its own command, then replay it"
        )
    return record


def _check_settings(record: dict) -> None:
    settings = record["settings"]
    texts = [settings[name] for name in ("target", "donor", "output", "folder")]
    texts.append(settings["preset"]["name"])
    if not all(isinstance(text, str) for text in texts) or any(
        len(settings[name]) != 2 for name in RANGE_OPTIONS
    ):
        raise ValueError("its settings are damaged")
    if not isinstance(settings["threads"], int) or settings["threads"] < 1:
        raise ValueError("its threads are damaged")


def find_clips(file: Path, record: dict) -> dict[str, Path]:
    """The target and the donor of a record in `file`.

    Raises ReplayError if one is gone, or another file than in that run.
    """
    return {role: _find_clip(file, record, role) for role in ("target", "donor")}


def _find_clip(file: Path, record: dict, role: str) -> Path:
    was, now = str(record["identity"].get(role)), ""
    places = find_moved(file, record["settings"], role)
    for place in filter(Path.exists, places):
        if (now := digest_clip(place)) == was:
            return place
    if not now:
        raise ReplayError(f"{role} {places[-1]} is gone; put the clip back there")
    raise ReplayError(
        f"{role} {places[-1]} is another file than in that run: its SHA-256 is {now[:16]}..., was "
        f"{was[:16]}..."
    )


def find_moved(file: Path, settings: dict, name: str) -> list[Path]:
    """Where a recorded path may be now.

    First, where it is if it was moved together with its run folder, in which `file` lies; last,
    where it was.
    """
    was, folder = Path(settings[name]), real_path(file).parent
    return [Path(os.path.normpath(folder / os.path.relpath(was, settings["folder"]))), was]


def changed_versions(record: dict) -> list[str]:
    """How this machine and its packages differ from the recorded run's, in words."""
    before, now = record["versions"], package_versions()
    return [
        f"{name} {now.get(name, 'missing')}, was {before.get(name, 'missing')}"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]
