"""The camera and the z-buffer: which triangle each sample of the picture sees.

A triangle covers the samples whose barycentric coordinates are all positive. Where several cover one sample, the nearest
counts: each candidate is packed into one whole number, its depth in the high bits and its own number in the low ones, and the least for
each sample is kept, which is a z-buffer in a single `minimum.at`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DISTANCE = 7.0  # of the camera, in half heads
DEPTH_STEPS = 1 << 30


@dataclass(frozen=True, eq=False)
class Visible:
    """What is seen: `samples` (S,) flat places in the picture, the `corners` (S, 3) of the triangle seen there as vertex numbers,
    and their `weights` (S, 3), which sum to 1."""

    samples: np.ndarray
    corners: np.ndarray
    weights: np.ndarray

    def interpolate(self, values: np.ndarray) -> np.ndarray:
        """Values (V, C) of the vertices at the samples: (S, C)."""
        out = values[self.corners[:, 0]]
        out *= self.weights[:, :1]
        for k in (1, 2):
            part = values[self.corners[:, k]]
            part *= self.weights[:, k : k + 1]
            out += part
        return out


def project(at: np.ndarray, zoom: float, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Points (..., 3) on a picture of size (w, h): their pixel coordinates (..., 2), centres of pixels whole, and depths (...)."""
    depth = DISTANCE - at[..., 2]
    scale = zoom * size[1] * DISTANCE / depth
    return np.stack(
        [size[0] / 2 - 0.5 + at[..., 0] * scale, size[1] * 0.47 - 0.5 - at[..., 1] * scale], -1
    ), depth


def grid_triangles(rows: int, columns: int, first: int = 0, step: int = 1) -> np.ndarray:
    """Two triangles for each mesh of a grid of vertices numbered from `first`, or of each `step`-th of its lines: (T, 3)."""
    lines = [np.append(np.arange(0, n - 1, step), n - 1) for n in (rows, columns)]
    numbers = first + lines[0][:, None] * columns + lines[1]
    a, b, c, d = numbers[:-1, :-1], numbers[:-1, 1:], numbers[1:, :-1], numbers[1:, 1:]
    return np.concatenate([np.stack(t, -1).reshape(-1, 3) for t in ((a, b, c), (b, d, c))]).astype(
        np.int32
    )


def rasterise(
    at: np.ndarray,
    depth: np.ndarray,
    triangles: np.ndarray,
    both_sides: np.ndarray,
    size: tuple[int, int],
) -> Visible:
    """The visible surface on a picture of `size` (w, h).

    at (V, 2) in pixels, depth (V,), triangles (T, 3); those that turn their back are left out, except where both_sides (T,).
    """
    w, h = size
    x, y, z = (v[triangles.T] for v in (at[:, 0], at[:, 1], depth))  # (3, T) each: the corners'
    area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0])
    left, top = (
        np.ceil(np.maximum(np.minimum(np.minimum(v[0], v[1]), v[2]), 0)).astype(np.int32)
        for v in (x, y)
    )
    wide, high = (
        np.floor(np.minimum(np.maximum(np.maximum(v[0], v[1]), v[2]), last)).astype(np.int32)
        + 1
        - first
        for v, last, first in ((x, w - 1, left), (y, h - 1, top))
    )
    keep = np.flatnonzero((wide > 0) & (high > 0) & ((area < -1e-9) | (both_sides & (area > 1e-9))))
    x, y, z = x[:, keep], y[:, keep], z[:, keep]
    area, left, top, wide, high = area[keep], left[keep], top[keep], wide[keep], high[keep]
    # The second and third barycentric coordinates and the depth are planes over the picture: their value at the box's first sample, and
    # their slopes to the right and down.
    planes = np.empty((len(keep), 3, 3), np.float32)
    for k, (dx, dy) in enumerate(((x[0] - x[2], y[2] - y[0]), (x[1] - x[0], y[0] - y[1]))):
        planes[:, k, 0] = (dy * (left - x[0]) + dx * (top - y[0])) / area
        planes[:, k, 1], planes[:, k, 2] = dy / area, dx / area
    planes[:, 2] = planes[:, 0] * (z[1] - z[0])[:, None] + planes[:, 1] * (z[2] - z[0])[:, None]
    planes[:, 2, 0] += z[0]
    counts = wide * high
    which = np.repeat(np.arange(len(keep), dtype=np.int32), counts)
    place = np.arange(len(which), dtype=np.int32) - np.repeat(
        (np.cumsum(counts) - counts).astype(np.int32), counts
    )
    down, right = np.divmod(place, wide[which])
    plane = planes[which]  # (candidates, 3, 3)
    second, third = (
        plane[:, k, 0] + plane[:, k, 1] * right + plane[:, k, 2] * down for k in (0, 1)
    )
    covered = np.flatnonzero((second >= -1e-6) & (third >= -1e-6) & (second + third <= 1 + 1e-6))
    which, plane, second, third, right, down = (
        v[covered] for v in (which, plane, second, third, right, down)
    )
    sample = (top[which] + down) * w + left[which] + right
    distance = plane[:, 2, 0] + plane[:, 2, 1] * right + plane[:, 2, 2] * down
    nearest = np.full(w * h, np.iinfo(np.int64).max)
    steps = (np.clip(distance * np.float32(0.5 / DISTANCE), 0, 1) * DEPTH_STEPS).astype(np.int64)
    np.minimum.at(nearest, sample, steps << 32 | np.arange(len(which)))
    samples = np.flatnonzero(nearest != np.iinfo(np.int64).max)
    winner = nearest[samples] & 0xFFFFFFFF
    second, third = second[winner], third[winner]
    return Visible(
        samples, triangles[keep[which[winner]]], np.stack([1 - second - third, second, third], 1)
    )
