"""Training today's net: both people in each step, from weights that have seen many people."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import intracoder
import nn
from colorcorrect import TRANSFERS
from colorcorrect.visible import find_visible
from faces import Canvas, mask
from files import pick_evenly
from intracoder.train import FEATURE_WEIGHT, TrainingFaces

from ..presets import Preset
from .base import Trainer, repaint_donor

TODAY_RATE = 1e-3  # Adam's learning rate at the beginning; by eye
TODAY_LAST_RATE = 0.02  # the learning rate at the end, as a fraction of TODAY_RATE; by eye
CROSSING_FACES = 192  # of the target's person, on which the crossing is measured; by choice


class TodayTrainer(Trainer):
    """Trains the intracoder; people {"a": (N, 128, 128, 3) uint8, "b": ...}, aligned faces."""

    def __init__(self, people: dict[str, np.ndarray], preset: Preset, seed: int, xp=np):
        super().__init__(preset, seed, xp)
        people = repaint_donor(people, preset)
        size = (intracoder.INTRACODER_OUTPUT_PX, intracoder.INTRACODER_OUTPUT_PX)
        weights = mask.loss_weights(Canvas(preset.region, size), features=FEATURE_WEIGHT)
        self.faces = TrainingFaces(people["a"], people["b"], weights)
        model = intracoder.Intracoder(self.rng)
        intracoder.begin(model, intracoder.load_start(), people)
        self.model = model.to(xp)
        self.nets = {"intracoder": self.model}
        # `crossing`, and after how many of Adam's steps it was measured
        self._crossing: tuple[int, intracoder.Crossing] | None = None

    def learning_rate(self, progress: float) -> float:
        return TODAY_RATE * nn.cosine_annealing(progress, TODAY_LAST_RATE)

    def epoch(self, phase: str) -> tuple[int, Iterator[tuple[float, int]]]:
        batch = self.preset.batch
        steps = intracoder.train.epoch(self.model, self.faces, batch, self.adam, self.rng)
        return self.faces.pairs, steps

    def swap(self, faces: np.ndarray) -> np.ndarray:
        return intracoder.swap_faces(self.crossing(), faces)

    def crossing(self) -> intracoder.Crossing:
        """How a becomes b with the weights of this moment."""
        if self._crossing is None or self._crossing[0] != self.adam.count:
            picked = self.faces.a[pick_evenly(len(self.faces.a), CROSSING_FACES)]
            crossing = intracoder.measure_crossing(self.model, picked)
            self._crossing = self.adam.count, crossing
        return self._crossing[1]

    def preview(self, count: int = 6) -> dict[str, list[np.ndarray]]:
        a, b = (own[pick_evenly(len(own), count)] for own in (self.faces.a, self.faces.b))
        transfer = TRANSFERS[self.preset.colour].for_clip(self.preset.canvas)
        swapped, target = self.swap(a), a / np.float32(255)
        return {
            "target": list(a),
            "target rebuilt": list(intracoder.redraw_faces(self.model, a, "a")),
            "swapped": list(swapped),
            "coloured": list(transfer(swapped, target, find_visible(target))),
            "donor": list(b),
            "donor rebuilt": list(intracoder.redraw_faces(self.model, b, "b")),
        }
