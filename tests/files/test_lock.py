"""One process at a time."""

import os
import subprocess
import sys

import pytest

from files import LockHeld, lock

HOLD = """
import sys
from pathlib import Path
from files import lock
held = lock(Path(sys.argv[1]))
print("held")
input()
"""


@pytest.mark.skipif(os.name != "posix", reason="no such locks on this system")
def test_a_lock_names_its_owner_and_ends_with_it(tmp_path):
    path = tmp_path / "lock"
    owner = subprocess.Popen(
        [sys.executable, "-u", "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert owner.stdout.readline() == "held\n"
        with pytest.raises(LockHeld, match=f"^{owner.pid}$"):
            lock(path)
    finally:
        owner.kill()
        owner.wait()
        owner.stdin.close()
        owner.stdout.close()
    with lock(path):
        assert path.read_text() == str(os.getpid())
