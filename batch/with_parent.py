"""Become another command, which the system ends when its parent ends: with_parent.py PID COMMAND...

PID is the parent's. A job that outlived its worker would go on in a run folder that another worker
is given. This is a file of its own, run without any package, because it has to be quick.
"""

import ctypes
import os
import signal
import sys

SET_PARENT_DEATH_SIGNAL = 1  # Linux, prctl(2): PR_SET_PDEATHSIG

if __name__ == "__main__":
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != int(sys.argv[1]):  # it ended before that
            os._exit(signal.SIGKILL)
    os.execv(sys.argv[2], sys.argv[2:])
