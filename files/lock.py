"""A lock that one process holds, and that is free when the process ends, in any way."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from filelock import FileLock, Timeout

NO_LOCKS = (errno.ENOSYS, errno.ENOLCK, errno.ENOTSUP)  # what file systems without locks answer


class LockHeld(Exception):
    """Another process holds the lock; the message is its process id, or "unknown"."""


def lock(path: Path) -> FileLock:
    """Lock the file at `path`, which is made if it is missing, until `release()` of the result.

    The process id is written to a file beside it, because on Windows nobody else can read a locked
    one. Forked processes do not inherit the lock. Raises LockHeld if another process has it, and
    OSError if the file cannot be made or locked.
    """
    owner = path.with_name(f"{path.name}-owner")
    held = FileLock(path, fallback_to_soft=False)  # a soft one would outlive a killed process
    try:
        held.acquire(timeout=0)
    except Timeout:
        raise LockHeld(_read(owner)) from None
    except OSError as error:
        if error.errno in NO_LOCKS:
            error.strerror = "its file system has no locks"
        raise
    owner.write_text(str(os.getpid()), encoding="utf-8")
    return held


def _read(owner: Path) -> str:
    try:
        return owner.read_text(encoding="utf-8")
    except OSError:  # it has the lock only since a moment
        return "unknown"
