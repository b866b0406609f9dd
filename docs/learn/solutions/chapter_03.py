"""Solutions of the exercises of chapter 3, the transposed convolution."""

import numpy as np


def conv_transpose(x, w, stride):
    """x (N, H, W, I), w (kh, kw, O, I) -> (N, stride H, stride W, O)."""
    (n, height, width, _), (kh, kw, outputs, _) = x.shape, w.shape
    top, left = max(kh - stride, 0) // 2, max(kw - stride, 0) // 2
    room = max(kh, stride)  # of the last stamp, and of the cells that no stamp reaches
    z = np.zeros((n, stride * height + room, stride * width + max(kw, stride), outputs))
    for i in range(kh):
        for j in range(kw):
            rows = slice(i, i + stride * height, stride)
            columns = slice(j, j + stride * width, stride)
            z[:, rows, columns] += x @ w[i, j].T
    return z[:, top : top + stride * height, left : left + stride * width]


def is_even(k, stride):
    """Cell t gets a stamp for each tap i with i = t modulo the stride."""
    counts = [len(range(first, k, stride)) for first in range(stride)]
    return len(set(counts)) == 1


def is_transpose(forward, backward, n, m, rng):
    """One pair of random vectors is enough: a wrong matrix agrees with probability 0."""
    x, y = rng.standard_normal(n), rng.standard_normal(m)
    return bool(np.isclose(y @ forward(x), backward(y) @ x))
