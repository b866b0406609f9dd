"""The score of a face, and a bound on its false-alarm probability.

The score z is the sum of coefficients times signs, divided by the root of the sum of their squares.
For an unmarked face and a random key it is a weighted sum of random signs with variance 1. Such a
sum exceeds z with at most 3.18 times the probability of a normal variable, whatever the weights and
so whatever the picture (Bentkus & Dzindzalieta 2015). A search takes the best of many scores; its
false-alarm probability is at most the sum of theirs (union bound).
"""

from __future__ import annotations

import math

import numpy as np
import scipy

BENTKUS_FACTOR = 3.18  # 1 / (4 P(Z >= sqrt 2)), rounded up; Bentkus & Dzindzalieta 2015


def z_score(signed: np.ndarray) -> float:
    """The score of coefficients times signs (n,)."""
    return float(signed.sum() / np.sqrt(max(signed @ signed, 1e-12)))


def false_alarm_bound(z: float, trials: int = 1) -> float:
    """A bound on the probability that the best of `trials` scores of an unmarked face exceeds z."""
    log_tail = float(scipy.special.log_ndtr(-z))  # of the normal distribution, beyond z
    return math.exp(min(math.log(BENTKUS_FACTOR) + log_tail + math.log(trials), 0.0))
