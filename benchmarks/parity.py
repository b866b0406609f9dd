"""Train the nets of 2020 from fresh weights, and compare the losses with those recorded in 2020.

    python -m benchmarks.parity TARGET DONOR [--seeds 3] [--rounds 2]

Prints a JSON line for each round of each seed, and one with the median over seeds for each round.
The recorded losses beside it are those of the 2020 program on its own two clips.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import numpy as np

import nn
import video
from files import run_command
from mtcnn_np import Detector
from stages.align import extract_faces
from stages.decide import decide
from stages.detect import detect_frames
from stages.presets import PRESETS, Preset
from stages.trainers.seed2020 import Seed2020Trainer

from .lines import print_line

# The losses of the 2020 program after each round on its own two clips: face a, face b, colour a,
# colour b.
RECORDED_LOSSES = {1: [0.1227, 0.1079, 0.0171, 0.0195], 2: [0.0574, 0.0476, 0.0081, 0.0081]}
PARITY_MIN_SIZE = 40  # pixels; smallest face looked for, as pipeline.py does by default


def parse_clips(description: str) -> argparse.ArgumentParser:
    """A parser for benchmarks that train the nets of 2020 on two clips."""
    p = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("target")
    p.add_argument("donor")
    nn.parallel.add_threads_option(p, default="2")
    return p


def read_people(options: argparse.Namespace, preset: Preset) -> dict[str, np.ndarray]:
    """The aligned faces (N, h, w, 3) uint8 of both clips, {"a": target's, "b": donor's}."""
    return {"a": _read_faces(options.target, preset), "b": _read_faces(options.donor, preset)}


def _read_faces(path: str, preset: Preset) -> np.ndarray:
    clip = video.open_clip(path)
    detections = list(detect_frames(video.with_cuts(clip), Detector(), PARITY_MIN_SIZE))
    rows = {row.frame: row for row in decide(detections, smooth=False)}
    return np.stack([face for _, face in extract_faces(clip, rows, preset.canvas)])


def train(trainer: Seed2020Trainer, rounds: int) -> Iterator[tuple[int, list[float]]]:
    """Train for `rounds` rounds; yields each round's number, from 1, and its epochs' losses."""
    losses: list[float] = []
    for step in trainer.run(trainer.length(rounds)):
        if step.finished:
            losses.append(round(step.epoch_loss, 5))
            if len(losses) == len(trainer.preset.phases):
                yield step.round + 1, losses
                losses = []


def describe_median(round_: int, losses: list[list[float]]) -> dict:
    """The line for one round: the median over seeds (seeds, phases), beside what 2020 recorded."""
    median = np.median(losses, axis=0)
    line = {"name": "seed losses", "round": round_, "seeds": len(losses)}
    line["median"] = median.round(5).tolist()
    if recorded := RECORDED_LOSSES.get(round_):
        line |= {"peer": "2020 program, on its clips", "peer_losses": recorded}
        line["ratio"] = (median / recorded).round(3).tolist()
    return line


def main() -> None:
    p = parse_clips(__doc__)
    p.add_argument("--seeds", type=int, default=3)
    p.add_argument("--rounds", type=int, default=2)
    options = p.parse_args()
    nn.set_threads(options.threads)
    preset = PRESETS["seed"]
    people = read_people(options, preset)
    all_losses: dict[int, list[list[float]]] = {}
    for seed in range(options.seeds):
        start = time.perf_counter()
        for round_, losses in train(Seed2020Trainer(people, preset, seed), options.rounds):
            all_losses.setdefault(round_, []).append(losses)
            seconds = round(time.perf_counter() - start, 1)
            line = {"seed": seed, "round": round_, "losses": losses, "seconds": seconds}
            print_line(**line)
    for round_, losses in all_losses.items():
        print_line(**describe_median(round_, losses))


if __name__ == "__main__":
    run_command(main)
