"""Training: in every step each autoencoder learns to redraw faces of its own person.

    face of A -- encoder -- decoder_a -- the same face of A
    face of B -- encoder -- decoder_b -- the same face of B

That alone never practises what is wanted in the end: to draw B from a face of A. No picture shows
B doing what A does, so none can be asked for. But the net can make a pair the other way round: A's
decoder draws a face of B as A, and B's decoder must draw the face of B from that.

    face of B -- encoder -- decoder_a -- a face of A, made up -- encoder -- decoder_b -- face of B

The picture that is asked for is a true one of B. Only the input is made up, and it looks more like
A the longer the nets have trained. Translators of languages are trained like this, on sentences
that they have made up themselves (back-translation, Sennrich, Haddow & Birch 2016).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

import nn

from .augment import change_randomly
from .model import Intracoder, downsample, shrink

FEATURE_WEIGHT = 5.0  # in the loss, of eyes and mouth beyond the rest of the face; by eye
EDGE_WEIGHT = 2.0  # in the loss, of differences between neighbouring pixels; pixels: 1; by eye
MAX_EPOCH_PAIRS = 192  # training is saved, and a preview shown, only between epochs; by choice
BACK_SHARE = 0.5  # of a batch's faces of B that are also drawn from made-up faces of A; by choice


@dataclass(frozen=True)
class TrainingFaces:
    """Aligned faces of both people, and what the loss needs beside them."""

    a: np.ndarray  # (N, 128, 128, 3) uint8
    b: np.ndarray  # (M, 128, 128, 3) uint8
    weights: np.ndarray  # (128, 128) float32, of the pixels in the loss

    @property
    def pairs(self) -> int:
        """Pairs of faces in an epoch: one for each face of the person with more, or fewer."""
        return min(max(len(self.a), len(self.b)), MAX_EPOCH_PAIRS)


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
        own_rng = np.random.default_rng(seeds[pairs])  # whichever process takes this slice
        a, b = faces.a[order_a[pairs]], faces.b[order_b[pairs]]  # (P, 128, 128, 3) uint8
        seen = change_randomly(downsample(np.concatenate([a, b])), own_rng)
        codes = fused.encoder(xp.asarray(seen))  # (2 P, K)
        codes_a, codes_b = codes[: len(pairs)], codes[len(pairs) :]
        back = math.ceil(BACK_SHARE * len(pairs))
        made_up = change_randomly(draw_as_a(fused, codes_b[:back]), own_rng)
        codes_back = fused.encoder(xp.asarray(made_up))
        drawn_b = fused.decoder_b(nn.concatenate([codes_b, codes_back], axis=0))
        loss_a = reconstruction_loss(fused.decoder_a(codes_a), a, weights)
        loss_b = reconstruction_loss(drawn_b, np.concatenate([b, b[:back]]), weights)
        return loss_a + loss_b

    batches = nn.train.minibatches(faces.pairs, batch, rng)
    yield from nn.train.epoch(batches, loss_of, model, optimiser)


def draw_as_a(model: Intracoder, codes: nn.Tensor) -> np.ndarray:
    """Codes (N, K) drawn as A and shrunk for the encoder: (N, 64, 64, 3) float32, 0..1, NumPy.

    The pictures count as given: no gradient goes back through them.
    """
    with nn.no_grad():
        return nn.backend.to_numpy(shrink(model.decoder_a(codes).data))


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
