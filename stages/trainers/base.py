"""What all trainers share: rounds of epochs, the length of training, checkpoints.

A round is a fixed sequence of epochs. Between two epochs, the state of training is the weights,
Adam's moments, counters and the random state. A checkpoint holds all of it, so an interrupted run
continues from its last finished epoch to the same result as an uninterrupted one.
"""

from __future__ import annotations

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

# The attributes of a Trainer that a checkpoint holds beside the arrays, and their types.
CHECKPOINT_COUNTERS = dict(epochs=int, seconds=float, schedule=list, rate_factor=float)


@dataclass(frozen=True)
class Step:
    """Where training stands after one step of the optimiser."""

    round: int  # from 0
    phase: str  # one of Preset.phases
    progress: float  # the fraction of all training that is done, 0..1
    epoch_loss: float  # mean over this epoch so far
    finished: bool  # whether the epoch ends with this step; only then can training be saved


@dataclass(frozen=True)
class Length:
    """How long to train: by the `schedule` if there is one, else by `epochs`, else by `minutes`."""

    epochs: int | None  # of all rounds together
    minutes: float | None  # of training, not counting interruptions
    schedule: list[float] | None = None  # Trainer.schedule of an earlier run that is repeated

    def progress(self, epochs: int, epoch_fraction: float, seconds: float) -> float:
        """The fraction done after `epochs`, `epoch_fraction` of the next one, and `seconds`."""
        if self.schedule is not None:
            return self.schedule[epochs] if epochs < len(self.schedule) else 1.0
        if self.epochs is not None:
            return (epochs + epoch_fraction) / self.epochs
        return seconds / (self.minutes * 60)


class Trainer:
    """Nets and their training. Identity a is the target's person, b the donor's."""

    nets: dict[str, nn.Module]  # by name: what is trained and saved

    def __init__(self, preset: Preset, seed: int, xp=np):
        self.preset, self.xp = preset, xp  # xp: numpy or cupy
        self.rng = np.random.default_rng(seed)
        self.adam = nn.Adam()
        self.initial_rate = self.adam.rate
        self.epochs, self.seconds = 0, 0.0  # finished; spent on them
        # The progress (0..1) at which each epoch began. It decides the learning rates. With a
        # length in minutes it comes from the clock, so a replay needs it.
        self.schedule: list[float] = []
        self.rate_factor = 1.0  # of every learning rate; below 1 after a loss that was not finite

    def length(
        self, rounds: int | None, minutes: float | None = None, schedule: list[float] | None = None
    ) -> Length:
        """The length in rounds or else in minutes, or by the `schedule` of an earlier run."""
        epochs = None if rounds is None else rounds * len(self.preset.phases)
        return Length(epochs, minutes, schedule)

    def progress(self, length: Length) -> float:
        """The fraction of all training, 0..1, that the finished epochs are."""
        return min(length.progress(self.epochs, 0, self.seconds), 1.0)

    def run(self, length: Length) -> Iterator[Step]:
        """Train to the end; yields each step.

        A caller who stops loses only the epoch that is not `finished`. Raises nn.train.Diverged.
        """
        while (progress := self.progress(length)) < 1:
            self.schedule = [*self.schedule[: self.epochs], progress]
            self.adam.rate = self.learning_rate(progress) * self.rate_factor
            yield from self._run_epoch(length)

    def _run_epoch(self, length: Length) -> Iterator[Step]:
        round_, position = divmod(self.epochs, len(self.preset.phases))
        phase = self.preset.phases[position]
        start, total, done = time.perf_counter(), 0.0, 0
        count, steps = self.epoch(phase)
        for loss, images in steps:
            total, done = total + loss * images, done + images
            fraction, spent = done / count, time.perf_counter() - start
            if finished := done == count:
                self.epochs, self.seconds = self.epochs + 1, self.seconds + spent
                fraction = spent = 0.0
            progress = length.progress(self.epochs, fraction, self.seconds + spent)
            yield Step(round_, phase, min(progress, 1.0), total / done, finished)

    # Subclasses override the following.

    def learning_rate(self, progress: float) -> float:
        """Adam's learning rate when this fraction of all training is done."""
        return self.initial_rate

    def epoch(self, phase: str) -> tuple[int, Iterator[tuple[float, int]]]:
        """The number of images in an epoch, and an iterator over its steps: (loss, images)."""
        raise NotImplementedError

    def swap(self, faces: np.ndarray) -> np.ndarray:
        """Aligned faces of a (N, h, w, 3) uint8 -> drawn as b, (N, 128, 128, 3), 0..1, NumPy."""
        raise NotImplementedError

    def preview(self, count: int = 6) -> dict[str, list[np.ndarray]]:
        """Named rows of `count` pictures (h, w, 3): uint8, or floats 0..1."""
        raise NotImplementedError

    def save(self, path: Path) -> None:
        """Write a checkpoint, between two epochs."""
        arrays = {}
        for name, module in self.nets.items():
            arrays |= checkpoint.module_arrays(module, f"{name}.")
            arrays |= checkpoint.adam_arrays(self.adam, module, f"adam.{name}.")
        counters = {name: getattr(self, name) for name in CHECKPOINT_COUNTERS}
        checkpoint.write_arrays(path, arrays, counters | {"rng": self.rng.bit_generator.state})

    def load(self, path: Path) -> None:
        """Continue from a checkpoint. Raises nn.CheckpointError if it is damaged or unfit."""
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
    """People {"a": (N, h, w, 3) uint8, "b": ...}, with b recoloured by the preset's transfer."""
    weights = Canvas(preset.region, people["b"].shape[2:0:-1]).mask()
    transfer = TRANSFERS[preset.colour]
    return people | {"b": transfer.before_training(people["b"], people["a"], weights)}
