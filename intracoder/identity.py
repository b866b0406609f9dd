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

FILTER_EPSILON = 1e-3  # eps, times the mean variance


def fit_identity_filter(codes: np.ndarray) -> np.ndarray:
    """The matrix (K, K) float32 from codes (C, M, A, K) of C casts of A actors in M moments.

    `find_identity_part` applies it.
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


def find_identity_part(difference, identity_filter):
    """The identity part (K,) of a difference (K,) of two people's mean codes."""
    return difference @ nn.backend.of(difference).asarray(identity_filter)
