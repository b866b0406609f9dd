"""How commands end."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Open a file, then speak on both streams; the file must get none of it.
SCRIPT = """
import sys
from files import run_command
def main():
    with open(sys.argv[1], "w") as file:
        print("out"); print("error", file=sys.stderr, flush=True)
        file.write("content")
run_command(main)
"""


@pytest.mark.skipif(os.name != "posix", reason="closes streams as a POSIX shell does")
@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_command_whose_streams_are_closed_does_its_work(tmp_path, closed):
    file = tmp_path / "file"
    command = f'"$0" -c "$1" "$2" {closed}'
    arguments = ["sh", "-c", command, sys.executable, SCRIPT, str(file)]
    ended = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0 and file.read_text() == "content"
    assert ended.stdout == ("out\n" if closed == "2>&-" else "")
    assert ended.stderr == ("error\n" if closed == ">&-" else "")
