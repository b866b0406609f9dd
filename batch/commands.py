"""A piece of work as a process of its own: its exit code, memory and crashes are not the worker's.

The process ends with its worker. What it prints is kept in a file.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from files import LockHeld, lock
from files.command import STOPPED_CODE

ROOT = Path(__file__).parents[1]
MODULES = {"render": "actors", "prepare": "batch.prepare", "swap": "pipeline"}
# Exit codes that say nothing about the job: a signal's number below 0, or as shells have it.
STOPPED_CODES = {STOPPED_CODE + number for number in (1, 2, 9, 15)}  # HUP, INT, KILL, TERM
LAST_BYTES = 4096  # of what a process printed, in which its last line is looked for; by choice
# What pipeline.py says when another process, that is about to end, still uses the same places.
IN_USE = "in use by another run", "being written by another run"
IN_USE_TRIES = 30  # seconds: a process whose worker was killed ends within one; by choice
POLL_SECONDS = 1.0  # between two looks at a lock that another worker holds; by choice


class Stopped(Exception):
    """A process was ended from outside, so the work is to be done again: (exit code, reason)."""


@dataclass(frozen=True)
class Ended:
    """How a piece of work ended."""

    code: int  # exit code
    reason: str  # the last line that it printed, if it failed
    seconds: float  # of wall clock


@dataclass(frozen=True)
class Program:
    """What is run: our own programs, or in tests a file that stands in for all of them."""

    stand_in: str | None = None

    def command(self, kind: str, *words: str) -> list[str]:
        """The command line for a kind of work, a key of MODULES, on this machine."""
        if self.stand_in:
            return [sys.executable, self.stand_in, kind, *words]
        return [sys.executable, "-m", MODULES[kind], *words]


def run_once(command: list[str], said: Path, lock_path: Path, is_done) -> Ended:
    """Run a command unless its work is done, while no other worker runs it.

    said     the file that gets what the command prints
    is_done  called without arguments

    Raises Stopped if a signal ended the command, and OSError where files cannot be written.
    """
    lock_path.parent.mkdir(parents=True, exist_ok=True)
    held = _wait_for_lock(lock_path)
    try:
        if is_done():
            return Ended(0, "", 0.0)
        return _run_until_free(command, said)
    finally:
        held.release()


def _wait_for_lock(path: Path):
    """The lock; another worker holds it when the client before has died and its task goes on."""
    while True:
        try:
            return lock(path)
        except LockHeld:
            time.sleep(POLL_SECONDS)


def _run_until_free(command: list[str], said: Path) -> Ended:
    """Run a command, again while it says that a process which is about to end uses its places."""
    start = time.monotonic()
    said.parent.mkdir(parents=True, exist_ok=True)
    for _ in range(IN_USE_TRIES):
        code, reason = _run(command, said)
        if not any(words in reason for words in IN_USE):
            break
        time.sleep(POLL_SECONDS)
    if code < 0 or code in STOPPED_CODES:
        raise Stopped(code, reason)
    return Ended(code, reason if code else "", round(time.monotonic() - start, 1))


def _run(command: list[str], said: Path) -> tuple[int, str]:
    """The exit code of a command, and a line that says why it failed."""
    follow = [sys.executable, "-S", str(ROOT / "batch" / "with_parent.py"), str(os.getpid())]
    environment = dict(os.environ)
    if (ROOT / "setup.cfg").is_file():  # a checkout, which may not be installed
        paths = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    with open(said, "wb") as file:
        process = subprocess.Popen(
            [*(follow if os.name == "posix" else []), *command],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,  # Ctrl-C on the terminal is for the client
        )
        code = process.wait()
    return code, _name_signal(code) or _read_last_line(said)


def _name_signal(code: int) -> str:
    """What ended a process, if it was a signal; "" if it was not."""
    number = -code if code < 0 else code - STOPPED_CODE if code in STOPPED_CODES else 0
    if not number:
        return ""
    with suppress(ValueError):
        name = signal.Signals(number).name
        hint = "; out of memory?" if name == "SIGKILL" else ""
        return f"ended by the signal {name}{hint}"
    return f"ended by signal {number}"


def _read_last_line(said: Path) -> str:
    """The last line that a process printed, without the name of the program before it."""
    data = said.read_bytes()[-LAST_BYTES:].decode("utf-8", "replace")
    lines = [line.strip() for line in data.splitlines() if line.strip()]
    line = lines[-1] if lines else "it said nothing"
    program, colon, rest = line.partition(": ")
    return rest if colon and program in ("pipeline.py", "faceswap-np", "actors") else line
