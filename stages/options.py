"""The command line -> Settings."""

from __future__ import annotations

import argparse
import math
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nn
from colorcorrect import TRANSFERS
from files import Parser, program_name
from mtcnn_np.pyramid import PNET_WINDOW
from provenance.local_chain import make_test_certificate

from . import presets, replay
from .command import list_options, spell_option
from .settings import ALL_FRAMES, FaceChoice, FrameRange, Settings

DEMO_MINUTES = 1.2  # of training; enough to recognise the donor, by eye
# Options that make no sense without clips, and their defaults.
CLIP_OPTIONS = {
    "face": None,
    "donor_face": None,
    "frames": ALL_FRAMES,
    "learn_frames": ALL_FRAMES,
    "donor_frames": ALL_FRAMES,
    "every": 1,
    "turn": None,
    "donor_turn": None,
    "same": False,
}
REPLAY_OPTIONS = "replay", "output", "run", "sign", "test_certificate"  # that may stand together
MAX_BATCH = 512  # faces in a step; more need more memory and learn no better; by choice
CANVAS_HEIGHTS = 32, 4096  # pixels, smallest and largest; by choice
MAX_SEED = 2**32 - 1  # the largest that other programs take as well; by choice

DESCRIPTION = (
    "Put DONOR's face into TARGET. Without clips: a demo on two rendered people who do not exist, "
    "in runs/demo."
)
EXIT_CODES_AND_RULES = """exit codes: 0 done, 2 wrong options, 3 input missing, 4 input not a clip,
5 too few faces, 6 output cannot be written, 7 run folder damaged or of another run, 8 detector
weights missing, 9 no GPU, 10 training diverged, 11 a training process died, 12 a replay came out
otherwise, 13 cannot be signed, 130 interrupted. Clips say in their metadata that they are
synthetic, a record beside them says how they were made, and the replaced faces carry an invisible
mark (python -m provenance CLIP). Swap faces only of people who agreed to it."""

HELP = {
    "target": "the clip to change: a video, or a folder of numbered images",
    "donor": "the clip whose face is put in: likewise",
    "output": ".mp4 (H.264), .mkv (lossless), .gif, or a folder for numbered PNG "
    "(default: swap.mp4, and swap-2.mp4 for the next pair)",
    "preset": "how to train (default: standard; seed is the 2020 program's way)",
    "rounds": "train N rounds, epochs of both faces and colours (default: the preset's)",
    "minutes": "train M minutes (default: the preset's; standard: 8)",
    "batch": "faces a training step (default: the preset's; standard: 8, seed: 2)",
    "size": "height in pixels of the canvas a face is blended on, at most (default: 256; a smaller "
    "face keeps its own)",
    "colour": "how the face's colours are matched to the target's (default: the preset's; "
    "standard: net, seed: none)",
    "seed": "of everything random (default: 0)",
    "device": "where to train and swap (default: cpu)",
    "preview": "stop after a first look: who was found, and six frames swapped after a short "
    "training; the same command without it goes on from there",
    "run": "the run folder; an existing run continues (default: runs/ and OUT's name, numbered if "
    "another run has it)",
    "quality": "of H.264, 0 best to 51 (default: 18)",
    "face": "which face of the target: the N-th most prominent, from 0, or the one at pixel X,Y "
    "(default: the most prominent)",
    "all-faces": "put the donor's face on everybody in the target, not on one person",
    "donor-face": "which face of the donor, likewise",
    "min-size": "smallest face looked for, in pixels (default: 40)",
    "frames": "write only frames A to B-1 of the target, from 0 (default: all)",
    "learn-frames": "learn the target's face only from its frames A to B-1 (default: all)",
    "donor-frames": "learn the donor's face only from its frames A to B-1 (default: all)",
    "every": "only every N-th frame of the target (default: 1)",
    "turn": "degrees clockwise by which the target's pictures must be turned to stand upright "
    "(default: found out)",
    "donor-turn": "likewise, of the donor's",
    "same": "go on although TARGET and DONOR are the same clip",
    "no-mark": "leave the invisible mark out of the replaced faces, for research on them: once its "
    "metadata are lost, nothing shows that the clip is made. The record says so (default: marked)",
    "truth": "write the truth there, for research: which pixels changed, matrices, hashes of the "
    "untouched frames, labels, and the clip at several compressions (default: none)",
    "sign": "sign what is written with C2PA, by the certificate in CERT (with its chain) and its "
    "private KEY, both PEM; .mkv cannot be signed (default: not signed)",
    "test-certificate": "the same with a certificate made in DIR, unless there is one already. It "
    "is a TEST certificate and proves nothing: anybody can make one",
    "detections": "keep all faces found there, for all runs that name it, and search no clip twice "
    "(default: none)",
    "replay": "do a recorded run again, in a folder of its own, and compare the bytes",
}


