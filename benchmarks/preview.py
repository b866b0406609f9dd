"""How long the user waits until there is something to see.

    python -m benchmarks.preview [TARGET DONOR | --minute] [--threads 2]

Runs `python pipeline.py TARGET DONOR --preview` in a folder of its own; without clips, the demo's
people, whose rendering counts; with --minute, two drawn clips in 720p, of which the target lasts a
minute and the donor ten seconds. Prints a JSON line for each file that a user looks at, with the
seconds from the command to the file: who was found in both clips, the first faces that are drawn,
and the preview, six frames swapped after a short training. There is no peer.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nn
from examples.drawn import Look
from files import run_command
from stages.preview import PREVIEW_NAME

from .costs import MINUTE_FRAMES, SIZE_720P
from .drawn_clip import write_clip
from .lines import print_line

# What a user looks at, and the files, relative to the run folder, that are there by then.
SEEN = {
    "who was found": ("target/people.txt", "donor/people.txt"),
    "first faces drawn": ("previews/0000.png",),
    "preview": (PREVIEW_NAME,),
}
MINUTE_FACE, DONOR_FRAMES = 200, 250  # of --minute: pixels, and frames
POLL_INTERVAL = 0.02  # seconds between two looks at the folder
PIPELINE = Path(__file__).parents[1] / "pipeline.py"


def wait_for_files(run: subprocess.Popen, folder: Path) -> dict[str, float]:
    """Seconds from now until each entry of SEEN is there. Raises SystemExit if the run fails."""
    started, seconds = time.perf_counter(), {}
    while len(seconds) < len(SEEN):
        ended = run.poll() is not None  # asked before looking, so that no file is overlooked
        for what, names in SEEN.items():
            if what not in seconds and all((folder / name).exists() for name in names):
                seconds[what] = time.perf_counter() - started
        if ended and len(seconds) < len(SEEN):
            sys.exit(f"the run ended with code {run.returncode} before its preview was there")
        time.sleep(POLL_INTERVAL)
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clips", nargs="*", metavar="TARGET DONOR", help="default: the demo's")
    parser.add_argument("--minute", action="store_true", help="a drawn clip of a minute in 720p")
    nn.parallel.add_threads_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        if options.minute:
            target, donor = (str(Path(scratch) / name) for name in ("target.mp4", "donor.mp4"))
            write_clip(target, SIZE_720P, MINUTE_FACE, MINUTE_FRAMES)
            write_clip(donor, SIZE_720P, MINUTE_FACE, DONOR_FRAMES, Look(skin=(150, 110, 90)))
            options.clips = [target, donor]
        folder = Path(scratch) / "run"
        places = ["--run", str(folder), "-o", str(Path(scratch) / "swap.mp4")]
        threads = ["--threads", str(options.threads)]
        command = [sys.executable, str(PIPELINE), *options.clips, "--preview", *places, *threads]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as run:
            for what, seconds in wait_for_files(run, folder).items():
                print_line(name=what, seconds=round(seconds, 1))


if __name__ == "__main__":
    run_command(main)
