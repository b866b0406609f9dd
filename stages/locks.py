"""The locks that a run holds from start to end: on its folder and on its output."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from filelock import FileLock

from files import LockHeld, lock, real_path
from video import OutputError

from .apart import OTHER_FOLDER, OTHER_OUTPUT
from .run_record import RunError
from .settings import Settings


def lock_places(settings: Settings) -> ExitStack:
    """A context in which no other run uses the same output or run folder; makes the folder.

    Raises OutputError or RunError if another one does.
    """
    with ExitStack() as held:
        held.callback(take_output(settings.output).release)
        held.callback(take_folder(settings.folder).release)
        return held.pop_all()


def take_output(output: Path) -> FileLock:
    """Lock an output, until `release()` of the result. Raises OutputError.

    Two runs would write the same partial file. The lock is a file in the system's temporary folder,
    named by a hash of the place, so that it leaves nothing beside the output.
    """
    place = os.path.normcase(real_path(output))
    key = hashlib.sha256(os.fsencode(place)).hexdigest()[:32]
    try:
        return lock(Path(tempfile.gettempdir(), f"faceswap-np-{_user()}-{key}.lock"))
    except LockHeld as owner:
        raise OutputError(
            f"{output} is being written by another run (process {owner}); wait for it, or "
            f"{OTHER_OUTPUT}"
        ) from None


def take_folder(folder: Path) -> FileLock:
    """Make a run folder and lock it, until `release()` of the result. Raises RunError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return lock(folder / "lock")
    except LockHeld as owner:
        problem = f"is in use by another run (process {owner}); wait for it, or {OTHER_FOLDER}"
        raise RunError(f"{folder} {problem}") from None
    except OSError as error:
        problem = f"cannot be used as run folder: {error.strerror}; {OTHER_FOLDER}"
        raise RunError(f"{folder} {problem}") from None


def _user() -> int:
    """Part of a lock's name, as no user may open the files of another in the temporary folder."""
    return os.getuid() if hasattr(os, "getuid") else 0  # Windows has a folder for each user
