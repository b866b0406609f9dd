"""Ctrl-C while a command still imports its modules: the process ends at once, without a traceback.

`run_command` can only catch it later. So every package that is a command imports `files` first, and
`files` this module.
"""

from __future__ import annotations

import signal
import sys
from pathlib import PurePath

PROGRAM = "faceswap-np"  # the console command that setup.cfg installs
# The names of our commands while they import: Python calls a package "-m" until it has found it.
STARTING_NAMES = {"-m", "pipeline", PROGRAM}


def let_interrupts_end_the_process() -> None:
    """Let Ctrl-C end this process as the system does it, if it is one of our commands."""
    is_command = PurePath(next(iter(sys.argv), "")).stem in STARTING_NAMES
    if is_command and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


let_interrupts_end_the_process()
