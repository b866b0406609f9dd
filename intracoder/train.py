"""Training: in every step both autoencoders redraw faces of their own person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

import nn

from .augment import relight_randomly, warp_randomly
from .model import Intracoder, downsample

EDGE_WEIGHT = 2.0  # of differences between neighbouring pixels in the loss, by eye; pixels count 1
RELIGHT_STRENGTH = 0.08  # of `relight_randomly`; by eye


@dataclass(frozen=True)
class TrainingFaces:
    """Aligned faces of both people, and how much each of their pixels counts."""

    a: np.ndarray  # (N, 128, 128, 3) uint8
    b: np.ndarray  # (M, 128, 128, 3) uint8
    weights: np.ndarray  # (128, 128) float32, of each pixel in the loss

    @property
    def pairs(self) -> int:
        """Pairs of faces in an epoch: as many as the person with more of them has."""
        return max(len(self.a), len(self.b))


def epoch(
    model: Intracoder,
    faces: TrainingFaces,
    batch: int,
    optimiser: nn.Adam,
    rng: np.random.Generator,
) -> Iterator[tuple[float, int]]:
    """Train one epoch with `batch` pairs of faces a step.

    Yields (sum of both people's losses, pairs) after each step. Raises nn.train.Diverged if a loss
    is not finite.
    """
    fused = nn.fast.fuse(model.train())  # the same net in fewer passes over memory
    order_a, order_b = (_shuffle(len(own), faces.pairs, rng) for own in (faces.a, faces.b))
    seeds = rng.integers(1 << 32, size=faces.pairs)
    xp = nn.backend.of(model.parameters()[0].data)
    weights = xp.asarray(faces.weights[None, ..., None])  # (1, 128, 128, 1)

    def loss_of(pairs: np.ndarray) -> nn.Tensor:
        a, b = faces.a[order_a[pairs]], faces.b[order_b[pairs]]  # (P, 128, 128, 3) uint8
        own_rng = np.random.default_rng(seeds[pairs])  # the same in every process
        shown = warp_randomly(downsample(np.concatenate([a, b])), own_rng)
        shown = relight_randomly(shown, own_rng, RELIGHT_STRENGTH)  # (2 P, 64, 64, 3)
        drawn_a, drawn_b = fused.reconstruct_both(xp.asarray(shown), len(pairs))
        loss_a = reconstruction_loss(drawn_a, a, weights)
        return loss_a + reconstruction_loss(drawn_b, b, weights)

    batches = nn.train.minibatches(faces.pairs, batch, rng)
    yield from nn.train.epoch(batches, loss_of, model, optimiser)


def reconstruction_loss(drawn: nn.Tensor, originals: np.ndarray, weights) -> nn.Tensor:
    """How far drawn faces (N, 128, 128, 3), 0..1, are from their originals (N, 128, 128, 3) uint8.

    weights (1, 128, 128, 1): how much each pixel counts. Comparing pixels alone rewards a blurred
    face: where an edge might lie here or there, grey is the safest answer. So differences between
    neighbouring pixels are compared too, which blur removes.
    """
    xp = nn.backend.of(weights)
    originals = xp.asarray(originals, dtype=np.float32) * np.float32(1 / 255)
    return nn.edge_l1(drawn, originals, weights, EDGE_WEIGHT)


def _shuffle(count: int, length: int, rng: np.random.Generator) -> np.ndarray:
    """`length` indices below `count` in random order, each again only after all others."""
    rounds = -(-length // count)
    return np.concatenate([rng.permutation(count) for _ in range(rounds)])[:length]
