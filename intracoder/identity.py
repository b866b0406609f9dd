"""Moving a code from one person to another, without changing what the face does.

Both people share one kind of code, so it says a little about who somebody is, too. The means of two
people's codes differ by who they are, and by what they happened to do in their clips: one looks
down, the other smiles. Only the first part may be moved. Rendered actors, all of whom play the same
moments, show how codes differ by who somebody is (covariance S_who) and by what he does (S_does).
The best linear estimate of the first part of a difference d is then (Wiener 1949)

    S_who (S_who + S_does + eps I)^-1 d
"""

from __future__ import annotations

import numpy as np

import nn

from .model import Intracoder, downsample

FILTER_EPSILON = 1e-3  # eps, times the mean variance
MOVE_BATCH = 64  # faces that are encoded at a time


def fit_identity_filter(codes: np.ndarray) -> np.ndarray:
    """The matrix (K, K) float32 from codes (C, M, A, K) of C casts of A actors in M moments.

    A difference d (K,) of two people's mean codes times this matrix is its identity part.
    """
    codes = codes.astype(np.float64)
    size, actors = codes.shape[-1], codes.shape[2]
    by_actor = (codes - codes.mean(2, keepdims=True)).reshape(-1, size)
    by_moment = (codes - codes.mean(1, keepdims=True)).reshape(-1, size)
    who = by_actor.T @ by_actor / len(by_actor) * (actors / (actors - 1))
    does = by_moment.T @ by_moment / len(by_moment)
    both = who + does
    both += np.eye(size) * (FILTER_EPSILON * np.trace(both) / size)
    return np.linalg.solve(both, who).astype(np.float32)  # both and who are symmetric


def measure_move(
    model: Intracoder, faces_a: np.ndarray, faces_b: np.ndarray, identity_filter: np.ndarray
) -> np.ndarray:
    """What to add to a code of a, (K,), so that it is one of b: faces (N, 128, 128, 3) uint8."""
    means = [_mean_code(model, faces) for faces in (faces_a, faces_b)]
    return (means[1] - means[0]) @ identity_filter


def _mean_code(model: Intracoder, faces: np.ndarray) -> np.ndarray:
    xp = nn.backend.of(model.parameters()[0].data)
    inputs = xp.asarray(downsample(faces))
    codes = nn.train.infer(model.encoder, inputs, MOVE_BATCH)
    return nn.backend.to_numpy(codes).mean(0)
