"""Whether a face detector takes rendered actors for people, and how fast they are rendered.

    python -m benchmarks.actors [--actors 20] [--frames 50] [--first 100]

Every actor plays a performance of their own at 256 px; --frames frames are taken from it, evenly.
The detector is the program's own (mtcnn_np), and the rendered truth is what it is compared with;
there is no peer. Prints JSON lines: the rendering speed; the share of frames on which exactly one
face is found, with a score of .95 or more; and the mean distance between the detector's points and
the true ones, in percent of the interocular distance.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field

import numpy as np

import nn
from actors import RenderedFrame, Scene, render_frames
from files import run_command
from mtcnn_np import Detector

from .lines import print_line

POINT_NAMES = "left eye", "right eye", "nose", "left mouth corner", "right mouth corner"
SURE_SCORE = 0.95  # the detector's score from which a face counts as found
FRAME_STEP = 10  # frames of a performance from one that is taken to the next


@dataclass
class Found:
    """What the detector found on the frames of one or more actors."""

    frames: int = 0
    sure: int = 0  # frames with one face of at least SURE_SCORE
    scores: list[float] = field(default_factory=list)  # of frames with exactly one face
    errors: list[np.ndarray] = field(default_factory=list)  # (5,) each, of interocular distance

    def add(self, frame: RenderedFrame, faces: list) -> None:
        self.frames += 1
        if len(faces) == 1:
            (face,) = faces
            interocular = np.linalg.norm(frame.points[1] - frame.points[0])
            distance = np.linalg.norm(face.points - frame.points, axis=1)
            self.errors.append(distance / interocular)
            self.scores.append(face.score)
            self.sure += bool(face.score >= SURE_SCORE)

    def merge(self, other: Found) -> None:
        self.frames += other.frames
        self.sure += other.sure
        self.scores += other.scores
        self.errors += other.errors

    def error_percent(self) -> np.ndarray:
        """The mean error of each point, (5,); NaN without a face."""
        return np.mean(self.errors, 0) * 100 if self.errors else np.full(5, np.nan)


def measure(seed: int, options: argparse.Namespace, detector: Detector) -> tuple[Found, float]:
    """One actor: what the detector finds, and the frames rendered in a second."""
    scene = Scene(seed, seed, FRAME_STEP * options.frames, (options.size, options.size))
    start = time.perf_counter()
    frames = list(render_frames(scene, range(0, scene.frames, FRAME_STEP)))
    rate = len(frames) / (time.perf_counter() - start)
    found = Found()
    for frame in frames:
        found.add(frame, detector.detect(frame.image))
    errors = found.error_percent().round(1).tolist()
    faces = len(found.errors)
    print_line(name="actor", seed=seed, faces=faces, of=found.frames, error_percent=errors)
    return found, rate


def main() -> None:
    options = parse()
    nn.set_threads(options.threads)
    detector, found, rates = Detector(), Found(), []
    for seed in range(options.first, options.first + options.actors):
        of_actor, rate = measure(seed, options, detector)
        found.merge(of_actor)
        rates.append(rate)
    print_line(
        name="frames rendered a second",
        size=options.size,
        value=round(float(np.median(rates)), 1),
        threads=options.threads,
    )
    print_line(
        name="one face found, p >= .95",
        percent=round(100 * found.sure / found.frames, 2),
        frames=found.frames,
        lowest_score=round(float(min(found.scores)), 4),
    )
    errors = found.error_percent()
    print_line(
        name="error of the points, percent of the eyes' distance",
        mean=round(float(errors.mean()), 2),
        **dict(zip(POINT_NAMES, errors.round(2).tolist(), strict=True)),
    )


def parse() -> argparse.Namespace:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--actors", type=int, default=20)
    p.add_argument("--frames", type=int, default=50, help="of each actor")
    p.add_argument("--first", type=int, default=100, help="the first actor's seed")
    p.add_argument("--size", type=int, default=256)
    nn.parallel.add_threads_option(p)
    return p.parse_args()


if __name__ == "__main__":
    run_command(main)
