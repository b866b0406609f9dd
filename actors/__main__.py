"""Render a person who does not exist:

python -m actors --actor 3 --performance 7 --size 384 --frames 150 -o clip.mp4 --truth DIR [--face 5] [--hard hand,cut]
python -m actors --sheet twelve.png
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

import nn
import video

from .performance import Moment
from .person import sample_actor as draw
from .render import Model, encode
from .scene import HARD, Scene, background
from .truth import COMMENT, film


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The options, checked."""
    hard = "; ".join(f"{name}: {what}" for name, what in HARD.items())
    p = argparse.ArgumentParser(
        prog="python -m actors",
        description="Render a clip of a person who does not exist, and the truth about every frame.",
        epilog=f"what makes it hard: {hard}",
    )
    p.add_argument("--actor", type=_seed, default=0, metavar="SEED", help="who (default: 0)")
    p.add_argument(
        "--performance", type=_seed, default=0, metavar="SEED", help="what they do (default: 0)"
    )
    p.add_argument(
        "--face", type=_seed, metavar="SEED", help="whose face the true swap puts on, with --truth"
    )
    p.add_argument(
        "--size",
        type=_size,
        default=(256, 256),
        metavar="PX|WxH",
        help="of the picture, in pixels (default: 256)",
    )
    p.add_argument("--frames", type=int, default=125, metavar="N", help="(default: 125)")
    p.add_argument(
        "--rate", type=float, default=25, metavar="FPS", help="frames a second (default: 25)"
    )
    p.add_argument("--hard", default="", metavar="NAME,...", help="what makes it hard, see below")
    p.add_argument(
        "--quality",
        type=int,
        default=14,
        metavar="CRF",
        choices=range(52),
        help="of H.264, 0 best to 51 (default: 14)",
    )
    p.add_argument("--silent", action="store_true", help="without a voice")
    p.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        default=Path("actor.mp4"),
        help=".mp4, .mkv (lossless), .gif or a folder (default: actor.mp4)",
    )
    p.add_argument(
        "--truth",
        type=Path,
        metavar="DIR",
        help="write points, masks, poses and the true swap there",
    )
    p.add_argument(
        "--sheet", type=Path, metavar="PNG", help="instead of a clip, a picture of twelve actors"
    )
    p.add_argument(
        "--threads",
        type=int,
        default=os.cpu_count(),
        metavar="N",
        help="processor cores to use (default: all)",
    )
    options = p.parse_args(arguments)
    options.hard = set(filter(None, options.hard.split(",")))
    if options.face is not None and not options.truth:
        p.error("--face is for the true swap, which is part of --truth DIR")
    if options.sheet and options.sheet.suffix.lower() != ".png":
        p.error(f"--sheet {options.sheet} does not end in .png")
    if options.threads < 1:
        p.error("--threads is at least 1")
    return options


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number, 0 or above")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    if not (found := re.fullmatch(r"(\d+)(?:x(\d+))?", text)):
        raise argparse.ArgumentTypeError(f"{text} is neither a number nor WxH")
    return int(found[1]), int(found[2] or found[1])


def sheet(size: int = 256) -> np.ndarray:
    """Twelve actors in a picture (H, W, 3) uint8, each with an expression of their own."""
    pictures = []
    for seed in range(12):
        moment = Moment(
            yaw=(-18, 14, -8, 20)[seed % 4],
            pitch=(3, -2, 0)[seed % 3],
            smile=(0.8, 0.2, 0.5)[seed % 3],
            mouth=(0, 0.35, 0, 0.12)[seed % 4],
            gaze_x=(0.3, -0.2, 0)[seed % 3],
        )
        pictures.append(
            encode(
                Model(draw(seed)).render(moment, (size, size)).over(background((size, size), seed))
            )
        )
    return np.concatenate([np.concatenate(pictures[i : i + 6], 1) for i in (0, 6)])


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    nn.set_threads(options.threads)
    try:
        if options.sheet:
            video.check_writable(options.sheet)
            Image.fromarray(sheet()).save(options.sheet, pnginfo=video.png_text(COMMENT))
            return 0
        try:
            scene = Scene(
                options.actor,
                options.performance,
                options.frames,
                options.size,
                options.rate,
                options.face,
                options.hard,
            )
        except ValueError as error:
            print(f"actors: {error}", file=sys.stderr)
            return 2
        for _ in tqdm(
            film(scene, options.output, options.truth, options.quality, not options.silent),
            total=scene.frames,
            unit="frame",
            disable=None,
        ):
            pass
    except (video.OutputError, OSError) as error:
        print(f"actors: {error}", file=sys.stderr)
        return 6
    return 0


if __name__ == "__main__":
    sys.exit(main())
