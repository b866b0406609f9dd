"""python -m mtcnn_np IMAGE_OR_CLIP... : one JSON line a face, best first in each frame."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import nn
import video
from faces import Face
from files import IMAGE_SUFFIXES, run_command

from .cascade import Detector
from .follow import follow
from .weights import WeightsError

EXIT_NO_INPUT, EXIT_NOT_DECODED, EXIT_NO_WEIGHTS = 3, 4, 8  # as pipeline.py has them


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    nn.set_threads(options.threads)
    try:
        detector = Detector()
    except WeightsError as error:
        print(f"mtcnn_np: {error}", file=sys.stderr)
        return EXIT_NO_WEIGHTS
    failed = 0
    for path in options.inputs:
        try:
            _search(path, detector, options)
        except video.VideoError as error:
            print(f"mtcnn_np: {error}", file=sys.stderr)
            missing = isinstance(error, video.MissingInput)
            failed = EXIT_NO_INPUT if missing else EXIT_NOT_DECODED
    return failed


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    p = argparse.ArgumentParser(prog="python -m mtcnn_np", description=__doc__)
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
    nn.parallel.add_threads_option(p)
    options = p.parse_args(arguments)
    if not options.min_size >= 12:
        p.error("--min-size is at least 12 pixels, the detector's window")
    if options.every < 1:
        p.error("--every is at least 1")
    return options


def _search(path: Path, detector: Detector, options: argparse.Namespace) -> None:
    """Print the faces of one image or clip, and write its frames with them if asked to."""
    clip = video.open_clip(path)
    single = path.suffix.lower() in IMAGE_SUFFIXES
    for found in follow(video.with_cuts(clip), detector, options.min_size, options.every):
        number = found.frame.number
        for face in found.faces:
            line = {
                "image": str(path),
                "frame": None if single else number,
                "box": face.box.tolist(),
                "score": face.score,
                "points": face.points.tolist(),
            }
            print(json.dumps(line), flush=True)
        if options.draw:
            options.draw.mkdir(parents=True, exist_ok=True)
            name = path.stem if single else f"{path.stem}-{number:06d}"
            draw(found.frame.image, found.faces).save(options.draw / f"{name}.png")
    for note in clip.notes:
        print(f"mtcnn_np: {note}", file=sys.stderr)


def draw(image: np.ndarray, faces: list[Face]) -> Image.Image:
    """The frame with each face's box, points and score."""
    picture = Image.fromarray(image)
    pen, width = ImageDraw.Draw(picture), max(1, round(max(image.shape) / 500))
    yellow, green = (255, 220, 0), (0, 255, 120)
    for face in faces:
        left, top, *_ = face.box
        pen.rectangle(face.box.tolist(), outline=yellow, width=width)
        for x, y in face.points.tolist():
            disc = x - 2 * width, y - 2 * width, x + 2 * width, y + 2 * width
            pen.ellipse(disc, fill=green)
        pen.text((left + 2 * width, top + 2 * width), f"{face.score:.3f}", fill=yellow)
    return picture


if __name__ == "__main__":
    run_command(main)
