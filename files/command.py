"""How a command ends: with its exit code, by Ctrl-C, by a kill, or because nobody reads on."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

from .quiet_start import PROGRAM

STOP_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")  # Ctrl-C, a kill, a closed terminal; see signal(7)
CLEANUP_SECONDS = 2.0  # after one of these, in which another one changes nothing; by choice
STDERR_NUMBER = 2  # of its file descriptor; standard input is 0, standard output 1 (POSIX)
RESEND_SECONDS = 0.05  # until a signal comes again whose exception was dropped; by choice
# Exit codes. A signal's number is added to the first, as shells do it.
STOPPED_CODE, CLOSED_PIPE_CODE, FILE_ERROR_CODE = 128, 141, 6


def run_command(main: Callable[[], int | None]) -> NoReturn:
    """Call `main`, and end this process with the exit code that it returns; None means 0.

    STOP_SIGNALS raise KeyboardInterrupt in it, so that it can clean up; `stopped_code` has the exit
    code. When nobody reads the output any more (`| head -1`), the process ends and says nothing. A
    file that cannot be read or written is named in one line. In no case is there a traceback.
    """
    _open_closed_streams()
    stopper = _Stopper()
    _handle_stop_signals(stopper)
    sys.unraisablehook = stopper.notice_lost
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
    ignore_stop_signals()  # the code says how it ended
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
    _handle_stop_signals(signal.SIG_IGN)


@contextlib.contextmanager
def hold_stop_signals() -> Iterator[None]:
    """Let STOP_SIGNALS wait until the block has ended; on systems that have forks."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _stop_signals())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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


class _Stopper:
    """A signal handler that raises KeyboardInterrupt(number), once in CLEANUP_SECONDS."""

    def __init__(self):
        self.last = -CLEANUP_SECONDS

    def __call__(self, number: int, _) -> None:
        if (now := time.monotonic()) - self.last >= CLEANUP_SECONDS:
            self.last = now
            raise KeyboardInterrupt(number)

    def notice_lost(self, lost) -> None:
        """Send the signal again if Python has dropped its exception, as it does in destructors."""
        if not isinstance(lost.exc_value, KeyboardInterrupt):
            sys.__unraisablehook__(lost)
            return
        self.last = -CLEANUP_SECONDS
        number = stopped_code(lost.exc_value) - STOPPED_CODE
        threading.Timer(RESEND_SECONDS, os.kill, (os.getpid(), number)).start()


def _handle_stop_signals(handler: Callable | signal.Handlers) -> None:
    """Handle those of STOP_SIGNALS that this process was not told to ignore, as nohup does."""
    for number in _stop_signals():
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)


def _stop_signals() -> list[signal.Signals]:
    return [getattr(signal, name) for name in STOP_SIGNALS if hasattr(signal, name)]


def _say(text: str) -> None:
    path = Path(sys.argv[0])
    name = path.parent.name if path.name == "__main__.py" else path.name
    with contextlib.suppress(OSError):  # standard error may be closed as well
        print(f"{name}: {text}", file=sys.stderr)


def _drop_unread_output() -> None:
    """Discard what cannot be written, so that Python does not complain about it at the end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
