"""Solutions of the exercises of chapter 9, the intracoder."""

import numpy as np


def crossing(encoder, u, v):
    """encoder (K, D), u and v (D, K) -> (K, K)."""
    return np.linalg.solve(encoder @ v, encoder @ u)


def missing(share, rate, corrections):
    """Each correction multiplies what is missing by 1 - rate share."""
    return (1 - share) * (1 - rate * share) ** corrections


def principal_directions(codes, count):
    """codes [(N, K), ...] -> (count, K)."""
    joined = np.concatenate([own - own.mean(axis=0) for own in codes])
    return np.linalg.svd(joined, full_matrices=False)[2][:count]
