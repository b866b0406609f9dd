"""Small functions that shape and paint: steps, hills and smooth profiles.

The names are those of GLSL: `mix` interpolates, `smoothstep` is a soft threshold. Arguments are
numbers or arrays that broadcast against each other.
"""

from __future__ import annotations

import numpy as np

PROFILE_RANGE = 3.6  # profiles are tabulated from -this to this, beyond every height and angle
PROFILE_POINTS = 1441  # of the table: a step of 0.005


def mix(a, b, t):
    """Linear interpolation: a where t is 0, b where t is 1."""
    return a + (b - a) * t


def smoothstep(start, end, x):
    """0 up to `start`, 1 from `end` on, a smooth cubic between; `start` may be the greater one."""
    t = np.clip((x - start) / (end - start), 0, 1)
    return t * t * (3 - 2 * t)


def bump(x, y, cx, cy, sx, sy):
    """A Gaussian hill of height 1 at (cx, cy), with half widths (at 1/e) sx and sy."""
    return np.exp(-(((x - cx) / sx) ** 2) - ((y - cy) / sy) ** 2)


def gaussian(distance, width):
    """A Gaussian of height 1 at distance 0, with half width (at 1/e) `width`."""
    return np.exp(-((distance / width) ** 2))


def profile(at, points, soft=0.05):
    """The polyline through `points` (x, value), at places `at`; corners are rounded over `soft`."""
    x, value = np.array(sorted(points), float).T
    table = np.linspace(-PROFILE_RANGE, PROFILE_RANGE, PROFILE_POINTS)
    step = table[1] - table[0]
    kernel = np.hanning(2 * max(int(soft / step), 1) + 3)[1:-1]
    padding = len(kernel) // 2
    line = np.pad(np.interp(table, x, value), padding, "edge")
    return np.interp(at, table, np.convolve(line, kernel / kernel.sum(), "valid"))


def round_profile(at, points, soft=0.06):
    """As `profile`, for radii: interpolates their squares, so that a closed end becomes a dome."""
    return np.sqrt(np.maximum(profile(at, [(x, r * r) for x, r in points], soft), 1e-6))
