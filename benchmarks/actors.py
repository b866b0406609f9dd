"""Whether a detector takes the rendered actors for people, where it sees their points, and how fast they are rendered.

    python -m benchmarks.actors [--actors 20] [--frames 50] [--first 100]

Every actor plays a performance of his own at 256 px, from which so many frames are taken, evenly. Prints JSON lines: rendering speed; the share
of frames on which exactly one face is found, with a score of .95 or more; and the mean distance between the detector's points and the true
ones, in hundredths of the distance between the eyes.
"""

from __future__ import annotations

import argparse
import json
import os
import time

import numpy as np

import nn
from actors import Scene, render_frames
from mtcnn_np import Detector

POINTS = "left eye", "right eye", "nose", "left mouth corner", "right mouth corner"


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--actors", type=int, default=20)
    p.add_argument("--frames", type=int, default=50, help="of each actor")
    p.add_argument("--first", type=int, default=100, help="the first actor's seed")
    p.add_argument("--size", type=int, default=256)
    p.add_argument("--threads", type=int, default=os.cpu_count())
    options = p.parse_args()
    nn.set_threads(options.threads)
    detector = Detector()
    errors, found, scores, rates = [], 0, [], []
    for seed in range(options.first, options.first + options.actors):
        scene = Scene(seed, seed, 10 * options.frames, (options.size, options.size))
        start = time.perf_counter()
        taken = list(render_frames(scene, range(0, scene.frames, 10)))
        rates.append(len(taken) / (time.perf_counter() - start))
        of_actor = []
        for shot in taken:
            faces = detector.detect(shot.image)
            if len(faces) == 1:
                of_actor.append(
                    np.linalg.norm(faces[0].points - shot.points, axis=1)
                    / np.linalg.norm(shot.points[1] - shot.points[0])
                )
                scores.append(faces[0].score)
                found += faces[0].score >= 0.95
        errors += of_actor
        mean = np.mean(of_actor, 0) * 100 if of_actor else np.full(5, np.nan)
        print(
            json.dumps(
                {
                    "name": "actor",
                    "seed": seed,
                    "faces": len(of_actor),
                    "of": len(taken),
                    "error_percent": mean.round(1).tolist(),
                }
            ),
            flush=True,
        )
    mean = np.mean(errors, 0) * 100
    print(
        json.dumps(
            {
                "name": "frames rendered a second",
                "size": options.size,
                "value": round(float(np.median(rates)), 1),
                "threads": options.threads,
            }
        )
    )
    print(
        json.dumps(
            {
                "name": "one face found, p >= .95",
                "percent": round(100 * found / (options.actors * options.frames), 2),
                "frames": options.actors * options.frames,
                "lowest_score": round(float(min(scores)), 4),
            }
        )
    )
    print(
        json.dumps(
            {
                "name": "error of the points, percent of the eyes' distance",
                "mean": round(float(mean.mean()), 2),
                **dict(zip(POINTS, mean.round(2).tolist(), strict=True)),
            }
        )
    )


if __name__ == "__main__":
    main()
