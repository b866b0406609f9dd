"""Solutions of the exercises of chapter 13, the mark."""

import math

import numpy as np


def embed(image, pattern, psnr):
    """The mean square of the change is 255^2 / 10^(psnr / 10)."""
    allowed = 255**2 / 10 ** (psnr / 10)
    return image + pattern * np.sqrt(allowed / (pattern**2).mean())


def score(numbers, signs):
    """A sign of 0 takes its number out of the sum of squares, too."""
    signed = (numbers * signs)[signs != 0]
    return signed.sum() / np.sqrt((signed**2).sum())


def needed_score(trials, chance):
    """Halve an interval: the bound is too large at its lower end, and small enough at its upper."""
    low, high = -10.0, 40.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        bound = 3.18 * trials * math.erfc(middle / math.sqrt(2)) / 2
        low, high = (low, middle) if bound <= chance else (middle, high)
    return high


def needed_frames(score_of_one, score_needed):
    """The score grows with the root of the number of frames."""
    return math.ceil((score_needed / score_of_one) ** 2)
