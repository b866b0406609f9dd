"""Aligned faces -> trained nets: what all trainers share.

A round is a fixed sequence of epochs. Everything that training depends on is known between two
epochs: weights, moments, counters and random state. A checkpoint holds them all, so an interrupted
run goes on from the last epoch to the same result as one that was not interrupted.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import nn
from colorcorrect import TRANSFERS
from faces import Canvas
from nn import checkpoint

from ..presets import Preset

# The attributes of a Trainer that a checkpoint holds beside its arrays, and their types.
CHECKPOINT_COUNTERS = {
    "epochs": int,
    "seconds": float,
    "schedule": list,
    "rate_factor": float,
    "round_losses": list,
    "best_loss": float,
}


@dataclass(frozen=True)
class Step:
    """Where training stands after one step of the optimiser."""

    round: int  # from 0
    phase: str  # one of Preset.phases
    progress: float  # the fraction of all training that is done, 0..1
    epoch_loss: float  # mean over this epoch so far
    finished: bool  # whether this step was the last of its epoch: the moment to save


@dataclass(frozen=True)
class Length:
    """How long to train: so many epochs, or so many minutes, or exactly as an earlier run did."""

    epochs: int | None  # in all rounds together
    minutes: float | None  # of training, in all sittings
    schedule: list[float] | None = None  # Trainer.schedule of the run to repeat

    def progress(self, epochs: int, epoch_fraction: float, seconds: float) -> float:
        """The fraction of training done after `epochs`, a fraction of the next, and `seconds`."""
        if self.schedule is not None:
            return self.schedule[epochs] if epochs < len(self.schedule) else 1.0
        if self.epochs is not None:
            return (epochs + epoch_fraction) / self.epochs
        return seconds / (self.minutes * 60)


class Trainer:
    """Nets and their training. Identity a is the target's person, b the donor's.

    nets         {name: module}: what is trained and saved
    xp           numpy or cupy
    epochs       finished ones
    seconds      spent training, in all sittings
    schedule     the progress (0..1) at which each epoch began. It decides the learning rates. With
                 a length in minutes it comes from the clock, so a replay needs it
    rate_factor  multiplies every learning rate: 1 unless the loss once was not finite
    is_best      whether a round has just ended, and its mean loss was the smallest of all
    """

    nets: dict[str, nn.Module]

    def __init__(self, preset: Preset, seed: int, xp=np):
        self.preset, self.xp = preset, xp
        self.rng = np.random.default_rng(seed)
        self.adam = nn.Adam()
        self.initial_rate = self.adam.rate
        self.epochs, self.seconds = 0, 0.0
        self.schedule: list[float] = []
        self.rate_factor = 1.0
        self.round_losses: list[float] = []  # of the epochs of the current round
        self.best_loss, self.is_best = math.inf, False

    def run(
        self, rounds: int | None, minutes: float | None, schedule: list[float] | None = None
    ) -> Iterator[Step]:
        """Train for so many rounds, or so many minutes, whichever is given; yields each step.

        With the `schedule` of an earlier run: as that one went, whatever the clock says. The
        caller may stop at any time and loses at most the epoch that is not `finished`. Raises
        nn.train.Diverged.
        """
        epochs = None if rounds is None else rounds * len(self.preset.phases)
        length = Length(epochs, minutes, schedule)
        while (progress := length.progress(self.epochs, 0, self.seconds)) < 1:
            self.schedule = [*self.schedule[: self.epochs], progress]
            self.adam.rate = self.rate(progress) * self.rate_factor
            yield from self._run_epoch(length)

    def _run_epoch(self, length: Length) -> Iterator[Step]:
        round_, phase = divmod(self.epochs, len(self.preset.phases))
        name = self.preset.phases[phase]
        start, total, done = time.perf_counter(), 0.0, 0
        count, steps = self.epoch(name)
        for loss, images in steps:
            total, done = total + loss * images, done + images
            fraction, spent = done / count, time.perf_counter() - start
            if finished := done == count:
                self._finish_epoch(total / done, spent)
                fraction = spent = 0.0
            progress = length.progress(self.epochs, fraction, self.seconds + spent)
            yield Step(round_, name, min(progress, 1.0), total / done, finished)

    def _finish_epoch(self, loss: float, seconds: float) -> None:
        self.epochs += 1
        self.seconds += seconds
        self.round_losses.append(loss)
        self.is_best = False
        if len(self.round_losses) == len(self.preset.phases):
            mean = sum(self.round_losses) / len(self.round_losses)
            self.best_loss, self.is_best = min(self.best_loss, mean), mean < self.best_loss
            self.round_losses = []

    def rate(self, progress: float) -> float:
        """Adam's learning rate when this fraction of all training is done."""
        return self.initial_rate

    def epoch(self, phase: str) -> tuple[int, Iterator[tuple[float, int]]]:
        """Begin an epoch: how many images it has, and its steps, (loss, images) each."""
        raise NotImplementedError

    def swap(self, faces: np.ndarray) -> np.ndarray:
        """Aligned faces of a (N, h, w, 3) uint8 as b: (N, 128, 128, 3), 0..1, NumPy."""
        raise NotImplementedError

    def preview(self, count: int = 6) -> dict[str, list[np.ndarray]]:
        """Rows of pictures (h, w, 3), 0..1, by their names."""
        raise NotImplementedError

    def save(self, path: Path) -> None:
        """Write everything that the next epoch depends on."""
        arrays = {}
        for name, module in self.nets.items():
            arrays |= checkpoint.module_arrays(module, f"{name}.")
            arrays |= checkpoint.adam_arrays(self.adam, module, f"adam.{name}.")
        counters = {name: getattr(self, name) for name in CHECKPOINT_COUNTERS}
        checkpoint.write_arrays(path, arrays, counters | {"rng": self.rng.bit_generator.state})

    def load(self, path: Path) -> None:
        """Go on from where `save` was called.

        Raises nn.CheckpointError for a file that is damaged or does not fit.
        """
        arrays, counters = checkpoint.read_arrays(path)
        moments = {}
        for name, module in self.nets.items():
            checkpoint.load_module(module, arrays, str(path), f"{name}.")
            checkpoint.load_adam(self.adam, module, arrays, str(path), f"adam.{name}.")
            moments |= self.adam.moments  # load_adam keeps only those of its module
        self.adam.moments = moments
        try:
            for name, kind in CHECKPOINT_COUNTERS.items():
                setattr(self, name, kind(counters[name]))
            self.rng.bit_generator.state = counters["rng"]
        except (KeyError, TypeError, ValueError) as error:
            raise nn.CheckpointError(
                f"{path} lacks its counters ({error}); delete it to train anew"
            ) from None


def repaint_donor(people: dict[str, np.ndarray], preset: Preset) -> dict[str, np.ndarray]:
    """People {"a": (N, h, w, 3) uint8, "b": ...}, with b in the colours that the nets learn."""
    weights = Canvas(preset.region, people["b"].shape[2:0:-1]).mask()
    transfer = TRANSFERS[preset.colour]
    return people | {"b": transfer.before_training(people["b"], people["a"], weights)}
