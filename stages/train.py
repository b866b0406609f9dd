"""Aligned faces -> trained nets.

A round is an epoch of either face and, from some point on, of either colour. The state between two epochs is all there is
to know (weights, moments, counters, random state), so a run that is interrupted goes on from the last epoch to the same
result as one that was not.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import colorcorrect
import intracoder
import nn
from colorcorrect import statistics
from faces import mask, warp
from nn import checkpoint

from .presets import Preset


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
    """The two nets and their training. Identity a is the target's person, b the donor's.

    faces: {"a": (N, h, w, 3) uint8, "b": ...}, aligned. `xp` is numpy or cupy.
    """

    def __init__(self, faces: dict[str, np.ndarray], preset: Preset, seed: int, xp=np):
        self.preset, self.xp = preset, xp
        self.rng = np.random.default_rng(seed)
        self.coder = intracoder.Intracoder(self.rng).to(xp)
        self.colour = colorcorrect.ColorNet(self.rng).to(xp)
        self.adam = nn.Adam()  # one optimiser for all four paths, as in 2020
        self.palette = "b" if preset.match else "a"
        if preset.match:
            faces = faces | {"b": repaint(faces["b"], faces["a"])}
        small = {k: to_coder(v, preset.area) for k, v in faces.items()}
        large = {k: _scaled(v, (colorcorrect.SIZE_OUT, colorcorrect.SIZE_OUT)) for k, v in faces.items()}
        self.small, self.large = ({k: xp.asarray(v) for k, v in d.items()} for d in (small, large))
        self.statistics: dict = {}  # those that `settle` took
        self.epochs = 0  # finished ones
        self.seconds = 0.0  # spent training in all sittings

    def run(self, rounds: int | None, minutes: float | None) -> Iterator[Step]:
        """Train until so many rounds are done, or so many minutes of training, whichever is given; yields each step.

        The caller may stop at any time and loses at most the epoch that is not `finished`.
        """
        while self._share(rounds, minutes, 0.0) < 1:
            round_, phase = divmod(self.epochs, len(self.preset.phases))
            name = self.preset.phases[phase]
            start = time.perf_counter()
            if name.startswith("colour") and self._share(rounds, minutes, 0.0) < self.preset.colour_from:
                self.epochs += 1
                continue
            total = images = 0
            steps = self._epoch(name)
            count = len(self.small[name[-1]])
            for loss, n in steps:
                total, images = total + loss * n, images + n
                finished = images == count
                spent = time.perf_counter() - start
                if finished:
                    self.epochs += 1
                    self.seconds += spent
                    spent = 0.0
                share = self._share(rounds, minutes, spent, images / count)
                yield Step(round_, name, min(share, 1.0), total / images, finished)

    def _share(self, rounds: int | None, minutes: float | None, spent: float, of_epoch: float = 0.0) -> float:
        if rounds is not None:
            return (self.epochs + of_epoch * (spent > 0)) / (rounds * len(self.preset.phases))
        return (self.seconds + spent) / (minutes * 60)

    def _epoch(self, phase: str) -> Iterator[tuple[float, int]]:
        what, identity = phase.split()
        small, batch = self.small[identity], self.preset.batch
        if what == "face":
            return intracoder.epoch(self.coder, identity, small, batch, self.adam, self.rng)
        drawn = intracoder.draw_as(self.coder, small, identity)
        return colorcorrect.epoch(self.colour, identity, drawn, self.large[identity], batch, self.adam, self.rng)

    def swap(self, faces: np.ndarray) -> np.ndarray:
        """Faces of a (N, 32, 32, 3), 0..1, as b in a's colours: (N, 128, 128, 3), 0..1, NumPy."""
        drawn = intracoder.draw_as(self.coder, self.xp.asarray(faces), "b")
        with nn.train.using_statistics(self.statistics):
            return nn.backend.to_numpy(colorcorrect.colour_as(self.colour, drawn, self.palette))

    def settle(self, count: int = 64, batch: int = 16) -> None:
        """Before `swap` is used: take the colour net's statistics on some swapped faces, where the preset asks for it."""
        if self.preset.settle:
            some = self.small["a"][np.linspace(0, len(self.small["a"]) - 1, min(count, len(self.small["a"]))).astype(int)]
            drawn = intracoder.draw_as(self.coder, some, "b")
            path = self.colour.path(self.palette)
            self.statistics = nn.train.statistics_on(path, [drawn[i : i + batch] for i in range(0, len(drawn), batch)])

    def preview(self, count: int = 6) -> list[list[np.ndarray]]:
        """Rows of pictures (h, w, 3), 0..1: the target's faces, as rebuilt, as swapped, in colour; the donor's, as rebuilt."""
        self.settle()
        picked = {k: v[np.linspace(0, len(v) - 1, min(count, len(v))).astype(int)] for k, v in self.small.items()}
        rows = [picked["a"], intracoder.draw_as(self.coder, picked["a"], "a"),
                intracoder.draw_as(self.coder, picked["a"], "b"), self.swap(picked["a"]),
                picked["b"], intracoder.draw_as(self.coder, picked["b"], "b")]  # fmt: skip
        return [list(nn.backend.to_numpy(row)) for row in rows]

    def save(self, path: Path) -> None:
        """Everything that the next epoch depends on."""
        arrays = checkpoint.module_arrays(self.coder, "intracoder.") | checkpoint.module_arrays(self.colour, "color.")
        for name, module in (("intracoder", self.coder), ("color", self.colour)):
            arrays |= checkpoint.adam_arrays(self.adam, module, f"adam.{name}.")
        state = {"epochs": self.epochs, "seconds": self.seconds, "rng": self.rng.bit_generator.state}
        checkpoint.write_arrays(path, arrays, state)

    def load(self, path: Path) -> None:
        """Go on from where `save` was called. Raises nn.CheckpointError for a file that is damaged or does not fit."""
        arrays, state = checkpoint.read_arrays(path)
        checkpoint.load_module(self.coder, arrays, str(path), "intracoder.")
        checkpoint.load_module(self.colour, arrays, str(path), "color.")
        moments = {}
        for name, module in (("intracoder", self.coder), ("color", self.colour)):
            checkpoint.load_adam(self.adam, module, arrays, str(path), f"adam.{name}.")
            moments |= self.adam.moments
        self.adam.moments = moments
        try:
            self.epochs, self.seconds = int(state["epochs"]), float(state["seconds"])
            self.rng.bit_generator.state = state["rng"]
        except (KeyError, TypeError, ValueError) as error:
            raise nn.CheckpointError(f"{path} lacks its counters ({error}); delete it to train anew") from None


