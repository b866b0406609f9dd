"""run.json is enough to repeat a run: the settings as a command line, and what is no longer as it was."""

from __future__ import annotations

import json
from pathlib import Path

from files import digest, package_versions

from .run_folder import RunError

OPTIONS = (
    "preset",
    "rounds",
    "minutes",
    "batch",
    "seed",
    "threads",
    "device",
    "size",
    "quality",
    "min_size",
    "face",
    "donor_face",
    "every",
)
FLAGS = ("all_faces", "no_mark")


class ReplayError(Exception):
    """What came out is not what the record says, or cannot be; the message says what differs."""


def read(file: Path) -> dict:
    """The record of a finished run. Raises RunError for a file that is none."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        settings, results = record["settings"], record["results"]
        fine = (
            isinstance(settings["target"], str)
            and isinstance(settings["donor"], str)
            and isinstance(settings["output"], str)
            and len(settings["frames"]) == 2
            and isinstance(record["versions"], dict)
            and isinstance(record["identity"], dict)
        )
    except OSError as error:
        raise RunError(f"{file}: {error.strerror}; --replay takes the run.json of a run") from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RunError(
            f"{file} is no record of a run ({error!r}); --replay takes the run.json of a run"
        ) from None
    try:
        fine &= isinstance(results["output"]["sha256"], str) and all(
            0 <= share < 1 for share in results["shares"]
        )
    except (KeyError, TypeError):
        raise RunError(
            f"{file}: that run was not finished; continue it by its own command, then replay it"
        ) from None
    if not fine:
        raise RunError(f"{file} is no record of a run; --replay takes the run.json of a run")
    return record


def arguments(record: dict) -> list[str]:
    """The command line of a recorded run, without where its results go."""
    settings = record["settings"]
    given = [settings["target"], settings["donor"]]
    for name in OPTIONS:
        value = settings.get(name)
        if value is not None:
            given += [
                f"--{name.replace('_', '-')}",
                ",".join(map(str, value)) if isinstance(value, list) else str(value),
            ]
    first, last = settings["frames"]
    given += ["--frames", f"{first}:{'' if last is None else last}"]
    return given + [f"--{name.replace('_', '-')}" for name in FLAGS if settings.get(name)]


def check_inputs(record: dict) -> None:
    """Raises ReplayError where a clip is not the one of that run."""
    for role in ("target", "donor"):
        path = Path(record["settings"][role])
        if not path.exists():
            raise ReplayError(f"{role} {path} is gone; put the clip back there")
        if (now := digest(path)) != record["identity"].get(role):
            raise ReplayError(
                f"{role} {path} is another file than in that run: its SHA-256 is {now[:16]}..., was {str(record['identity'].get(role))[:16]}..."
            )


def changed(record: dict) -> list[str]:
    """What of the machine and its packages is not as it was, in words."""
    before, now = record["versions"], package_versions()
    return [
        f"{k} {now.get(k, 'missing')}, was {before.get(k, 'missing')}"
        for k in sorted(before.keys() | now.keys())
        if before.get(k) != now.get(k)
    ]
