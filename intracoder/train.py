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
    """Train one epoch, `batch` pairs a step; yields (sum of both people's losses, pairs) after each step.

    Raises nn.train.Diverged if a loss is not finite.
    """
    model.train()
    order_a, order_b = (_shuffle(len(own), faces.pairs, rng) for own in (faces.a, faces.b))
    seeds = rng.integers(1 << 32, size=faces.pairs)
    xp = nn.backend.of(model.parameters()[0].data)
    weights = xp.asarray(faces.weights[None, ..., None])  # (1, 128, 128, 1)

    def loss_of(pairs: np.ndarray) -> nn.Tensor:
        a, b = faces.a[order_a[pairs]], faces.b[order_b[pairs]]  # (P, 128, 128, 3) uint8
        own_rng = np.random.default_rng(seeds[pairs])  # the same in whichever process this runs
        shown = warp_randomly(downsample(np.concatenate([a, b])), own_rng)
        shown = relight_randomly(shown, own_rng, RELIGHT_STRENGTH)  # (2 P, 64, 64, 3)
        drawn_a, drawn_b = model.reconstruct_both(xp.asarray(shown), len(pairs))
        return _loss(drawn_a, a, weights) + _loss(drawn_b, b, weights)

    batches = nn.train.minibatches(faces.pairs, batch, rng)
    yield from nn.train.epoch(batches, loss_of, model, optimiser)


def _loss(drawn: nn.Tensor, original: np.ndarray, weights) -> nn.Tensor:
    """How far faces (P, 128, 128, 3) are from their originals in uint8.

    The mean absolute difference of pixels alone is smallest for a blurred face. Differences of neighbouring pixels
    are compared too, and count EDGE_WEIGHT, because blur removes exactly those.
    """
    xp = nn.backend.of(weights)
    original = xp.asarray(original, dtype=np.float32) * np.float32(1 / 255)
    return nn.edge_l1(drawn, original, weights, EDGE_WEIGHT)


def _shuffle(count: int, length: int, rng: np.random.Generator) -> np.ndarray:
    """`length` indices below `count`, in random order; none comes again before all others have come."""
    rounds = -(-length // count)
    return np.concatenate([rng.permutation(count) for _ in range(rounds)])[:length]
