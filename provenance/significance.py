"""The score of a search, and a bound on the probability that an unmarked face reaches it.

The score z is the sum of coefficients times signs, divided by the root of the sum of their squares.
For an unmarked face and a key drawn at random it is a weighted sum of random signs with variance 1.
Whatever the weights are, hence whatever the picture shows, the probability that such a sum exceeds
z is at most 3.18 times that of a normal variable (Bentkus & Dzindzalieta 2015). A search takes the
best of many scores; by the union bound the probability is then at most the sum over all of them.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import special

BENTKUS_FACTOR = 3.18  # the factor of Bentkus & Dzindzalieta 2015, rounded up


def z_score(signed: np.ndarray) -> float:
    """The score of coefficients times signs (n,)."""
    return float(signed.sum() / np.sqrt(max(signed @ signed, 1e-12)))


def false_alarm_bound(z: float, trials: int = 1) -> float:
    """A bound on the probability that any of so many scores of an unmarked face exceeds z."""
    log_tail = float(special.log_ndtr(-z))  # of the normal distribution, beyond z
    return math.exp(min(math.log(BENTKUS_FACTOR) + log_tail + math.log(trials), 0.0))
