"""How long the nets of 2020 must train to reach the losses of their author.

    python -m benchmarks.time_to_loss TARGET DONOR [--faces 125] [--colours 490]

Nets, data and losses are those of the preset `seed`, but with other batches (four faces, or two
colours) and another learning rate. The rate falls along a half cosine, over --faces seconds for the
intracoder and then over --colours seconds for the colour net. Prints a JSON line after each epoch
of both people, and one at the end, with the author's figures on the two clips of 2020 beside it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

import nn
from colorcorrect import seed2020 as colour
from files import run_command
from intracoder import seed2020 as intracoder
from stages.presets import PRESETS
from stages.trainers.seed2020 import Seed2020Trainer

from .lines import print_line
from .parity import parse_clips, read_people

# The losses that the author of the 2020 program reached on its own two clips, and the seconds that
# it took on a graphics card.
AUTHOR_LOSSES = {"face a": 0.000557, "face b": 0.000517, "colour a": 0.000834, "colour b": 0.000565}
AUTHOR_SECONDS = 3765.65
FINAL_RATE_2020 = 0.02  # the learning rate at the end, as a fraction of the first; by choice

Epoch = Callable[[str], Iterator[tuple[float, int]]]  # identity -> (loss, images) after each step


def main() -> None:
    p = parse_clips(__doc__)
    p.add_argument("--batch", type=int, default=4, help="faces")
    p.add_argument("--colour-batch", type=int, default=2)
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--faces", type=float, default=125, help="seconds")
    p.add_argument("--colours", type=float, default=490, help="seconds")
    options = p.parse_args()
    nn.set_threads(options.threads)
    preset = PRESETS["seed"]
    trainer = Seed2020Trainer(read_people(options, preset), preset, 0)
    trainer.adam.rate = options.rate
    start = time.perf_counter()
    losses = train(trainer, "face", options.faces, face_epochs(trainer, options.batch))
    seconds_faces = time.perf_counter() - start
    epochs = colour_epochs(trainer, options.colour_batch)
    losses |= train(trainer, "colour", options.colours, epochs)
    print_line(**summarise(losses, time.perf_counter() - start, seconds_faces))


def face_epochs(trainer: Seed2020Trainer, batch: int) -> Epoch:
    """Epochs of a person's autoencoder."""

    def epoch(identity: str) -> Iterator[tuple[float, int]]:
        faces = trainer.small[identity]
        batches = nn.train.minibatches(len(faces), batch, trainer.rng)
        return intracoder.epoch(trainer.intracoder.path(identity), faces, batches, trainer.adam)

    return epoch


def colour_epochs(trainer: Seed2020Trainer, batch: int) -> Epoch:
    """Epochs of a person's colour net, on faces that the finished autoencoders have drawn."""
    drawn = {k: intracoder.draw_as(trainer.intracoder, trainer.small[k], k) for k in "ab"}

    def epoch(identity: str) -> Iterator[tuple[float, int]]:
        path, faces = trainer.colour_net.path(identity), trainer.large[identity]
        batches = nn.train.minibatches(len(faces), batch, trainer.rng)
        return colour.epoch(path, drawn[identity], faces, batches, trainer.adam)

    return epoch


def train(trainer: Seed2020Trainer, part: str, seconds: float, epoch: Epoch) -> dict[str, float]:
    """Train epochs of both people in turn for `seconds`; returns the mean losses of the last."""
    start, rate, progress, losses = time.perf_counter(), trainer.adam.rate, 0.0, {}
    while progress < 1:
        for identity in "ab":
            progress = min(1.0, (time.perf_counter() - start) / seconds)
            trainer.adam.rate = rate * nn.cosine_annealing(progress, FINAL_RATE_2020)
            values, images = zip(*epoch(identity), strict=True)
            losses[f"{part} {identity}"] = float(np.average(values, weights=images))
        line = {"part": part, "seconds": round(time.perf_counter() - start, 1)}
        print_line(**line, **{k: round(v, 6) for k, v in losses.items()})
    trainer.adam.rate = rate
    return losses


def summarise(losses: dict[str, float], seconds: float, seconds_faces: float) -> dict:
    """The last line: the losses and the time, beside the author's."""
    return {
        "name": "seconds to the losses of 2020",
        "losses": {k: round(v, 6) for k, v in losses.items()},
        "bars": AUTHOR_LOSSES,
        "reached": all(losses[k] <= bar for k, bar in AUTHOR_LOSSES.items()),
        "seconds": round(seconds, 1),
        "seconds_faces": round(seconds_faces, 1),
        "peer": "2020 program, its author's measurement",
        "peer_seconds": AUTHOR_SECONDS,
        "ratio": round(seconds / AUTHOR_SECONDS, 3),
    }


if __name__ == "__main__":
    run_command(main)
