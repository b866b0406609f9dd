"""python -m mtcnn_np IMAGE_OR_CLIP... : one JSON line a face, best first in each frame."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from itertools import tee
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import nn
import video
from video.images import SUFFIXES

from .cascade import Detector
from .follow import Followed, follow
from .weights import WeightsError


def main(arguments: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(prog="python -m mtcnn_np", description=__doc__)
    p.add_argument("inputs", nargs="+", type=Path, metavar="IMAGE_OR_CLIP")
    p.add_argument(
        "--min-size",
        type=float,
        default=40,
        metavar="PX",
        help="smallest face looked for, in pixels (default: 40)",
    )
    p.add_argument(
        "--every",
        type=int,
        default=1,
        metavar="N",
        help="search each N-th frame of a clip whole, and those between where faces are expected (default: 1, each whole)",
    )
    p.add_argument(
        "--draw",
        type=Path,
        metavar="DIR",
        help="write each frame there with its boxes and points drawn in",
    )
    p.add_argument(
        "--threads",
        type=int,
        default=os.cpu_count(),
        metavar="N",
        help="processor cores to use (default: all, here %(default)s)",
    )
    options = p.parse_args(arguments)
    if not options.min_size >= 12:
        p.error("--min-size is at least 12 pixels, the detector's window")
    if options.every < 1 or options.threads < 1:
        p.error("--every and --threads are at least 1")
    nn.set_threads(options.threads)
    try:
        detector = Detector()
    except WeightsError as error:
        print(f"mtcnn_np: {error}", file=sys.stderr)
        return 8
    failed = 0
    for path in options.inputs:
        try:
            clip = video.open_clip(path)
            single = path.suffix.lower() in SUFFIXES
            for image, found in _detected(clip, detector, options):
                for face in found.faces:
                    print(
                        json.dumps(
                            {
                                "image": str(path),
                                "frame": None if single else found.number,
                                "box": face.box.tolist(),
                                "score": face.score,
                                "points": face.points.tolist(),
                            }
                        ),
                        flush=True,
                    )
                if options.draw:
                    options.draw.mkdir(parents=True, exist_ok=True)
                    name = path.stem if single else f"{path.stem}-{found.number:06d}"
                    draw(image, found.faces).save(options.draw / f"{name}.png")
            for note in clip.notes:
                print(f"mtcnn_np: {note}", file=sys.stderr)
        except video.VideoError as error:
            print(f"mtcnn_np: {error}", file=sys.stderr)
            failed = 3 if isinstance(error, video.MissingInput) else 4
    return failed


def _detected(
    clip: video.Clip, detector: Detector, options: argparse.Namespace
) -> Iterator[tuple[np.ndarray, Followed]]:
    waiting: dict[int, np.ndarray] = {}

    def frames():
        looked_at, images = tee(clip)
        for frame, cut in zip(looked_at, video.cuts(f.image for f in images), strict=True):
            waiting[frame.number] = frame.image
            yield frame.number, frame.image, cut

    for found in follow(frames(), detector, options.min_size, options.every):
        yield waiting.pop(found.number), found


def draw(image: np.ndarray, faces: list) -> Image.Image:
    """The frame with each face's box, points and score."""
    picture = Image.fromarray(image)
    pen, width = ImageDraw.Draw(picture), max(1, round(max(image.shape) / 500))
    for face in faces:
        pen.rectangle(face.box.tolist(), outline=(255, 220, 0), width=width)
        for x, y in face.points.tolist():
            pen.ellipse(
                (x - 2 * width, y - 2 * width, x + 2 * width, y + 2 * width), fill=(0, 255, 120)
            )
        pen.text(
            (face.box[0] + 2 * width, face.box[1] + 2 * width),
            f"{face.score:.3f}",
            fill=(255, 220, 0),
        )
    return picture


if __name__ == "__main__":
    sys.exit(main())
