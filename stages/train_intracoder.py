"""The nets of 2020 and how they are trained: an epoch of either face and, from some point on, of either colour."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import colorcorrect
import intracoder
import nn
from faces import warp

from .presets import Preset
from .train import Trainer, repaint


class IntracoderTrainer(Trainer):
    """The intracoder and the colour net. faces: {"a": (N, h, w, 3) uint8, "b": ...}, aligned."""

    def __init__(self, faces: dict[str, np.ndarray], preset: Preset, seed: int, xp=np):
        super().__init__(preset, seed, xp)
        self.coder = intracoder.Intracoder(self.rng).to(xp)
        self.colour = colorcorrect.ColorNet(self.rng).to(xp)
        self.nets = {"intracoder": self.coder, "color": self.colour}  # one optimiser for all four paths, as in 2020
        self.palette = "b" if preset.match else "a"
        if preset.match:
            faces = faces | {"b": repaint(faces["b"], faces["a"])}
        small = {k: to_coder(v, preset.area) for k, v in faces.items()}
        large = {k: _scaled(v, (colorcorrect.SIZE_OUT, colorcorrect.SIZE_OUT)) for k, v in faces.items()}
        self.small, self.large = ({k: xp.asarray(v) for k, v in d.items()} for d in (small, large))
        self.statistics: dict = {}  # those that `settle` took

    def skips(self, phase: str, share: float) -> bool:
        return phase.startswith("colour") and share < self.preset.colour_from

    def epoch(self, phase: str, share: float) -> tuple[int, Iterator[tuple[float, int]]]:
        what, identity = phase.split()
        small, batch = self.small[identity], self.preset.batch
        if what == "face":
            return len(small), intracoder.epoch(self.coder, identity, small, batch, self.adam, self.rng)
        drawn = intracoder.draw_as(self.coder, small, identity)
        return len(small), colorcorrect.epoch(self.colour, identity, drawn, self.large[identity], batch, self.adam, self.rng)

    def swap(self, faces: np.ndarray) -> np.ndarray:
        """Aligned faces of a (N, h, w, 3) uint8 as b in a's colours: (N, 128, 128, 3), 0..1, NumPy."""
        return self._swapped(self.xp.asarray(to_coder(faces, self.preset.area)))

    def _swapped(self, faces) -> np.ndarray:
        drawn = intracoder.draw_as(self.coder, faces, "b")
        with nn.train.using_statistics(self.statistics):
            return nn.backend.to_numpy(colorcorrect.colour_as(self.colour, drawn, self.palette))

    def settle(self, count: int = 64, batch: int = 16) -> None:
        """Before `swap` is used: take the colour net's statistics on some swapped faces, where the preset asks for it."""
        if self.preset.settle:
            some = self.small["a"][np.linspace(0, len(self.small["a"]) - 1, min(count, len(self.small["a"]))).astype(int)]
            drawn = intracoder.draw_as(self.coder, some, "b")
            path = self.colour.path(self.palette)
            self.statistics = nn.train.statistics_on(path, [drawn[i : i + batch] for i in range(0, len(drawn), batch)])

    def preview(self, count: int = 6) -> dict[str, list[np.ndarray]]:
        self.settle()
        picked = {k: v[np.linspace(0, len(v) - 1, min(count, len(v))).astype(int)] for k, v in self.small.items()}
        rows = {"target": picked["a"], "target rebuilt": intracoder.draw_as(self.coder, picked["a"], "a"),
                "swapped": intracoder.draw_as(self.coder, picked["a"], "b"), "swapped, coloured": self._swapped(picked["a"]),
                "donor": picked["b"], "donor rebuilt": intracoder.draw_as(self.coder, picked["b"], "b")}  # fmt: skip
        return {name: list(nn.backend.to_numpy(row)) for name, row in rows.items()}


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
