"""Render a clip of a person who does not exist, or a picture of twelve.

    python -m actors --actor 3 --performance 7 --size 384 --frames 150 -o clip.mp4 --truth DIR
    python -m actors --actor 3 --face 5 --hard hand,cut -o clip.mp4 --truth DIR
    python -m actors --sheet twelve.png

Exit codes: 2 for wrong options, 6 for output that cannot be written.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import numpy as np
from PIL import Image

import nn
import video
from files import Parser, atomic_file, run_command
from provenance import record
from stages.progress import progress

from .background import render_background
from .performance import Moment
from .person import sample_actor
from .render import Model, encode
from .scene import HARD_CASES, Scene, check_scene
from .truth import ACTOR_COMMENT, film
from .truth_folder import check_truth_folder

MAX_SEED_DIGITS = 18  # by choice
LAST_QUALITY = 51  # the highest rate factor of H.264


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The options, checked; `hard` becomes a set of names."""
    options = _build_parser().parse_args(arguments)
    options.hard = set(filter(None, options.hard.split(",")))
    if problem := _find_problem(options):
        _build_parser().error(problem)
    return options


def _find_problem(options: argparse.Namespace) -> str | None:
    if options.face is not None and not options.truth:
        return "--face is for the true swap, which is part of --truth DIR"
    if options.sheet and options.truth:
        return "--sheet is a picture instead of a clip; it has no --truth"
    if options.sheet and options.sheet.suffix.lower() != ".png":
        return f"--sheet {options.sheet} does not end in .png"
    try:
        check_scene(options)
    except ValueError as error:
        return str(error)
    return None


def _build_parser() -> Parser:
    cases = "; ".join(f"{name}: {what}" for name, what in HARD_CASES.items())
    p = Parser(
        prog="python -m actors",
        description="Render a clip of a person who does not exist, "
        "and the truth about every frame.",
        epilog=f"what makes it hard: {cases}",
    )
    add = p.add_argument
    add("--actor", type=_seed, default=0, metavar="SEED", help="who (default: 0)")
    add("--performance", type=_seed, default=0, metavar="SEED", help="what they do (default: 0)")
    add("--face", type=_seed, metavar="SEED", help="whose face the true swap puts on, with --truth")
    help = "of the picture, in pixels (default: 256)"
    add("--size", type=_size, default=(256, 256), metavar="PX|WxH", help=help)
    add("--frames", type=int, default=125, metavar="N", help="(default: 125)")
    add("--rate", type=float, default=25, metavar="FPS", help="frames a second (default: 25)")
    add("--hard", default="", metavar="NAME,...", help="what makes it hard, see below")
    help = "of H.264, 0 best to 51 (default: 14)"
    add("--quality", type=_quality, default=14, metavar="CRF", help=help)
    add("--silent", action="store_true", help="without a voice")
    help = ".mp4, .mkv (lossless), .gif or a folder (default: actor.mp4)"
    add("-o", "--output", type=Path, metavar="OUT", default=Path("actor.mp4"), help=help)
    help = "write points, masks, poses and the true swap there"
    add("--truth", type=Path, metavar="DIR", help=help)
    help = "instead of a clip, a picture of twelve actors"
    add("--sheet", type=Path, metavar="PNG", help=help)
    nn.parallel.add_threads_option(p)
    return p


def _seed(text: str) -> int:
    if not text.isdecimal() or len(text) > MAX_SEED_DIGITS:
        raise argparse.ArgumentTypeError(
            f"{text:.40} is not a whole number, 0 or above, of at most {MAX_SEED_DIGITS} digits"
        )
    return int(text)


def _quality(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text[:9]) <= LAST_QUALITY:
        raise argparse.ArgumentTypeError(f"{text:.40} is not a whole number, 0 to {LAST_QUALITY}")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    if not (found := re.fullmatch(r"(\d+)(?:x(\d+))?", text)):
        raise argparse.ArgumentTypeError(f"{text} is neither a number nor WxH")
    return int(found[1]), int(found[2] or found[1])


def render_sheet(size: int = 256) -> np.ndarray:
    """Twelve actors in a picture (2 * size, 6 * size, 3) uint8, each with another expression."""
    pictures = []
    for seed in range(12):
        moment = Moment(
            yaw=(-18, 14, -8, 20)[seed % 4],
            pitch=(3, -2, 0)[seed % 3],
            smile=(0.8, 0.2, 0.5)[seed % 3],
            mouth=(0, 0.35, 0, 0.12)[seed % 4],
            gaze_x=(0.3, -0.2, 0)[seed % 3],
        )
        layer = Model(sample_actor(seed)).render(moment, (size, size))
        pictures.append(encode(layer.over(render_background((size, size), seed))))
    return np.concatenate([np.concatenate(pictures[i : i + 6], 1) for i in (0, 6)])


def _check_outputs(options: argparse.Namespace) -> None:
    """Raise OutputError, before anything is rendered, for a place that may not be written."""
    if sheet := options.sheet:
        video.check_writable(sheet)
        if sheet.exists() and not video.says_synthetic(sheet):
            raise video.OutputError(
                f"{sheet} exists and was not made by this program; name another file"
            )
        return
    video.check_output(options.output, ours=_is_earlier_output(options.output))
    if options.truth:
        check_truth_folder(options.truth, options.output)


def _is_earlier_output(output: Path) -> bool:
    """Whether a record beside the output says that it is a rendered clip, as it was made."""
    try:
        found = record.read(output)
    except record.RecordError as error:
        raise video.OutputError(str(error)) from None
    return bool(found) and found["fits"] and found.get("statement") == ACTOR_COMMENT


def _write_sheet(path: Path) -> None:
    with atomic_file(path) as file:
        Image.fromarray(render_sheet()).save(file, "png", pnginfo=video.png_text(ACTOR_COMMENT))


def _build_scene(options: argparse.Namespace) -> Scene:
    return Scene(
        actor=options.actor,
        performance=options.performance,
        frames=options.frames,
        size=options.size,
        rate=options.rate,
        face=options.face,
        hard=options.hard,
    )


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    nn.set_threads(options.threads)
    try:
        _check_outputs(options)
        if options.sheet:
            _write_sheet(options.sheet)
            return 0
        scene = _build_scene(options)
        frames = film(scene, options.output, options.truth, options.quality, not options.silent)
        for _ in progress(frames, "render", scene.frames):
            pass
    except BrokenPipeError:
        raise
    except (video.OutputError, OSError) as error:
        print(f"actors: {error}", file=sys.stderr)
        return 6
    return 0


if __name__ == "__main__":
    run_command(main)
