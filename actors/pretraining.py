"""Training for a given time, which goes on where it was: what all pretraining commands share."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

import nn
from files import Parser
from nn.train import LossOf

PRETRAIN_LAST_RATE = 0.01  # the learning rate at the end, as a fraction of the highest; by eye
PRETRAIN_ROUND_STEPS = 200  # steps between two reports, at which the state is saved
WARMUP_RATE = 0.2  # the learning rate of the first round, likewise; by eye


@dataclass
class Pretraining:
    """A net in training and how far it is."""

    net: nn.Module
    minutes: float  # how long it is to be trained in all
    rate: float  # Adam's highest learning rate
    path: Path  # of the file that keeps the state
    adam: nn.Adam = field(init=False)
    seconds: float = 0.0  # that it has been trained
    steps: int = 0

    def __post_init__(self):
        self.adam = nn.Adam(self.rate)

    @property
    def progress(self) -> float:
        """The fraction of the training that is done, 0..1."""
        return min(self.seconds / (60 * self.minutes), 1.0)

    def learning_rate(self) -> float:
        """Of the next step."""
        warmup = WARMUP_RATE if self.steps == 0 else 1.0
        return self.rate * warmup * nn.cosine_annealing(self.progress, PRETRAIN_LAST_RATE)

    def train(self, loss_of: LossOf, items: int, batch: int) -> Iterator[float]:
        """Train to the end; yields the mean loss of each round of steps.

        loss_of  takes rows (number of an item below `items`, seed for what is random), `batch` of
                 them in a step

        The learning rate changes only between rounds, since each process of the team has its own.
        """
        while self.progress < 1:
            started = time.perf_counter()
            self.adam.rate = self.learning_rate()
            limits, shape = [items, 1 << 31], (PRETRAIN_ROUND_STEPS, batch, 2)
            batches = iter(np.random.default_rng(self.steps).integers(0, limits, shape))
            losses = [loss for loss, _ in nn.train.epoch(batches, loss_of, self.net, self.adam)]
            self.steps += len(losses)
            self.seconds += time.perf_counter() - started
            yield float(np.mean(losses))

    def save(self) -> None:
        """Write net and state."""
        arrays = nn.checkpoint.module_arrays(self.net, "net.")
        arrays |= nn.checkpoint.adam_arrays(self.adam, self.net)
        nn.checkpoint.write_arrays(
            self.path, arrays, {"seconds": self.seconds, "steps": self.steps}
        )

    def resume(self) -> None:
        """Continue from what `save` wrote, if it did.

        Raises nn.CheckpointError if the file is damaged or unfit.
        """
        if not self.path.exists():
            return
        arrays, meta = nn.checkpoint.read_arrays(self.path)
        nn.checkpoint.load_module(self.net, arrays, str(self.path), "net.")
        nn.checkpoint.load_adam(self.adam, self.net, arrays, str(self.path))
        self.seconds, self.steps = meta["seconds"], meta["steps"]

    def write_weights(self, path: Path, made_from: dict[str, int]) -> None:
        """Write the weights and what they were made from."""
        trained = {"steps": self.steps, "minutes": round(self.seconds / 60, 1)}
        nn.checkpoint.write_weights(path, self.net, made_from | trained)


def add_options(parser: Parser, minutes: float, folder: Path) -> None:
    """The options of all commands; `minutes` and `folder` are their defaults."""
    add = parser.add_argument
    add("output", type=Path)
    add("--minutes", type=float, default=minutes, help="of training, interruptions left out")
    add("--folder", type=Path, default=folder, help="pictures and state")
    nn.parallel.add_threads_option(parser)


def report_rounds(
    state: Pretraining,
    losses: Iterator[float],
    measure: Callable[[], dict[str, float]],
    output: Path,
    made_from: dict[str, int],
) -> None:
    """Train on; after each round print a JSON line, save the state and write the weights.

    losses     one for each round, which is trained when it is asked for; see Pretraining.train
    measure    what is measured on pictures that are held out, by name
    output     of the weights
    made_from  what the weights are made from
    """
    for loss in losses:
        report = {"steps": state.steps, "progress": round(state.progress, 3)}
        print(json.dumps(report | {"loss": round(loss, 5)} | measure()), flush=True)
        state.save()
        state.write_weights(output, made_from)
