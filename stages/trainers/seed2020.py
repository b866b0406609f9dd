"""The nets of 2020 and how they are trained: an epoch of either face and, from some point on, of either colour."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import colorcorrect
import intracoder
import nn
from faces import warp

from ..presets import Preset
from .base import Trainer


class Seed2020Trainer(Trainer):
    """The intracoder and the colour net. faces: {"a": (N, h, w, 3) uint8, "b": ...}, aligned."""

    def __init__(self, faces: dict[str, np.ndarray], preset: Preset, seed: int, xp=np):
        super().__init__(preset, seed, xp)
        self.coder = intracoder.seed2020.Intracoder(self.rng).to(xp)
        self.colour = colorcorrect.seed2020.ColorNet(self.rng).to(xp)
        self.nets = {
            "intracoder": self.coder,
            "color": self.colour,
        }  # one optimiser for all four paths, as in 2020
        small = {
            k: _scaled(v, (intracoder.seed2020.SIZE, intracoder.seed2020.SIZE))
            for k, v in faces.items()
        }
        large = {
            k: _scaled(v, (colorcorrect.seed2020.SIZE_OUT, colorcorrect.seed2020.SIZE_OUT))
            for k, v in faces.items()
        }
        self.small, self.large = ({k: xp.asarray(v) for k, v in d.items()} for d in (small, large))

    def epoch(self, phase: str) -> tuple[int, Iterator[tuple[float, int]]]:
        what, identity = phase.split()
        small, batch = self.small[identity], self.preset.batch
        if what == "face":
            return len(small), intracoder.seed2020.epoch(
                self.coder, identity, small, batch, self.adam, self.rng
            )
        drawn = intracoder.seed2020.draw_as(self.coder, small, identity)
        return len(small), colorcorrect.seed2020.epoch(
            self.colour, identity, drawn, self.large[identity], batch, self.adam, self.rng
        )

    def swap(self, faces: np.ndarray) -> np.ndarray:
        """Aligned faces of a (N, h, w, 3) uint8 as b in a's colours: (N, 128, 128, 3), 0..1, NumPy."""
        return self._swapped(
            self.xp.asarray(_scaled(faces, (intracoder.seed2020.SIZE, intracoder.seed2020.SIZE)))
        )

    def _swapped(self, faces) -> np.ndarray:
        drawn = intracoder.seed2020.draw_as(self.coder, faces, "b")
        return nn.backend.to_numpy(colorcorrect.seed2020.colour_as(self.colour, drawn, "a"))

    def preview(self, count: int = 6) -> dict[str, list[np.ndarray]]:
        picked = {
            k: v[np.linspace(0, len(v) - 1, min(count, len(v))).astype(int)]
            for k, v in self.small.items()
        }
        rows = {
            "target": picked["a"],
            "target rebuilt": intracoder.seed2020.draw_as(self.coder, picked["a"], "a"),
            "swapped": intracoder.seed2020.draw_as(self.coder, picked["a"], "b"),
            "swapped, coloured": self._swapped(picked["a"]),
            "donor": picked["b"],
            "donor rebuilt": intracoder.seed2020.draw_as(self.coder, picked["b"], "b"),
        }
        return {name: list(nn.backend.to_numpy(row)) for name, row in rows.items()}


def _scaled(faces: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if faces.shape[2:0:-1] == size:
        return faces.astype(np.float32) / np.float32(255)
    return np.concatenate(
        [warp.resize(faces[i : i + 64], size) for i in range(0, len(faces), 64)]
    ) / np.float32(255)