def repaint(faces: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Faces (N, h, w, 3) uint8 in the palette of others (M, h, w, 3): one transfer for all, so no light is evened out."""
    opacity = mask.face_mask(faces.shape[2:0:-1])
    real = [x.astype(np.float32) / np.float32(255) for x in (faces, like)]
    weights = [np.broadcast_to(opacity, x.shape[:3]) for x in real]
    painted = statistics.reinhard(*real, *weights)
    return np.clip(np.rint(painted * 255), 0, 255).astype(np.uint8)


def to_coder(faces: np.ndarray, area: bool) -> np.ndarray:
    """Aligned faces (N, h, w, 3) uint8 as the coder takes them: (N, 32, 32, 3) float32, 0..1."""
    side = intracoder.SIZE
    n, h, w, _ = faces.shape
    if area and h % side == 0 and w % side == 0:
        blocks = faces.reshape(n, side, h // side, side, w // side, 3)
        return blocks.mean(axis=(2, 4), dtype=np.float32) / np.float32(255)
    return _scaled(faces, (side, side))


def _scaled(faces: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if faces.shape[2:0:-1] == size:
        return faces.astype(np.float32) / np.float32(255)
    return np.concatenate([warp.resize(faces[i : i + 64], size) for i in range(0, len(faces), 64)]) / np.float32(255)
