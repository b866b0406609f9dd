"""Memory against the length of a clip: detection and conversion, as frames stream through.

    python -m benchmarks.memory [--minutes 1 3 10] [--size 1280x720]

For each length a clip is made of drawn frames (one face that moves, cheap to draw). In a process of
its own the program's stages detect the face and replace it, with the weights that training starts
from. There is no peer: compare the longer clips with the shortest. Prints a JSON line each: the
largest resident memory of that process in MB, in all and after detection, and frames a second.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

import nn
import video
from examples.drawn import draw_face
from faces.manifest import Row
from files import run_command
from mtcnn_np import WHOLE_SEARCH_INTERVAL, Detector
from stages.align import extract_faces
from stages.convert import replace_face
from stages.decide import decide
from stages.detect import detect_frames
from stages.presets import PRESETS
from stages.trainers.today import TodayTrainer

from .lines import print_line

DRAWN_RATE = 25  # frames a second
DRAWN_PERIOD = 50  # frames, after which the drawing repeats
DRAWN_FACE = 320, 400  # pixels, (w, h) of the drawn head with its surroundings
MIN_FACE = 40  # pixels: the smallest face that is looked for
STORED_FACES = 300  # aligned faces that are kept, about: as many as the pipeline keeps
TRAINING_FACES = 16  # of each person; nothing is trained, so a few will do


def draw_pictures(size: tuple[int, int]) -> list[np.ndarray]:
    """A period of frames (h, w, 3) uint8 in which a face moves from side to side."""
    width, height = size
    room = np.random.default_rng(0).integers(90, 110, (height, width, 3)).astype(np.uint8)
    top, (face_width, face_height) = height // 6, DRAWN_FACE
    pictures = []
    for n in range(DRAWN_PERIOD):
        picture = room.copy()
        left = round(width / 3 + width / 10 * np.sin(2 * np.pi * n / DRAWN_PERIOD))
        face = draw_face(DRAWN_FACE, (160, 190), mouth=n % 10 / 10)
        picture[top : top + face_height, left : left + face_width] = face[: height - top]
        pictures.append(picture)
    return pictures


def write_clip(path: Path, frames: int, size: tuple[int, int]) -> None:
    """A drawn clip; its pictures are drawn once and written again and again."""
    pictures = draw_pictures(size)
    like = video.Clip(path, size, DRAWN_RATE, frames, Fraction(1, DRAWN_RATE))
    with video.open_writer(path, like, 30) as writer:
        for n in range(frames):
            writer.write(pictures[n % DRAWN_PERIOD], Fraction(n, DRAWN_RATE))


def detect(clip: video.Clip) -> dict[int, Row]:
    """The manifest of a clip, by frame number."""
    detections = list(
        detect_frames(video.with_cuts(clip), Detector(), MIN_FACE, WHOLE_SEARCH_INTERVAL)
    )
    return {row.frame: row for row in decide(detections, None, PRESETS["standard"].smooth)}


def convert(clip: video.Clip, rows: dict[int, Row], trainer: TodayTrainer) -> None:
    """Write the clip with its face replaced."""
    frames = replace_face(iter(clip), rows, trainer.swap, PRESETS["standard"])
    with video.open_writer(clip.path.with_name("out.mp4"), clip) as writer:
        for frame in frames:
            writer.write(frame.image, frame.time)


def measure(path: Path) -> dict[str, float]:
    """In this process: find the face in every frame, and replace it."""
    nn.set_threads(2)
    preset, clip = PRESETS["standard"], video.open_clip(path)
    start = time.perf_counter()
    rows = detect(clip)
    detected, after_detection = time.perf_counter(), peak_memory()
    stored = {n: rows[n] for n in list(rows)[:: max(len(rows) // STORED_FACES, 1)]}
    faces = dict(extract_faces(iter(clip), stored, preset.canvas))
    people = {person: np.stack(list(faces.values())[:TRAINING_FACES]) for person in "ab"}
    trainer = TodayTrainer(people, preset, 0)
    prepared = time.perf_counter()
    convert(clip, rows, trainer)
    end = time.perf_counter()
    return {
        "peak_mb": peak_memory(),
        "of_detection_mb": after_detection,
        "frames": len(rows),
        "swapped": sum(r.ok for r in rows.values()),
        "detected_a_second": round(len(rows) / (detected - start), 1),
        "put_in_a_second": round(len(rows) / (end - prepared), 1),
    }


def peak_memory() -> int:
    """The largest resident memory of this process so far, MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measure_apart(minutes: float, size: tuple[int, int]) -> dict[str, float]:
    """`measure` in a new process: the largest memory of this one would hide the next one's."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        write_clip(path, round(minutes * 60 * DRAWN_RATE), size)
        command = [sys.executable, "-m", "benchmarks.memory", "--measure", str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--minutes", type=float, nargs="+", default=[1, 3, 10])
    p.add_argument("--size", default="1280x720")
    p.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = p.parse_args()
    if options.measure:
        print_line(**measure(options.measure))
        return
    size = tuple(int(n) for n in options.size.split("x"))
    for minutes in options.minutes:
        found = measure_apart(minutes, size)
        print_line(name="memory", minutes=minutes, size=options.size, **found)


if __name__ == "__main__":
    run_command(main)
