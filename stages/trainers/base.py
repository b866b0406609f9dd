"""Aligned faces -> trained nets: what every way of training shares.

A round is a fixed sequence of epochs. The state between two epochs is all there is to know (weights, moments, counters, random
state), so a run that is interrupted goes on from the last epoch to the same result as one that was not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import nn
from colorcorrect import statistics
from faces import Canvas
from faces.align import Region
from nn import checkpoint

from ..presets import Preset

STATE = {
    "epochs": int,
    "seconds": float,
    "shares": list,
    "pace": float,
    "losses": list,
    "best": float,
}  # what a checkpoint holds beside arrays


@dataclass(frozen=True)
class Step:
    """Where training stands after a step; `share` of the whole is done, `epoch_loss` is the mean so far of this epoch.

    `finished` after the last step of an epoch: the moment to save.
    """

    round: int
    phase: str
    share: float
    epoch_loss: float
    finished: bool


class Trainer:
    """Nets and their training. Identity a is the target's person, b the donor's.

    nets    {name: module}, what is saved
    xp      numpy or cupy
    shares  how much of the whole was done when each epoch began: with a length in minutes, all that a repetition needs to know of the clock
    pace    a factor of every step's size, 1 unless a loss was not finite
    at_its_best  whether a round has just ended, and had the smallest mean loss of all
    """

    nets: dict[str, nn.Module]

    def __init__(self, preset: Preset, seed: int, xp=np):
        self.preset, self.xp = preset, xp
        self.rng = np.random.default_rng(seed)
        self.adam = nn.Adam()
        self._rate = self.adam.rate
        self.epochs = 0  # finished ones
        self.seconds = 0.0  # spent training in all sittings
        self.shares: list[float] = []
        self.pace = 1.0
        self.losses: list[float] = []  # of the epochs of this round
        self.best, self.at_its_best = math.inf, False

    def run(
        self, rounds: int | None, minutes: float | None, shares: list[float] | None = None
    ) -> Iterator[Step]:
        """Train until so many rounds are done, or so many minutes of training, whichever is given; yields each step.

        With the `shares` of an earlier run: as that one went, whatever the clock says. The caller may stop at any time and loses
        at most the epoch that is not `finished`. Raises nn.train.Diverged.
        """
        while (share := self._share(rounds, minutes, shares)) < 1:
            self.shares = [*self.shares[: self.epochs], share]
            self.adam.rate = self.rate(share) * self.pace
            round_, phase = divmod(self.epochs, len(self.preset.phases))
            name = self.preset.phases[phase]
            start = time.perf_counter()
            total = images = 0
            count, steps = self.epoch(name)
            for loss, n in steps:
                total, images = total + loss * n, images + n
                finished = images == count
                spent = time.perf_counter() - start
                if finished:
                    self.epochs += 1
                    self.seconds += spent
                    spent = 0.0
                    self._ended(total / images)
                share = self._share(rounds, minutes, shares, spent, images / count)
                yield Step(round_, name, min(share, 1.0), total / images, finished)

    def _share(
        self,
        rounds: int | None,
        minutes: float | None,
        shares: list[float] | None,
        spent: float = 0.0,
        of_epoch: float = 0.0,
    ) -> float:
        if shares is not None:
            return shares[self.epochs] if self.epochs < len(shares) else 1.0
        if rounds is not None:
            return (self.epochs + of_epoch * (spent > 0)) / (rounds * len(self.preset.phases))
        return (self.seconds + spent) / (minutes * 60)

    def _ended(self, loss: float) -> None:
        """Take note of an epoch's loss."""
        self.losses.append(loss)
        self.at_its_best = False
        if len(self.losses) == len(self.preset.phases):
            mean = sum(self.losses) / len(self.losses)
            self.best, self.at_its_best = min(self.best, mean), mean < self.best
            self.losses = []

    def rate(self, share: float) -> float:
        """The size of Adam's steps when so much of the whole is done."""
        return self._rate

    def epoch(self, phase: str) -> tuple[int, Iterator[tuple[float, int]]]:
        """How many images an epoch has, and its steps: (loss, images) each."""
        raise NotImplementedError

    def swap(self, faces: np.ndarray) -> np.ndarray:
        """Aligned faces of a (N, h, w, 3) uint8 as b: (N, 128, 128, 3), 0..1, NumPy."""
        raise NotImplementedError

    def preview(self, count: int = 6) -> dict[str, list[np.ndarray]]:
        """Rows of pictures (h, w, 3), 0..1, by their names."""
        raise NotImplementedError

    def save(self, path: Path) -> None:
        """Everything that the next epoch depends on."""
        arrays = {}
        for name, module in self.nets.items():
            arrays |= checkpoint.module_arrays(module, f"{name}.") | checkpoint.adam_arrays(
                self.adam, module, f"adam.{name}."
            )
        state = {name: getattr(self, name) for name in STATE} | {
            "rng": self.rng.bit_generator.state
        }
        checkpoint.write_arrays(path, arrays, state)

    def load(self, path: Path) -> None:
        """Go on from where `save` was called. Raises nn.CheckpointError for a file that is damaged or does not fit."""
        arrays, state = checkpoint.read_arrays(path)
        moments = {}
        for name, module in self.nets.items():
            checkpoint.load_module(module, arrays, str(path), f"{name}.")
            checkpoint.load_adam(self.adam, module, arrays, str(path), f"adam.{name}.")
            moments |= self.adam.moments
        self.adam.moments = moments
        try:
            for name, kind in STATE.items():
                setattr(self, name, kind(state[name]))
            self.rng.bit_generator.state = state["rng"]
        except (KeyError, TypeError, ValueError) as error:
            raise nn.CheckpointError(
                f"{path} lacks its counters ({error}); delete it to train anew"
            ) from None


def repaint(faces: np.ndarray, like: np.ndarray, region: Region) -> np.ndarray:
    """Faces (N, h, w, 3) uint8 in the palette of others (M, h, w, 3): one transfer for all, so no light is evened out.

    Differences of chroma do not grow: where a face is lit from both sides in two colours, that is no reason to paint the other's lips.
    """
    opacity = Canvas(region, faces.shape[2:0:-1]).mask()
    real = [x.astype(np.float32) / np.float32(255) for x in (faces, like)]
    weights = [np.broadcast_to(opacity, x.shape[:3]) for x in real]
    painted = statistics.reinhard(*real, *weights, most=1.0)
    return np.clip(np.rint(painted * 255), 0, 255).astype(np.uint8)
