"""Training from fresh weights as the 2020 program did, and its losses after each round.

    python -m benchmarks.parity TARGET DONOR [--seeds 3] [--rounds 2]

Prints a JSON line for each seed and one for the median. On its own two clips the 2020 program recorded, in the order face a,
face b, colour a, colour b: .1227 .1079 .0171 .0195 after round 1 and .0574 .0476 .0081 .0081 after round 2.
"""

from __future__ import annotations

import argparse
import json
import time

import numpy as np

import nn
import video
from faces import Canvas, align
from mtcnn_np import Detector
from stages.align import extract_faces
from stages.decide import decide
from stages.detect import detect_frames
from stages.presets import PRESETS
from stages.trainers.seed2020 import Seed2020Trainer

RECORDED = {1: [0.1227, 0.1079, 0.0171, 0.0195], 2: [0.0574, 0.0476, 0.0081, 0.0081]}


def faces_of(path: str, size: tuple[int, int]) -> np.ndarray:
    clip, detector = video.open_clip(path), Detector()
    rows = {r.frame: r for r in decide(list(detect_frames(clip, detector, 40)), smooth=False)}
    canvas = Canvas(align.INNER_FACE, size)
    return np.stack([face for _, face in extract_faces(clip, rows, canvas)])


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("target")
    p.add_argument("donor")
    p.add_argument("--seeds", type=int, default=3)
    p.add_argument("--rounds", type=int, default=2)
    p.add_argument("--threads", type=int, default=2)
    options = p.parse_args()
    nn.set_threads(options.threads)
    preset = PRESETS["seed"]
    faces = {
        "a": faces_of(options.target, preset.aligned),
        "b": faces_of(options.donor, preset.aligned),
    }
    losses: dict[int, list[list[float]]] = {r: [] for r in range(1, options.rounds + 1)}
    for seed in range(options.seeds):
        trainer = Seed2020Trainer(faces, preset, seed)
        start = time.perf_counter()
        of_round: dict[int, list[float]] = {r: [] for r in losses}
        for step in trainer.run(options.rounds, None):
            if step.finished:
                of_round[step.round + 1].append(round(step.epoch_loss, 5))
                if len(of_round[step.round + 1]) == len(preset.phases):
                    seconds = round(time.perf_counter() - start, 1)
                    print(
                        json.dumps(
                            {
                                "seed": seed,
                                "round": step.round + 1,
                                "losses": of_round[step.round + 1],
                                "seconds": seconds,
                            }
                        ),
                        flush=True,
                    )
        for r, values in of_round.items():
            losses[r].append(values)
    for r, values in losses.items():
        median = np.median(values, axis=0)
        line = {
            "name": "seed losses",
            "round": r,
            "seeds": options.seeds,
            "median": median.round(5).tolist(),
        }
        if r in RECORDED:
            line |= {
                "peer": "2020 program, on its clips",
                "peer_losses": RECORDED[r],
                "ratio": (median / RECORDED[r]).round(3).tolist(),
            }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
