"""The command line -> Settings."""

from __future__ import annotations

import argparse
import os
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from colorcorrect import TRANSFERS

from . import presets, replay
from .settings import FaceChoice, Settings

DEMO_FOLDER = Path("runs/demo")
DEMO_MINUTES = 1.2  # of training; by eye: enough to know the face
SMALLEST_MIN_SIZE = 12  # pixels, the window of the detector's first net

DESCRIPTION = (
    "Put DONOR's face into TARGET. Without clips: a demo on two rendered people who do not exist, "
    "in runs/demo."
)
EPILOG = """exit codes: 0 done, 2 wrong options, 3 input missing, 4 input not a clip, 5 too few
faces, 6 output cannot be written, 7 run folder damaged or of another run, 8 detector weights
missing, 9 no GPU, 10 training diverged, 11 a training process died, 12 a replay came out otherwise,
130 interrupted. Clips say in their metadata that they are synthetic, a record beside them says how
they were made, and the replaced faces carry an invisible mark (python -m provenance CLIP). Swap
faces only of people who agreed to it."""


def parse(arguments: list[str] | None = None) -> Settings:
    """The settings that a command line asks for; wrong options end the program with code 2.

    For a replay they are those of the recorded run. Raises RunError for a record that is none.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.replay:
        if options.target:
            parser.error("--replay takes its clips from the record")
        settings = _replayed(options)
    else:
        _check(parser, options)
        settings = _settings(options)
    return replace(settings, command="python pipeline.py " + " ".join(arguments))


def _replayed(options: argparse.Namespace) -> Settings:
    """The settings of a recorded run, in a folder and with an output of its own."""
    record = replay.read(options.replay)
    folder = options.replay.resolve().parent
    recorded_output = Path(record["settings"]["output"])
    output = recorded_output.with_name(f"{recorded_output.stem}-replay{recorded_output.suffix}")
    places = {
        "--output": options.output or output,
        "--run": options.run or folder.with_name(f"{folder.name}-replay"),
    }
    command = replay.arguments(record) + [str(word) for pair in places.items() for word in pair]
    schedule = tuple(record["results"]["schedule"])
    return replace(parse(command), replay=options.replay, schedule=schedule)


def _check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse options that do not go together."""
    if options.target and not options.donor:
        parser.error("TARGET needs a DONOR, the clip whose face is put in")
    if not options.target and (options.frames != (0, None) or options.every != 1):
        parser.error("--frames and --every are for clips of yours; the demo is short")
    if options.all_faces and options.face is not None:
        parser.error("--face picks one face, --all-faces takes all")
    if options.min_size < SMALLEST_MIN_SIZE:
        parser.error(f"--min-size is at least {SMALLEST_MIN_SIZE} pixels, the detector's window")


def _settings(options: argparse.Namespace) -> Settings:
    """Settings of options that were checked."""
    values = vars(options).copy()
    demo = options.target is None
    changes = {name: values.pop(name) for name in ("batch", "rounds", "minutes", "colour")}
    folder = values.pop("run")
    if demo:
        folder = folder or DEMO_FOLDER
        values |= {"target": folder / "target.mp4", "donor": folder / "donor.mp4"}
        values["output"] = options.output or folder / "swap.mp4"
        if not options.rounds:
            changes["minutes"] = options.minutes or DEMO_MINUTES
    else:
        values["output"] = options.output or Path("swap.mp4")
        folder = folder or Path("runs") / (values["output"].stem or "swap")
    values["preset"] = _changed(presets.PRESETS[options.preset], changes)
    values["mark"] = not values.pop("no_mark")
    return Settings(**values, folder=folder, demo=demo)


