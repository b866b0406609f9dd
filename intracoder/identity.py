"""How much the codes of two people say about who they are. Training keeps it small.

If a code of A says that this is A, B's decoder may draw that, and the swapped face looks like A.
How much the codes say of it shows in the difference of the two people's mean codes. But these means
differ as well by what the two happened to do in their clips: one looks down, the other smiles. That
part must stay. Rendered actors, all of whom play the same moments, show how codes differ by who
somebody is (covariance S_who) and by what he does (S_does). For a difference d of mean codes, the
best linear estimate of the part that is identity is then (Wiener 1949)

    S_who (S_who + S_does + eps I)^-1 d
"""

from __future__ import annotations

import numpy as np

import nn

FILTER_EPSILON = 1e-3  # eps, times the mean variance
LEAST_SPREAD = 1e-9  # of codes, below which a share of it says nothing; avoids 0 / 0


def fit_identity_filter(codes: np.ndarray) -> np.ndarray:
    """The matrix (K, K) float32 from codes (C, M, A, K) of C casts of A actors in M moments.

    A difference (K,) times the matrix is the identity part of it.
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


def measure_identity(codes_a: nn.Tensor, codes_b: nn.Tensor, identity_filter) -> nn.Tensor:
    """The identity part of the difference of two people's mean codes, squared: a scalar.

    codes (N, K) each. It is a share of the variance of all the codes, since any difference could be
    made small by making all codes small.
    """
    gap = codes_a.mean(axis=0, keepdims=True) - codes_b.mean(axis=0, keepdims=True)
    part = gap @ identity_filter
    both = nn.concatenate([codes_a, codes_b], axis=0)
    deviation = both - both.mean(axis=0, keepdims=True)
    spread = (deviation * deviation).sum() * (1 / len(both.data)) + LEAST_SPREAD
    return (part * part).sum() / spread
