"""How long a command takes to begin: its help, and the import of each room.

    python -m benchmarks.start [--rounds 9]

Prints a JSON line for each: the median milliseconds of a new process, those of the peer in the same
run, and their ratio. The peer imports the libraries which everything here needs: NumPy, SciPy, PyAV
and Pillow. Compiled modules are in Python's cache, as after the first start.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from files import run_command

from .timing import emit, interleaved

ROOT = Path(__file__).parents[1]
PEER = "its libraries"
PEER_CODE = "import numpy, scipy, av, PIL.Image"


def run_python(arguments: list[str], cache: str) -> Callable[[], None]:
    """A function that runs Python and waits for its end; `cache` holds the compiled modules."""
    environment = os.environ | {"PYTHONPYCACHEPREFIX": cache}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def run() -> None:
        subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="each is measured so often")
    options = parser.parse_args()
    rooms = sorted(path.parent.name for path in ROOT.glob("*/__init__.py"))
    commands = {"pipeline.py --help": ["pipeline.py", "--help"]}
    commands |= {
        f"import {room}": ["-c", f"import {room}"]
        for room in rooms
        if room not in ("tests", "benchmarks", "examples")
    }
    with tempfile.TemporaryDirectory() as cache:
        peer = run_python(["-c", PEER_CODE], cache)
        for name, arguments in commands.items():
            candidates = {"ours": run_python(arguments, cache), PEER: peer}
            emit(name, interleaved(candidates, options.rounds), PEER)


if __name__ == "__main__":
    run_command(main)
