"""Repeating a recorded run: run.json -> its command line, and a check of the output's bytes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from files import digest, package_versions

from .run_record import RunError, read_record
from .settings import Settings

# Names of settings, and of the preset's fields, that are options with a value.
FACE_OPTIONS = ("min_size", "face", "donor_face", "every", "turn", "donor_turn")
VALUE_OPTIONS = ("seed", "device", "size", "quality", *FACE_OPTIONS)
RANGE_OPTIONS = ("frames", "learn_frames", "donor_frames")
SWITCH_OPTIONS = ("all_faces", "same")
PRESET_OPTIONS = ("rounds", "minutes", "batch", "colour")


class ReplayError(Exception):
    """The output differs from the record, or is bound to; the message says what differs."""


@contextmanager
def expect_same_bytes(settings: Settings) -> Iterator[None]:
    """A context in which the recorded run is repeated; its output must have the recorded SHA-256.

    Raises ReplayError if it has another, or if the clips are not those of that run.
    """
    record = read(settings.replay)
    check_inputs(record)
    differences = changed_versions(record)
    for text in differences:
        print(f"note: {text}", file=sys.stderr)
    yield
    now, was = digest(settings.output), record["results"]["output"]["sha256"]
    if now != was:
        why = "; ".join(differences) or "the same versions; was it another processor?"
        raise ReplayError(
            f"{settings.output} is not what the record says: its SHA-256 is {now[:16]}..., was "
            f"{was[:16]}... ({why})"
        )
    print(f"{settings.output}: the same bytes as before", file=sys.stderr)


def read(file: Path) -> dict:
    """The record of a finished run. Raises RunError if the file is not such a record."""
    try:
        record = read_record(file, file, "replay it with that version")
        _check_settings(record)
    except OSError as error:
        raise RunError(f"{file}: {error.strerror}; --replay takes the run.json of a run") from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RunError(
            f"{file} is no record of a run ({error!r}); --replay takes the run.json of a run"
        ) from None
    if not _is_finished(record["results"]):
        raise RunError(
            f"{file}: that run was not finished; continue it by its own command, then replay it"
        )
    return record


def _check_settings(record: dict) -> None:
    settings = record["settings"]
    texts = [settings[name] for name in ("target", "donor", "output")]
    texts.append(settings["preset"]["name"])
    if not all(isinstance(text, str) for text in texts) or any(
        len(settings[name]) != 2 for name in RANGE_OPTIONS
    ):
        raise ValueError("its settings are damaged")
    if not isinstance(settings["threads"], int) or settings["threads"] < 1:
        raise ValueError("its threads are damaged")


def _is_finished(results: dict) -> bool:
    try:
        return isinstance(results["output"]["sha256"], str) and all(
            0 <= progress < 1 for progress in results["schedule"]
        )
    except (KeyError, TypeError):
        return False


def arguments(record: dict) -> list[str]:
    """The command line of a recorded run, without --threads, --output and --run."""
    settings = record["settings"]
    preset = settings["preset"]
    words = [settings["target"], settings["donor"], "--preset", preset["name"]]
    for name in RANGE_OPTIONS:
        first, last = settings[name]
        words += [_option(name), f"{first}:{'' if last is None else last}"]
    values = {name: settings.get(name) for name in VALUE_OPTIONS}
    for name, value in (values | {name: preset.get(name) for name in PRESET_OPTIONS}).items():
        if value is not None:
            text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
            words += [_option(name), text]
    words += [_option(name) for name in SWITCH_OPTIONS if settings.get(name)]
    if not settings.get("mark", True):
        words.append("--no-mark")
    return words


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def check_inputs(record: dict) -> None:
    """Raise ReplayError unless both clips are those of the recorded run."""
    for role in ("target", "donor"):
        path = Path(record["settings"][role])
        if not path.exists():
            raise ReplayError(f"{role} {path} is gone; put the clip back there")
        was = str(record["identity"].get(role))
        if (now := digest(path)) != was:
            raise ReplayError(
                f"{role} {path} is another file than in that run: its SHA-256 is {now[:16]}..., "
                f"was {was[:16]}..."
            )


def changed_versions(record: dict) -> list[str]:
    """How this machine and its packages differ from the recorded run's, in words."""
    before, now = record["versions"], package_versions()
    return [
        f"{name} {now.get(name, 'missing')}, was {before.get(name, 'missing')}"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]
