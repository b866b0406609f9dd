"""A lock on a file that one process holds, and that is free when the process ends, in any way."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TextIO

try:
    import fcntl
except ImportError:  # on Windows, which has no such locks; nothing is locked there
    fcntl = None


class LockHeld(Exception):
    """Another process holds the lock; the message is its process id, or "unknown"."""


def lock(path: Path) -> TextIO:
    """Lock the file at `path`, created if it is missing, and write this process's id into it.

    The lock lasts until the returned file is closed. Child processes do not inherit it. Raises
    LockHeld if another process has it, OSError if the file cannot be opened or written.
    """
    file = open(path, "r+" if path.exists() else "w+", encoding="utf-8")  # noqa: SIM115
    try:
        if fcntl:
            _lock_or_raise(file)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
    except BaseException:
        file.close()
        raise
    return file


def _lock_or_raise(file: TextIO) -> None:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise LockHeld(file.read().strip() or "unknown") from None
