"""python -m mtcnn_np IMAGE_OR_CLIP... : one JSON line a face, best first in each frame."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import nn
import video
from files import Parser, run_command
from stages.drawings import Drawings, is_single

from .cascade import Detector
from .follow import follow
from .turn import TurnedDetector
from .upright import find_quarter_turns
from .weights import WeightsError

# as pipeline.py has them
EXIT_NO_INPUT, EXIT_NOT_DECODED, EXIT_NOT_WRITTEN, EXIT_NO_WEIGHTS = 3, 4, 6, 8


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    nn.set_threads(options.threads)
    try:
        drawings = Drawings(options.draw, options.inputs) if options.draw else None
        detector = Detector()
    except video.OutputError as error:
        print(f"mtcnn_np: {error}", file=sys.stderr)
        return EXIT_NOT_WRITTEN
    except WeightsError as error:
        print(f"mtcnn_np: {error}", file=sys.stderr)
        return EXIT_NO_WEIGHTS
    failed = 0
    for path in options.inputs:
        try:
            _search(path, detector, options, drawings)
        except video.VideoError as error:
            print(f"mtcnn_np: {error}", file=sys.stderr)
            missing = isinstance(error, video.MissingInput)
            failed = EXIT_NO_INPUT if missing else EXIT_NOT_DECODED
    return failed


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    p = Parser(prog="python -m mtcnn_np", description=__doc__)
    add = p.add_argument
    add("inputs", nargs="+", type=Path, metavar="IMAGE_OR_CLIP")
    add(
        "--min-size",
        type=float,
        default=40,
        metavar="PX",
        help="smallest face looked for, in pixels (default: 40)",
    )
    add(
        "--every",
        type=int,
        default=1,
        metavar="N",
        help="search each N-th frame of a clip whole, and those between where faces are expected "
        "(default: 1, each whole)",
    )
    add(
        "--draw",
        type=Path,
        metavar="DIR",
        help="write each frame there with its boxes and points drawn in",
    )
    add(
        "--turn",
        type=int,
        choices=(0, 90, 180, 270),
        metavar="DEGREES",
        help="turn each picture clockwise by 90, 180 or 270 degrees for the search (default: 0, "
        "with a note if a turned one shows surer faces)",
    )
    nn.parallel.add_threads_option(p)
    options = p.parse_args(arguments)
    if not options.min_size >= 12:
        p.error("--min-size is at least 12 pixels, the detector's window")
    if options.every < 1:
        p.error("--every is at least 1")
    return options


def _search(
    path: Path, detector: Detector, options: argparse.Namespace, drawings: Drawings | None
) -> None:
    """Print the faces of one image or clip, and write its frames with them if asked to."""
    clip, faces = video.open_clip(path), {}
    turned = TurnedDetector(detector, options.turn // 90) if options.turn else detector
    for found in follow(video.with_cuts(clip), turned, options.min_size, options.every):
        number = found.frame.number
        faces[number] = found.faces
        for face in found.faces:
            line = {
                "image": str(path),
                "frame": None if is_single(path) else number,
                "box": face.box.tolist(),
                "score": face.score,
                "points": face.points.tolist(),
            }
            print(json.dumps(line), flush=True)
        if drawings:
            drawings.write(path, number, found.frame.image, found.faces)
    if options.turn is None and not (is_single(path) and faces[0]):
        # An image with a face is not searched three times more.
        if turns := find_quarter_turns(faces, clip, detector, options.min_size):
            clip.note(f"{path}: faces are surer in turned pictures: --turn {90 * turns}")
    if options.min_size > min(clip.size):
        width, height = clip.size
        clip.note(f"{path} is {width}x{height}, smaller than --min-size {options.min_size:g}")
    for note in clip.notes:
        print(f"mtcnn_np: {note}", file=sys.stderr)


if __name__ == "__main__":
    run_command(main)
