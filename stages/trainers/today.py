"""The coder and how it is trained: both people in each step, from weights that have seen many."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

import intracoder
from faces import Canvas, mask

from ..presets import Preset
from .base import Trainer, repaint

RATE = 1e-3  # of Adam; it falls along a half cosine to LAST times that
LAST = 0.02


class TodayTrainer(Trainer):
    """The coder. faces: {"a": (N, 128, 128, 3) uint8, "b": ...}, aligned."""

    def __init__(self, faces: dict[str, np.ndarray], preset: Preset, seed: int, xp=np):
        super().__init__(preset, seed, xp)
        self.coder = intracoder.start(intracoder.Intracoder(self.rng)).to(xp)
        self.nets = {"coder": self.coder}
        self.faces = (
            faces | {"b": repaint(faces["b"], faces["a"], preset.region)} if preset.match else faces
        )
        self.weights = mask.loss_weights(
            Canvas(preset.region, (intracoder.SIZE_OUT, intracoder.SIZE_OUT))
        )

    def rate(self, share: float) -> float:
        return RATE * (LAST + (1 - LAST) * (0.5 + 0.5 * math.cos(math.pi * share)))

    def epoch(self, phase: str) -> tuple[int, Iterator[tuple[float, int]]]:
        steps = intracoder.train.epoch(
            self.coder, self.faces, self.weights, self.preset.batch, self.adam, self.rng
        )
        return max(len(f) for f in self.faces.values()), steps

    def swap(self, faces: np.ndarray) -> np.ndarray:
        return intracoder.train.draw_as(self.coder, faces, "b")

    def preview(self, count: int = 6) -> dict[str, list[np.ndarray]]:
        a, b = (
            v[np.linspace(0, len(v) - 1, min(count, len(v))).astype(int)]
            for v in self.faces.values()
        )

        def as_(who, faces):
            return intracoder.train.draw_as(self.coder, faces, who)

        return {
            "target": list(a),
            "target rebuilt": list(as_("a", a)),
            "swapped": list(as_("b", a)),
            "donor": list(b),
            "donor rebuilt": list(as_("b", b)),
        }
