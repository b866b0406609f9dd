"""Training: in every step each autoencoder learns to redraw faces of its own person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

import nn

from .augment import relight_randomly, warp_randomly
from .model import Intracoder, downsample

FEATURE_WEIGHT = 5.0  # in the loss, of eyes and mouth beyond the rest of the face; by eye
EDGE_WEIGHT = 2.0  # in the loss, of differences between neighbouring pixels; pixels: 1; by eye
RELIGHT_STRENGTH = 0.08  # of `relight_randomly`; by eye


@dataclass(frozen=True)
class TrainingFaces:
    """Aligned faces of both people, and the weights of their pixels."""

    a: np.ndarray  # (N, 128, 128, 3) uint8
    b: np.ndarray  # (M, 128, 128, 3) uint8
    weights: np.ndarray  # (128, 128) float32, of the pixels in the loss

    @property
    def pairs(self) -> int:
        """Pairs of faces in an epoch: as many as there are faces of the person with more."""
        return max(len(self.a), len(self.b))


def epoch(
    model: Intracoder,
    faces: TrainingFaces,
    batch: int,
    optimiser: nn.Adam,
    rng: np.random.Generator,
) -> Iterator[tuple[float, int]]:
    """Train one epoch with `batch` pairs of faces a step; yields (loss, pairs) after each step.

    Raises nn.train.Diverged if a loss is not finite.
    """
    fused = nn.fast.fuse(model.train())  # the same net with fewer passes over memory
    order_a, order_b = (_shuffle(len(own), faces.pairs, rng) for own in (faces.a, faces.b))
    seeds = rng.integers(1 << 32, size=faces.pairs)
    xp = nn.backend.of(model.parameters()[0].data)
    weights = xp.asarray(faces.weights[None, ..., None])  # (1, 128, 128, 1)

    def loss_of(pairs: np.ndarray) -> nn.Tensor:
        a, b = faces.a[order_a[pairs]], faces.b[order_b[pairs]]  # (P, 128, 128, 3) uint8
        own_rng = np.random.default_rng(seeds[pairs])  # the same in every process
        warped = warp_randomly(downsample(np.concatenate([a, b])), own_rng)
        relit = relight_randomly(warped, own_rng, RELIGHT_STRENGTH)  # (2 P, 64, 64, 3)
        drawn_a, drawn_b = fused.reconstruct_both(xp.asarray(relit), len(pairs))
        loss_a = reconstruction_loss(drawn_a, a, weights)
        return loss_a + reconstruction_loss(drawn_b, b, weights)

    batches = nn.train.minibatches(faces.pairs, batch, rng)
    yield from nn.train.epoch(batches, loss_of, model, optimiser)


def reconstruction_loss(drawn: nn.Tensor, originals: np.ndarray, weights) -> nn.Tensor:
    """The weighted L1 distance of drawn faces (N, 128, 128, 3), 0..1, from their uint8 originals.

    weights (1, 128, 128, 1). A loss of pixels alone rewards blur, the safest guess where the place
    of an edge is uncertain. So the differences between neighbouring pixels are compared, too.
    """
    xp = nn.backend.of(weights)
    originals = xp.asarray(originals, dtype=np.float32) * np.float32(1 / 255)
    return nn.edge_l1(drawn, originals, weights, EDGE_WEIGHT)


def _shuffle(count: int, length: int, rng: np.random.Generator) -> np.ndarray:
    """`length` indices below `count`: random permutations, one after the other."""
    rounds = -(-length // count)
    return np.concatenate([rng.permutation(count) for _ in range(rounds)])[:length]
