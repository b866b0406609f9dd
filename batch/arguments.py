"""The options of python -m batch and of python -m batch pairs."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from actors.scene import check_scene
from files import Parser

from .sources import Rendering

BATCH_DESCRIPTION = (
    "Make all swaps of a CSV file, on this machine or on a Dask cluster, and a labelled data set "
    "of them. Started again it continues, whatever ended it. python -m batch pairs FOLDER writes "
    "such a file for the people in a folder."
)
BATCH_EPILOG = """exit codes: 0 all jobs done, 1 some failed (DATASET/failures.csv says why), 2
wrong options or a wrong row, 3 input missing, 6 output cannot be written, 7 a data set that is in
use or was begun with other threads or another certificate, 8 workers that do not fit or a scheduler
that is gone, 9 Dask is not installed, 13 cannot be signed, 130 interrupted. Swap faces only of
people who agreed to it."""
BATCH_HELP = {
    "jobs": "the CSV file: a row a swap, with columns target,donor,options (of pipeline.py) and "
    "perhaps target_person,donor_person. A target or donor is a clip, a folder of pictures, or "
    "actors:7, rendered actor 7",
    "output": "the folder of the data set; one that is there continues",
    "workers": "jobs at a time on this machine (default: as many as cores and memory carry)",
    "threads": "processor cores for each job (default: 1, which makes most swaps an hour)",
    "scheduler": "work on the Dask cluster of this scheduler, tcp://HOST:PORT",
    "send": "copy inputs that the workers cannot see into the data set's folder",
    "retry": "do failed jobs again",
    "dry-run": "only say what would run, how long, and how much disk it takes",
    "keep-nets": "keep the nets of each finished job, some 40 MB each (default: delete them)",
    "sign": "sign every swap with C2PA, by the certificate in CERT (with its chain) and its "
    "private KEY, both PEM; settled when a set is begun (default: not signed)",
    "test-certificate": "the same with a certificate made in DIR, unless there is one already. It "
    "is a TEST certificate and proves nothing: anybody can make one",
    "split-seed": "decides who is in train, val and test (default: 0)",
    "actor-frames": "frames of a rendered clip (default: 125)",
    "actor-size": "width and height of a rendered clip, pixels (default: 320)",
}


@dataclass(frozen=True)
class _Actor:
    """The frames and the size of all rendered clips, with what else `check_scene` reads."""

    frames: int
    size: tuple[int, int]
    rate: float = 25
    hard: frozenset = frozenset()
    actor: int = 0
    performance: int = 0
    face: None = None


def parse_batch(arguments: list[str]) -> argparse.Namespace:
    """The options of a session. Wrong ones end the program with code 2."""
    parser = Parser(prog="python -m batch", description=BATCH_DESCRIPTION, epilog=BATCH_EPILOG)

    certificate = parser.add_mutually_exclusive_group()

    def add(name: str, to=parser, **how) -> None:
        names = ("-o", name) if name == "--output" else (name,)
        to.add_argument(*names, help=BATCH_HELP[name.lstrip("-")], **how)

    add("jobs", type=Path, metavar="JOBS.csv")
    add("--output", type=Path, metavar="DATASET", required=True)
    add("--workers", type=_count, metavar="N")
    add("--threads", type=_count, metavar="N")
    add("--scheduler", metavar="ADDRESS")
    add("--send", action="store_true")
    add("--retry", action="store_true")
    add("--dry-run", action="store_true")
    add("--keep-nets", action="store_true")
    add("--sign", certificate, nargs=2, type=Path, metavar=("CERT", "KEY"))
    add("--test-certificate", certificate, type=Path, metavar="DIR")
    add("--split-seed", type=int, default=0, metavar="N")
    add("--actor-frames", type=_count, default=Rendering.frames, metavar="N")
    add("--actor-size", type=_count, default=Rendering.size, metavar="PX")
    parser.add_argument("--program", help=argparse.SUPPRESS)  # tests run it instead of ours
    options = parser.parse_args(arguments)
    if options.scheduler and options.workers:
        parser.error("--workers is for this machine; the scheduler has its own workers")
    if options.send and not options.scheduler:
        parser.error("--send is for the workers of a --scheduler; those of this machine see all")
    try:
        check_scene(_Actor(options.actor_frames, (options.actor_size, options.actor_size)))
    except ValueError as error:
        parser.error(f"--actor-frames, --actor-size: {error}")
    return options


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text[:9]) < 10**6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def parse_pairs(arguments: list[str]) -> argparse.Namespace:
    """The options of `pairs`. Wrong ones end the program with code 2."""
    parser = Parser(
        prog="python -m batch pairs",
        description="Write a CSV file with a swap for each ordered pair of clips of two people. "
        "People are first dealt into groups for train, val and test, and paired within their "
        "group: if everybody is swapped with everybody, nobody can be held out for a test.",
        epilog="exit codes: 0 done, 2 wrong options or fewer than two people, 3 no such folder or "
        "no clips in it, 6 the file cannot be written.",
    )
    add = parser.add_argument
    help = "FOLDER/anna/ with clips of Anna, or FOLDER/anna.mp4"
    add("folder", type=Path, metavar="FOLDER", help=help)
    help = "the file (default: jobs.csv)"
    add("-o", "--output", type=Path, default=Path("jobs.csv"), metavar="JOBS.csv", help=help)
    add("--options", default="", metavar="OPTIONS", help="of pipeline.py, for every row")
    add("--seed", type=int, default=0, metavar="N", help="deals the groups (default: 0)")
    add("--all", action="store_true", help="all pairs; they can only be one split")
    return parser.parse_args(arguments)
