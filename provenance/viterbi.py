"""The best path of the mark through the parts of a clip (Viterbi 1967).

While a head turns, the detector's error drifts, and the mark's placement with it.
"""

from __future__ import annotations

import numpy as np

from .placement import PLACEMENT_SHAPE, Placement

# From one part to the next the placement stays, or goes one step along one of its four axes.
PATH_STEPS = [
    (0, 0, 0, 0),
    *(tuple(sign * (i == axis) for i in range(4)) for axis in range(4) for sign in (-1, 1)),
]


def find_path(correlations: list[np.ndarray]) -> list[Placement]:
    """The path with the highest sum: a placement for each array, whose shape is PLACEMENT_SHAPE."""
    total = correlations[0]  # PLACEMENT_SHAPE: the sum of the best path that ends at each placement
    last_steps = []  # of these paths, as indices into PATH_STEPS
    for correlation in correlations[1:]:
        before = np.stack([_shift(total, step) for step in PATH_STEPS])
        last_steps.append(before.argmax(axis=0).astype(np.int8))
        total = before.max(axis=0) + correlation
    indices = np.unravel_index(total.argmax(), PLACEMENT_SHAPE)
    path = [Placement.at(indices)]
    for steps in reversed(last_steps):
        step = PATH_STEPS[steps[indices]]
        indices = tuple(int(i) - d for i, d in zip(indices, step, strict=True))
        path.append(Placement.at(indices))
    return path[::-1]


def _shift(total: np.ndarray, step: tuple[int, ...]) -> np.ndarray:
    """At each placement the value that lies `step` before it; minus infinity outside the array."""
    padded = np.pad(total, 1, constant_values=-np.inf)
    return padded[tuple(slice(1 - d, 1 - d + n) for d, n in zip(step, total.shape, strict=True))]
