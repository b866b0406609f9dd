"""Training the nets of 2020: a round has an epoch for each person's faces, and for its colours."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import nn
from colorcorrect import seed2020 as colour
from faces import warp
from files import pick_evenly
from intracoder import seed2020 as intracoder

from ..presets import Preset
from .base import Trainer, repaint_donor

RESIZE_BATCH = 64  # faces resized at a time, so that memory does not grow with their number


class Seed2020Trainer(Trainer):
    """Trains the intracoder and the colour net; people {"a": (N, h, w, 3) uint8, "b": ...}."""

    def __init__(self, people: dict[str, np.ndarray], preset: Preset, seed: int, xp=np):
        super().__init__(preset, seed, xp)
        self.intracoder = intracoder.Intracoder(self.rng).to(xp)
        self.colour_net = colour.ColorNet(self.rng).to(xp)
        # As in 2020, one optimiser trains both.
        self.nets = {"intracoder": self.intracoder, "colour": self.colour_net}
        people = repaint_donor(people, preset)
        self.small = {k: self._resize(v, intracoder.SEED2020_FACE_PX) for k, v in people.items()}
        self.large = {k: self._resize(v, colour.SEED2020_OUTPUT_PX) for k, v in people.items()}

    def epoch(self, phase: str) -> tuple[int, Iterator[tuple[float, int]]]:
        part, identity = phase.split()  # such as "face a"
        faces = self.small[identity]
        batches = nn.train.minibatches(len(faces), self.preset.batch, self.rng)
        if part == "face":
            path = self.intracoder.path(identity)
            return len(faces), intracoder.epoch(path, faces, batches, self.adam)
        drawn = intracoder.draw_as(self.intracoder, faces, identity)
        path, originals = self.colour_net.path(identity), self.large[identity]
        return len(faces), colour.epoch(path, drawn, originals, batches, self.adam)

    def swap(self, faces: np.ndarray) -> np.ndarray:
        """Aligned faces of a (N, h, w, 3) uint8 as b in a's colours: (N, 128, 128, 3), 0..1."""
        return self._swap_small(self._resize(faces, intracoder.SEED2020_FACE_PX))

    def _swap_small(self, faces) -> np.ndarray:
        drawn = intracoder.draw_as(self.intracoder, faces, "b")
        return nn.backend.to_numpy(colour.colour_as(self.colour_net, drawn, "a"))

    def preview(self, count: int = 6) -> dict[str, list[np.ndarray]]:
        a, b = (self.small[k][pick_evenly(len(self.small[k]), count)] for k in "ab")
        rows = {
            "target": a,
            "target rebuilt": intracoder.draw_as(self.intracoder, a, "a"),
            "swapped": intracoder.draw_as(self.intracoder, a, "b"),
            "swapped, coloured": self._swap_small(a),
            "donor": b,
            "donor rebuilt": intracoder.draw_as(self.intracoder, b, "b"),
        }
        return {name: list(nn.backend.to_numpy(row)) for name, row in rows.items()}

    def _resize(self, faces: np.ndarray, side: int):
        """Faces (N, h, w, 3) uint8 -> (N, side, side, 3) float32, 0..1, of self.xp."""
        if faces.shape[1:3] != (side, side):
            parts = range(0, len(faces), RESIZE_BATCH)
            resized = [warp.resize(faces[i : i + RESIZE_BATCH], (side, side)) for i in parts]
            faces = np.concatenate(resized)
        return self.xp.asarray(faces.astype(np.float32, copy=False) / np.float32(255))
