"""Solutions of the exercises of chapter 2, convolution as a matrix."""

import math

import numpy as np


def window_grid(n, k, stride, padding):
    """(zeros before, number of windows), equations (3) and (4)."""
    if padding == "same":
        count = math.ceil(n / stride)
        return max((count - 1) * stride + k - n, 0) // 2, count
    zeros = 0 if padding == "valid" else padding
    return zeros, (n + 2 * zeros - k) // stride + 1


def kernel_gradient(x, g, kernel, stride):
    """x (N, H, W, I), g (N, OH, OW, O) -> (kh, kw, I, O), a tap at a time."""
    (kh, kw), (oh, ow) = kernel, g.shape[1:3]
    gw = np.zeros((kh, kw, x.shape[3], g.shape[3]))
    for i in range(kh):
        for j in range(kw):
            tap = x[:, i : i + stride * oh : stride, j : j + stride * ow : stride]
            gw[i, j] = np.tensordot(tap, g, axes=([0, 1, 2], [0, 1, 2]))
    return gw


def receptive_field(layers):
    """Each further tap adds the distance, in the input, between neighbouring cells."""
    seen, distance = 1, 1
    for taps, stride in layers:
        seen += (taps - 1) * distance
        distance *= stride
    return seen
