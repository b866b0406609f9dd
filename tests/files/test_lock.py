"""One process at a time."""

import errno
import os
import signal
import subprocess
import sys

import pytest

from files import LockHeld, lock

HOLD = """
import os, sys, time
from pathlib import Path
from files import lock
held = lock(Path(sys.argv[1]))
if "fork" in sys.argv and os.fork() == 0:
    os.write(1, b"forked %d\\n" % os.getpid())  # by now it has let go of the lock
    time.sleep(60)
os.write(1, b"held\\n")  # at once, and not between the letters of the other
input()
"""


@pytest.fixture
def hold():
    """A function that starts a process which locks a file; gives the process."""
    owners = []

    def start(path, *more):
        command = [sys.executable, "-u", "-c", HOLD, str(path), *more]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        owners.append(subprocess.Popen(command, text=True, **pipes))
        return owners[-1]

    yield start
    for owner in owners:
        owner.kill()
        owner.wait()
        owner.stdin.close()
        owner.stdout.close()


def test_a_lock_names_its_owner_and_ends_with_it(tmp_path, hold):
    path = tmp_path / "lock"
    owner = hold(path)
    assert owner.stdout.readline().startswith("held")
    with pytest.raises(LockHeld, match=f"^{owner.pid}$"):
        lock(path)
    owner.kill()
    owner.wait()
    lock(path).release()
    assert (tmp_path / "lock-owner").read_text() == str(os.getpid())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks on this system")
def test_a_fork_that_lives_longer_does_not_hold_the_lock(tmp_path, hold):
    owner = hold(tmp_path / "lock", "fork")
    told = sorted(owner.stdout.readline() for _ in range(2))
    child = int(told[0].split()[1])
    owner.kill()
    owner.wait()
    try:
        lock(tmp_path / "lock").release()
    finally:
        os.kill(child, signal.SIGKILL)


@pytest.mark.skipif(os.name != "posix", reason="locks of POSIX")
def test_a_file_system_without_locks_is_called_that(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(OSError, match="no locks"):
        lock(tmp_path / "lock")
    monkeypatch.undo()
    lock(tmp_path / "lock").release()