def _changed(preset: presets.Preset, changes: dict) -> presets.Preset:
    """A preset with what the command line gives in place of its own."""
    length = {name: changes.pop(name) for name in ("rounds", "minutes")}
    given = {name: value for name, value in changes.items() if value is not None}
    if any(length.values()):
        given |= length
    return replace(preset, **given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pipeline.py", description=DESCRIPTION, epilog=EPILOG)
    _add_clips(parser)
    _add_training(parser)
    _add_conversion(parser)
    _add_choice_of_faces(parser)
    _add_research(parser)
    return parser


def _add_clips(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "target",
        nargs="?",
        type=Path,
        help="the clip to change: a video, or a folder of numbered images",
    )
    add("donor", nargs="?", type=Path, help="the clip whose face is put in: likewise")
    add(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help=".mp4 (H.264), .mkv (lossless), .gif, or a folder for numbered PNG "
        "(default: swap.mp4)",
    )
    add(
        "--run",
        type=Path,
        metavar="DIR",
        help="the run folder; an existing run continues (default: runs/ and OUT's name)",
    )


def _add_training(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--preset",
        choices=presets.PRESETS,
        default="standard",
        help="how to train (default: standard; seed is the 2020 program's way)",
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--rounds",
        type=_positive(int),
        metavar="N",
        help="train N rounds, epochs of both faces and colours (default: the preset's)",
    )
    length.add_argument(
        "--minutes",
        type=_positive(float),
        metavar="M",
        help="train M minutes (default: the preset's; standard: 8)",
    )
    add(
        "--batch",
        type=_positive(int),
        metavar="N",
        help="faces a training step (default: the preset's; standard: 8, seed: 2)",
    )
    add("--seed", type=int, default=0, metavar="N", help="of everything random (default: 0)")
    add(
        "--threads",
        type=_positive(int),
        metavar="N",
        default=_cores(),
        help="processor cores to use (default: all, here %(default)s)",
    )
    add(
        "--device",
        choices=("cpu", "gpu"),
        default="cpu",
        help="where to train and swap (default: cpu)",
    )


def _add_conversion(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--size",
        type=_positive(int),
        metavar="PX",
        default=256,
        help="height in pixels of the canvas a face is blended on, at most (default: 256; a "
        "smaller face keeps its own)",
    )
    add(
        "--colour",
        choices=TRANSFERS,
        help="how the face's colours are matched to the target's (default: the preset's; "
        "standard: light, seed: none)",
    )
    add(
        "--quality",
        type=int,
        default=18,
        metavar="CRF",
        choices=range(52),
        help="of H.264, 0 best to 51 (default: 18)",
    )
    add(
        "--no-mark",
        action="store_true",
        help="leave the invisible mark out of the replaced faces, for research on them: once its "
        "metadata are lost, nothing shows that the clip is made. The record says so (default: "
        "marked)",
    )


def _add_choice_of_faces(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--face",
        type=_face,
        metavar="N|X,Y",
        help="which face of the target: the N-th most prominent, from 0, or the one at pixel X,Y "
        "(default: the most prominent)",
    )
    add(
        "--all-faces",
        action="store_true",
        help="put the donor's face on everybody in the target, not on one person",
    )
    add("--donor-face", type=_face, metavar="N|X,Y", help="which face of the donor, likewise")
    add(
        "--min-size",
        type=_positive(float),
        default=40,
        metavar="PX",
        help="smallest face looked for, in pixels (default: 40)",
    )
    add(
        "--frames",
        type=_frames,
        default=(0, None),
        metavar="A:B",
        help="only frames A to B-1 of the target, from 0 (default: all)",
    )
    add(
        "--every",
        type=_positive(int),
        default=1,
        metavar="N",
        help="only every N-th frame of the target (default: 1)",
    )


def _add_research(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--truth",
        type=Path,
        metavar="DIR",
        help="write the truth there, for research: which pixels changed, matrices, hashes of the "
        "untouched frames, labels, and the clip at several compressions (default: none)",
    )
    parser.add_argument(
        "--replay",
        type=Path,
        metavar="RUN.json",
        help="do a recorded run again, in a folder of its own, and compare the bytes",
    )


def _cores() -> int | None:
    """Processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def _positive(kind: type) -> Callable[[str], int | float]:
    def parse_number(text: str) -> int | float:
        value = kind(text)
        if not 0 < value < 1e9:
            raise ArgumentTypeError(f"{text} is not above 0")
        return value

    parse_number.__name__ = kind.__name__
    return parse_number


def _face(text: str) -> FaceChoice:
    parts = text.split(",")
    try:
        return int(text) if len(parts) == 1 else (float(parts[0]), float(parts[1]))
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is neither a number nor a point X,Y") from None


def _frames(text: str) -> tuple[int, int | None]:
    first, colon, last = text.partition(":")
    try:
        a, b = int(first or 0), int(last) if last else None
    except ValueError:
        colon = ""
    if not colon or a < 0 or (b is not None and b <= a):
        raise ArgumentTypeError(f"{text!r} is not A:B with 0 <= A < B")
    return a, b
