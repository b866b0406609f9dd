"""Solutions of the exercises of chapter 12, smoothing over time."""

import numpy as np


def measure_lag(smooth, frames=401):
    """On a ramp of 1 a frame, how far the output is behind is the lag in frames."""
    ramp = np.arange(float(frames))
    middle = frames // 2
    return ramp[middle] - smooth(ramp)[middle]


def smooth_known(x, known, weights):
    """The weighted sum of what is known, over the sum of the weights that were used."""
    reach = len(weights) // 2
    values = np.pad(np.where(known, x, 0.0), reach)
    certain = np.pad(known.astype(float), reach)
    result = np.full(len(x), np.nan)
    for t in range(len(x)):
        window = slice(t, t + len(weights))
        total = weights @ certain[window]
        if total:
            result[t] = weights @ values[window] / total
    return result


def mean_similarity(matrices):
    """Each matrix is a complex number."""
    a = matrices[:, 0, 0] + 1j * matrices[:, 1, 0]
    scale = np.exp(np.log(abs(a)).mean())
    turn = (a / abs(a)).sum()
    a = scale * turn / abs(turn)
    return np.array([[a.real, -a.imag], [a.imag, a.real]])
