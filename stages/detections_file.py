"""detections.jsonl: every face that was found in a clip, a JSON line a frame.

A choice made from this file gives the same bytes as one made from what the detector returned:
JSON keeps each number exactly, and the detector's are float32.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np

from faces import Face
from faces.manifest import time_text
from files import atomic_file

from .decide import Detections


def write(path: Path, detections: Iterable[Detections]) -> None:
    """Write the faces of each frame; the file appears when it is complete."""
    with atomic_file(path) as file:
        for frame in detections:
            line = {"frame": frame.number, "time": time_text(frame.time), "cut": frame.cut}
            line["faces"] = [
                {
                    "box": face.box.tolist(),
                    "score": face.score,
                    "points": face.points.tolist(),
                    "contrasts": contrasts,
                }
                for face, contrasts in zip(frame.faces, frame.contrasts, strict=True)
            ]
            file.write(json.dumps(line, allow_nan=False).encode() + b"\n")


def read(path: Path) -> list[Detections]:
    """What `write` wrote, without pictures. `Run.make` has compared the file's SHA-256 before."""
    return [_parse(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _parse(line: dict) -> Detections:
    faces = [
        Face(np.array(f["box"], np.float32), f["score"], np.array(f["points"], np.float32))
        for f in line["faces"]
    ]
    contrasts = [face["contrasts"] for face in line["faces"]]
    return Detections(line["frame"], Fraction(line["time"]), faces, contrasts, line["cut"])
