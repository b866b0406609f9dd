"""python -m mtcnn_np IMAGE_OR_CLIP... : one JSON line a face, best first in each frame."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import nn
import video
from video.images import SUFFIXES

from .cascade import Detector
from .weights import WeightsError


def main(arguments: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(prog="python -m mtcnn_np", description=__doc__)
    p.add_argument("inputs", nargs="+", type=Path, metavar="IMAGE_OR_CLIP")
    p.add_argument("--min-size", type=float, default=40, metavar="PX", help="smallest face looked for, in pixels (default: 40)")
    options = p.parse_args(arguments)
    if not options.min_size >= 12:
        p.error("--min-size is at least 12 pixels, the detector's window")
    nn.set_threads(1)
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
            for frame in clip:
                for face in detector.detect(frame.image, options.min_size):
                    print(json.dumps({
                        "image": str(path), "frame": None if single else frame.number, "box": face.box.tolist(), "score": face.score,
                        "points": face.points.tolist(),
                    }), flush=True)  # fmt: skip
            for note in clip.notes:
                print(f"mtcnn_np: {note}", file=sys.stderr)
        except video.VideoError as error:
            print(f"mtcnn_np: {error}", file=sys.stderr)
            failed = 3 if isinstance(error, video.MissingInput) else 4
    return failed


if __name__ == "__main__":
    sys.exit(main())
