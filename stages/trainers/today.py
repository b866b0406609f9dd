"""Training today's net: both people in each step, from weights that have seen many people."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import intracoder
import nn
from faces import Canvas, mask
from files import pick_evenly
from intracoder.train import TrainingFaces

from ..presets import Preset
from .base import Trainer, repaint_donor

TODAY_RATE = 1e-3  # Adam's learning rate at the beginning; by eye
TODAY_LAST_RATE = 0.02  # the learning rate at the end, as a fraction of TODAY_RATE; by eye


class TodayTrainer(Trainer):
    """Trains the intracoder; people {"a": (N, 128, 128, 3) uint8, "b": ...}, aligned faces."""

    def __init__(self, people: dict[str, np.ndarray], preset: Preset, seed: int, xp=np):
        super().__init__(preset, seed, xp)
        model = intracoder.Intracoder(self.rng)
        self.model = intracoder.load_start_weights(model).to(xp)
        self.nets = {"intracoder": self.model}
        size = (intracoder.INTRACODER_OUTPUT_PX, intracoder.INTRACODER_OUTPUT_PX)
        weights = mask.loss_weights(Canvas(preset.region, size))
        people = repaint_donor(people, preset)
        self.faces = TrainingFaces(people["a"], people["b"], weights)

    def learning_rate(self, progress: float) -> float:
        return TODAY_RATE * nn.cosine_annealing(progress, TODAY_LAST_RATE)

    def epoch(self, phase: str) -> tuple[int, Iterator[tuple[float, int]]]:
        batch = self.preset.batch
        steps = intracoder.train.epoch(self.model, self.faces, batch, self.adam, self.rng)
        return self.faces.pairs, steps

    def swap(self, faces: np.ndarray) -> np.ndarray:
        return intracoder.draw_as(self.model, faces, "b")

    def preview(self, count: int = 6) -> dict[str, list[np.ndarray]]:
        a, b = (own[pick_evenly(len(own), count)] for own in (self.faces.a, self.faces.b))
        return {
            "target": list(a),
            "target rebuilt": list(intracoder.draw_as(self.model, a, "a")),
            "swapped": list(intracoder.draw_as(self.model, a, "b")),
            "donor": list(b),
            "donor rebuilt": list(intracoder.draw_as(self.model, b, "b")),
        }
