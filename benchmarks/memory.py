"""Memory against the length of a clip: detection and putting faces in, as frames stream through.

    python -m benchmarks.memory [--minutes 1 3 10] [--size 1280x720] [--every 1]

For each length a clip is made of drawn frames (one face that moves, cheap to draw), in a process of its own: detected, and swapped with the weights
that training starts from, by the program's own stages. Prints a JSON line each: the largest resident memory of that process in MB, in all and
after detection, and frames a second.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import nn
import video
from examples.drawn import draw_face
from faces import Canvas
from mtcnn_np import WHOLE_SEARCH_INTERVAL, Detector
from stages.align import extract_faces
from stages.convert import Target, replace_face
from stages.decide import decide
from stages.detect import detect_frames
from stages.presets import PRESETS
from stages.trainers.today import TodayTrainer

RATE = 25
PERIOD = 50  # frames, after which the drawing repeats


def make(path: Path, frames: int, size: tuple[int, int]) -> None:
    """A drawn clip; its pictures are made once and written again and again."""
    width, height = size
    scene = np.random.default_rng(0).integers(90, 110, (height, width, 3)).astype(np.uint8)
    pictures = []
    for n in range(PERIOD):
        picture = scene.copy()
        left = round(width / 3 + width / 10 * np.sin(2 * np.pi * n / PERIOD))
        face = draw_face((320, 400), (160, 190), mouth=n % 10 / 10)
        picture[height // 6 : height // 6 + 400, left : left + 320] = face[: height - height // 6]
        pictures.append(picture)
    like = video.Clip(path, size, RATE, frames, 1 / video.clip.Fraction(RATE))
    with video.open_writer(path, like, 30) as writer:
        for n in range(frames):
            writer.write(pictures[n % PERIOD], n / video.clip.Fraction(RATE))


def measure(path: Path) -> dict[str, float]:
    """In this process: find the face in every frame, and put one in."""
    nn.set_threads(2)
    preset, clip, start = PRESETS["standard"], video.open_clip(path), time.perf_counter()
    rows = {
        r.frame: r
        for r in decide(
            list(detect_frames(iter(clip), Detector(), 40, WHOLE_SEARCH_INTERVAL)),
            None,
            preset.smooth,
        )
    }
    detected, after_detection = time.perf_counter(), peak()
    some = {n: rows[n] for n in list(rows)[:: max(len(rows) // 300, 1)]}
    faces = dict(extract_faces(iter(clip), some, Canvas(preset.region, preset.aligned)))
    people = {k: np.stack(list(faces.values())[:16]) for k in "ab"}
    trainer = TodayTrainer(people, preset, 0)
    converted = time.perf_counter()
    with video.open_writer(path.with_name("out.mp4"), clip) as writer:
        for frame in replace_face(iter(clip), Target(rows, faces), trainer.swap, preset):
            writer.write(frame.image, frame.time)
    end = time.perf_counter()
    return {
        "peak_mb": peak(),
        "of_detection_mb": after_detection,
        "frames": len(rows),
        "swapped": sum(r.ok for r in rows.values()),
        "detected_a_second": round(len(rows) / (detected - start), 1),
        "put_in_a_second": round(len(rows) / (end - converted), 1),
    }


def peak() -> int:
    """The largest resident memory of this process so far, MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--minutes", type=float, nargs="+", default=[1, 3, 10])
    p.add_argument("--size", default="1280x720")
    p.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = p.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    for minutes in options.minutes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "clip.mp4"
            make(path, round(minutes * 60 * RATE), tuple(int(n) for n in options.size.split("x")))
            found = subprocess.run(
                [sys.executable, "-m", "benchmarks.memory", "--measure", str(path)],
                check=True,
                capture_output=True,
                text=True,
            )
        print(
            json.dumps(
                {
                    "name": "memory",
                    "minutes": minutes,
                    "size": options.size,
                    **json.loads(found.stdout),
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
