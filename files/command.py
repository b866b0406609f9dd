"""How a command ends: with its exit code, by Ctrl-C, by a kill, or because nobody reads on."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

PROGRAM = "faceswap-np"  # the console command that setup.cfg installs
STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # Ctrl-C, a kill, a closed terminal; see signal(7)
CLEANUP_SECONDS = 2.0  # after one of these, in which another one changes nothing; by choice
STDERR_NUMBER = 2  # of its file descriptor; standard input is 0, standard output 1 (POSIX)
# Exit codes. A signal's number is added to the first, as shells do it.
STOPPED_CODE, CLOSED_PIPE_CODE, FILE_ERROR_CODE = 128, 141, 6


def run_command(main: Callable[[], int | None]) -> NoReturn:
    """Call `main`, and end this process with the exit code that it returns; None means 0.

    STOP_SIGNALS raise KeyboardInterrupt in it, so that it can clean up; `stopped_code` has the exit
    code. When nobody reads the output any more (`| head -1`), the process ends and says nothing. A
    file that cannot be read or written is named in one line. In no case is there a traceback.
    """
    _open_closed_streams()
    _catch_signals()
    try:
        code = _call(main)
    except KeyboardInterrupt as stop:
        code = stopped_code(stop)
        _say("stopped")
    except BrokenPipeError:
        code = CLOSED_PIPE_CODE
    except OSError as error:
        code = FILE_ERROR_CODE
        _say(f"{error.filename or 'output'}: {error.strerror or error}")
    for number in _caught_signals():
        signal.signal(number, signal.SIG_DFL)  # everything is cleaned up
    _drop_unread_output()
    sys.exit(code)


def stopped_code(stop: KeyboardInterrupt) -> int:
    """The exit code after a signal, 128 + its number: 130 after Ctrl-C."""
    return STOPPED_CODE + (stop.args[0] if stop.args else signal.SIGINT)


def program_name() -> str:
    """What the user calls the program: "faceswap-np" if installed, "pipeline.py" in a checkout."""
    return PROGRAM if Path(sys.argv[0]).stem == PROGRAM else "pipeline.py"


def ignore_stop_signals() -> None:
    """Leave STOP_SIGNALS to the parent: a terminal sends Ctrl-C to each of its processes."""
    for number in _caught_signals():
        signal.signal(number, signal.SIG_IGN)


def _open_closed_streams() -> None:
    """Let the standard streams that were closed (`2>&-`) lead nowhere.

    Otherwise the next file to be opened gets such a stream's number, and messages end up in it.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= STDERR_NUMBER:
        pass
    os.close(number)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115


def _call(main: Callable[[], int | None]) -> int | str | None:
    try:
        code = main()
    except SystemExit as end:  # by argparse
        code = end.code
    sys.stdout.flush()  # here an error can be caught, at the end of the process it cannot
    return code


def _catch_signals() -> None:
    """Let STOP_SIGNALS raise KeyboardInterrupt(number), but only once in CLEANUP_SECONDS."""
    last = -CLEANUP_SECONDS

    def stop(number: int, _) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= CLEANUP_SECONDS:
            last = now
            raise KeyboardInterrupt(number)

    for number in _caught_signals():
        signal.signal(number, stop)


def _caught_signals() -> list[signal.Signals]:
    """STOP_SIGNALS of this system that this process was not told to ignore, as nohup does."""
    known = [getattr(signal, name) for name in STOP_SIGNALS if hasattr(signal, name)]
    return [number for number in known if signal.getsignal(number) != signal.SIG_IGN]


def _say(text: str) -> None:
    with contextlib.suppress(OSError):  # standard error may be closed as well
        print(f"{Path(sys.argv[0]).name}: {text}", file=sys.stderr)


def _drop_unread_output() -> None:
    """Discard what cannot be written, so that Python does not complain about it at the end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