def parse(arguments: list[str] | None = None) -> Settings:
    """The settings that a command line asks for; with --replay, those of the recorded run.

    Wrong options end the program with code 2. Raises RunError if the record cannot be used, and
    SigningError if a test certificate cannot be made.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.replay:
        _refuse_with_replay(parser, options)
        return _make_replay_settings(options)
    _check(parser, options)
    return _make_settings(options)


def _make_replay_settings(options: argparse.Namespace) -> Settings:
    """The settings of a recorded run, with another folder and another output."""
    record = replay.read(options.replay)
    clips = replay.find_clips(options.replay, record)
    words = sum(list_options(record["settings"]), [*map(str, clips.values())])
    return replace(
        parse(words),
        output=options.output,
        folder=options.run,
        sign=_find_credentials(vars(options)),
        replay=options.replay,
        schedule=tuple(record["results"]["schedule"]),
        threads=nn.parallel.keep_threads(record["settings"]["threads"]),
    )


def _refuse_with_replay(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse whatever would be ignored, because a replay takes it from the record."""
    defaults = vars(parser.parse_args([]))
    changed = [name for name, value in vars(options).items() if value != defaults[name]]
    extra = [spell_option(name) for name in changed if name not in REPLAY_OPTIONS]
    if extra:
        parser.error(
            f"--replay takes {', '.join(extra)} from the record; give only -o, --run and --sign"
        )


