"""Inputs, output, truth and run folder: none may lie in another's way."""

from __future__ import annotations

from pathlib import Path

from files import is_left_by_system, real_path
from video import OutputError

from .settings import Settings

LOCK_NAMES = {"lock", "lock-owner"}
RENDERED_NAMES = {"target.mp4", "donor.mp4", "truth"}  # what a demo has before it has a record
DEMO_NAMES = RENDERED_NAMES | {"compare.mp4", "compare.png", "figures.json"}  # and in the end
RUN_NAMES = {"target", "donor", "checkpoints", "previews", "run.json", "log.txt", "losses.csv"}
RUN_NAMES |= {"preview.png", "result.png", "index.html", "report.json"} | LOCK_NAMES
# The remedies in messages
OTHER_FOLDER = "choose another folder with --run"
OTHER_OUTPUT = "name another output with -o"
OTHER_TRUTH = "name a new folder with --truth"


def check_apart(settings: Settings, path: Path, others: dict[str, Path], remedy: str) -> None:
    """Raise OutputError if what is written to `path` would mix with the run or with `others`.

    Their keys say what they are. The message ends with the remedy.
    """
    place, run = real_path(path), real_path(settings.folder)
    for what, other in {"run folder": settings.folder, **others}.items():
        there = real_path(other)
        is_same = place.exists() and there.exists() and place.samefile(there)
        if place == there or is_same:
            raise OutputError(f"{path} is the {what}; {remedy}")
        if place in there.parents:
            raise OutputError(f"{path} holds the {what}; {remedy}")
        if there in place.parents and there != run:
            raise OutputError(f"{path} lies in the {what}; {remedy}")
    names = RUN_NAMES | (DEMO_NAMES if settings.demo else set())
    if run in place.parents and place.relative_to(run).parts[0] in names:
        raise OutputError(f"{path} is for the run's own files; {remedy}")


def list_foreign(settings: Settings) -> list[str]:
    """The names in a run folder without a record that no run has put there."""
    ours = LOCK_NAMES | (RENDERED_NAMES if settings.demo else set())
    return [
        path.name
        for path in sorted(settings.folder.iterdir())
        if path.name.removesuffix(".json") not in ours and not is_left_by_system(path)
    ]
