"""Solutions of the exercises of chapter 8, alignment."""

import numpy as np


def fit(points, standard):
    """x = a_x u - a_y v + b_x and y = a_y u + a_x v + b_y for each standard point (u, v)."""
    equations = []
    for u, v in standard:
        equations += [[u, -v, 1, 0], [v, u, 0, 1]]
    unknown, *_ = np.linalg.lstsq(np.array(equations), points.ravel(), rcond=None)
    ax, ay, bx, by = unknown
    to_frame = np.array([[ax, -ay, bx], [ay, ax, by], [0, 0, 1]])
    return np.linalg.inv(to_frame)[:2]


def is_mirrored(points, standard):
    """The fit whose inner product is longer leaves the smaller error."""
    p = (points - points.mean(axis=0)) @ [1, 1j]
    r = (standard - standard.mean(axis=0)) @ [1, 1j]
    return bool(abs((r * p).sum()) > abs((r.conj() * p).sum()))


def shrink(image, factor):
    """Each axis is split into places and the pixels of a place."""
    height, width, channels = image.shape
    tiles = image.reshape(height // factor, factor, width // factor, factor, channels)
    return tiles.mean(axis=(1, 3))