def _check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse options that do not go together."""
    if options.target and not options.donor:
        parser.error("TARGET needs a DONOR, the clip whose face is put in")
    if not options.target:
        for name, value in CLIP_OPTIONS.items():
            if getattr(options, name) != value:
                parser.error(f"{spell_option(name)} is for clips of yours; the demo has its own")
    if options.all_faces and options.face is not None:
        parser.error("--face picks one face, --all-faces takes all")
    if options.preset == "seed" and options.colour == "net":
        parser.error("--colour net has not learnt the small faces of --preset seed; choose another")
    if options.min_size < PNET_WINDOW:
        parser.error(f"--min-size is at least {PNET_WINDOW} pixels, the detector's window")


def _make_settings(options: argparse.Namespace) -> Settings:
    """The settings that checked options ask for."""
    values = vars(options).copy()
    demo = options.target is None
    changes = {name: values.pop(name) for name in ("batch", "rounds", "minutes", "colour")}
    if demo:
        values |= {"target": Path("target.mp4"), "donor": Path("donor.mp4")}  # in the run folder
        if not options.rounds:
            changes["minutes"] = options.minutes or DEMO_MINUTES
    values["preset"] = _change_preset(presets.PRESETS[options.preset], changes)
    values |= {"folder": values.pop("run"), "mark": not values.pop("no_mark")}
    values["sign"] = _find_credentials(values)
    del values["test_certificate"]
    return Settings(**values, demo=demo)


def _find_credentials(values: dict) -> tuple[Path, Path] | None:
    """The certificate and the key to sign with; makes those of a test if need be."""
    if values["test_certificate"]:
        return make_test_certificate(values["test_certificate"])
    return values["sign"] and tuple(values["sign"])


def _change_preset(preset: presets.Preset, changes: dict) -> presets.Preset:
    """The preset with all changes that are not None; rounds replace minutes, and minutes rounds."""
    length = {name: changes.pop(name) for name in ("rounds", "minutes")}
    given = {name: value for name, value in changes.items() if value is not None}
    if any(length.values()):
        given |= length
    return replace(preset, **given)


def _parser() -> Parser:
    parser = Parser(prog=program_name(), description=DESCRIPTION, epilog=EXIT_CODES_AND_RULES)
    length = parser.add_mutually_exclusive_group()

    def add(name: str, to=parser, **how) -> None:
        names = ("-o", name) if name == "--output" else (name,)
        to.add_argument(*names, help=HELP[name.lstrip("-")], **how)

    add("target", nargs="?", type=Path)
    add("donor", nargs="?", type=Path)
    add("--output", type=Path, metavar="OUT")
    add("--preset", choices=presets.PRESETS, default="standard")
    add("--rounds", length, type=_positive(int), metavar="N")
    add("--minutes", length, type=_positive(float), metavar="M")
    add("--batch", type=_between(1, MAX_BATCH), metavar="N")
    add("--size", type=_between(*CANVAS_HEIGHTS), metavar="PX", default=256)
    add("--colour", choices=TRANSFERS)
    add("--seed", type=_between(0, MAX_SEED), default=0, metavar="N")
    nn.parallel.add_threads_option(parser)
    add("--device", choices=("cpu", "gpu"), default="cpu")
    add("--run", type=Path, metavar="DIR")
    add("--preview", action="store_true")
    add("--quality", type=_between(0, 51), default=18, metavar="CRF")
    add("--face", type=_parse_face, metavar="N|X,Y")
    add("--all-faces", action="store_true")
    add("--donor-face", type=_parse_face, metavar="N|X,Y")
    add("--min-size", type=_positive(float), default=40, metavar="PX")
    for name in ("--frames", "--learn-frames", "--donor-frames"):
        add(name, type=_parse_frames, default=ALL_FRAMES, metavar="A:B")
    add("--every", type=_positive(int), default=1, metavar="N")
    for name in ("--turn", "--donor-turn"):
        add(name, type=int, choices=(0, 90, 180, 270))
    add("--same", action="store_true")
    add("--no-mark", action="store_true")
    add("--truth", type=Path, metavar="DIR")
    certificate = parser.add_mutually_exclusive_group()
    add("--sign", certificate, nargs=2, type=Path, metavar=("CERT", "KEY"))
    add("--test-certificate", certificate, type=Path, metavar="DIR")
    add("--detections", type=Path, metavar="DIR")
    add("--replay", type=Path, metavar="RUN.json")
    return parser


def _positive(kind: type) -> Callable[[str], int | float]:
    """A parser of numbers above 0; argparse shows its name, that of `kind`, in messages."""

    def parse_number(text: str) -> int | float:
        value = kind(text)
        if not 0 < value < 1e9:
            raise ArgumentTypeError(f"{text} is not above 0")
        return value

    parse_number.__name__ = kind.__name__
    return parse_number


def _between(least: int, most: int) -> Callable[[str], int]:
    """A parser of whole numbers from `least` to `most`."""

    def parse_number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise ArgumentTypeError(f"{text!r} is not a whole number") from None
        if not least <= value <= most:
            raise ArgumentTypeError(f"{text} is not in {least} to {most}")
        return value

    return parse_number


def _parse_face(text: str) -> FaceChoice:
    x, comma, y = text.partition(",")
    try:
        choice = (float(x), float(y)) if comma else int(x)
        coordinates = choice if comma else (choice,)
        if all(0 <= value < math.inf for value in coordinates):
            return choice
    except ValueError:
        pass
    raise ArgumentTypeError(f"{text!r} is neither a number from 0 nor a point X,Y in the picture")


def _parse_frames(text: str) -> FrameRange:
    first, colon, last = text.partition(":")
    try:
        a, b = int(first or 0), int(last) if last else None
    except ValueError:
        colon = ""
    if not colon or a < 0 or (b is not None and b <= a):
        raise ArgumentTypeError(f"{text!r} is not A:B with 0 <= A < B")
    return a, b
