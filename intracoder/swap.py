"""Using the trained net: a code of A's face is corrected, and drawn as B.

A drawn face shows a little less of an expression than its code asks for, since B's decoder has
seen few faces of B that do what A does. The encoder can tell how much has arrived: it looks at the
drawn face as at any other. So the code is corrected by what is missing, and drawn again. With the
encoder E, B's decoder D and means over A's faces (bars),

    c_0 = z,    c_k+1 = c_k + CORRECTION_RATE ((z - z_bar) - (e_k - e_k_bar)),

where z = E(face of A) and e_k = E(D(c_k)). Only deviations from the means are compared. The means
themselves differ by who the people are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import nn

from .model import Intracoder, downsample, shrink

CORRECTIONS = 1  # of each code; docs/quality.md
CORRECTION_RATE = 0.7  # share of what is missing that a correction adds; docs/quality.md
SWAP_BATCH = 16  # faces that are encoded or drawn at a time


@dataclass(frozen=True, eq=False)
class Crossing:
    """The nets that swap, and what codes are compared with; arrays are on the model's device."""

    encoder: nn.fast.Prepared
    decoder: nn.fast.Prepared  # b's
    mean: np.ndarray  # (K,) of A's codes
    drawn_means: list[np.ndarray]  # (K,) each, the e_k_bar: one for each correction


def measure_crossing(model: Intracoder, faces: np.ndarray) -> Crossing:
    """Measure it on some faces of A (N, 128, 128, 3) uint8, with the weights of this moment."""
    encoder, decoder = (nn.fast.Prepared(net) for net in (model.encoder, model.decoder_b))
    xp = nn.backend.of(model.parameters()[0].data)
    codes = crossed = nn.train.infer(encoder, xp.asarray(downsample(faces)), SWAP_BATCH)
    mean, drawn_means = codes.mean(0), []
    for _ in range(CORRECTIONS):
        seen = _look_at_drawn(encoder, decoder, crossed)
        drawn_means.append(seen.mean(0))
        crossed = crossed + _correction(codes - mean, seen - drawn_means[-1])
    return Crossing(encoder, decoder, mean, drawn_means)


def swap_faces(crossing: Crossing, faces: np.ndarray) -> np.ndarray:
    """Faces of A (N, 128, 128, 3) uint8 -> B in their pose and expression, float32, 0..1."""
    small = nn.backend.of(crossing.mean).asarray(downsample(faces))
    codes = crossed = nn.train.infer(crossing.encoder, small, SWAP_BATCH)
    for drawn_mean in crossing.drawn_means:
        seen = _look_at_drawn(crossing.encoder, crossing.decoder, crossed)
        crossed = crossed + _correction(codes - crossing.mean, seen - drawn_mean)
    return nn.backend.to_numpy(nn.train.infer(crossing.decoder, crossed, SWAP_BATCH))


def redraw_faces(model: Intracoder, faces: np.ndarray, identity: str) -> np.ndarray:
    """Faces of `identity` (N, 128, 128, 3) uint8, encoded and drawn again: float32, 0..1."""
    small = nn.backend.of(model.parameters()[0].data).asarray(downsample(faces))
    return nn.backend.to_numpy(nn.train.infer(model.path(identity), small, SWAP_BATCH))


def _look_at_drawn(encoder: nn.fast.Prepared, decoder: nn.fast.Prepared, codes):
    """The codes (N, K) of what the decoder draws from codes (N, K)."""
    drawn = nn.train.infer(decoder, codes, SWAP_BATCH)
    return nn.train.infer(encoder, shrink(drawn), SWAP_BATCH)


def _correction(asked, arrived):
    """What to add to codes, from deviations (N, K) that are asked for and that have arrived."""
    return np.float32(CORRECTION_RATE) * (asked - arrived)
