"""Solutions of the exercises of chapter 10, colour."""

import numpy as np


def mean_light(colours):
    """colours (N, 3), sRGB 0..1 -> (3,): decode, average, encode."""
    light = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    mean = light.mean(axis=0)
    return np.where(mean <= 0.0031308, 12.92 * mean, 1.055 * mean ** (1 / 2.4) - 0.055)


def match_channels(source, target, source_weights, target_weights):
    """(N, C), (M, C), (N,), (M,) -> (N, C)."""

    def weigh(colours, weights):
        mean = weights @ colours / weights.sum()
        return mean, np.sqrt(weights @ (colours - mean) ** 2 / weights.sum())

    mean_s, deviation_s = weigh(source, source_weights)
    mean_t, deviation_t = weigh(target, target_weights)
    return (source - mean_s) * (deviation_t / deviation_s) + mean_t


def transport(cov_s, cov_t):
    """(C, C), (C, C) -> (C, C): equation (5)."""

    def power(matrix, exponent):
        values, vectors = np.linalg.eigh(matrix)
        return (vectors * values**exponent) @ vectors.T

    root, inverse = power(cov_s, 0.5), power(cov_s, -0.5)
    return inverse @ power(root @ cov_t @ root, 0.5) @ inverse
