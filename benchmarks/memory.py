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
from pathlib import Path

import numpy as np

import nn
import video
from faces.manifest import Row
from files import run_command
from mtcnn_np import WHOLE_SEARCH_INTERVAL, Detector
from stages.align import extract_faces
from stages.convert import replace_face
from stages.decide import decide
from stages.detect import detect_frames
from stages.presets import PRESETS
from stages.trainers.today import TodayTrainer

from .drawn_clip import DRAWN_RATE, write_clip
from .lines import print_line

MEMORY_FACE = 100  # pixels, height of the face
MIN_FACE = 40  # pixels: the smallest face that is looked for
STORED_FACES = 300  # aligned faces that are kept, about: as many as the pipeline keeps
TRAINING_FACES = 16  # of each person; nothing is trained, so a few will do


def detect(clip: video.Clip) -> dict[int, Row]:
    """The manifest of a clip, by frame number."""
    frames = video.with_cuts(nn.parallel.trim_memory(clip))
    detections = list(detect_frames(frames, Detector(), MIN_FACE, WHOLE_SEARCH_INTERVAL))
    return {row.frame: row for row in decide(detections, None, PRESETS["standard"].smooth)}


def convert(clip: video.Clip, rows: dict[int, Row], trainer: TodayTrainer) -> None:
    """Write the clip with its face replaced."""
    frames = replace_face(nn.parallel.trim_memory(clip), rows, trainer.swap, PRESETS["standard"])
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
        write_clip(path, size, MEMORY_FACE, round(minutes * 60 * DRAWN_RATE))
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
