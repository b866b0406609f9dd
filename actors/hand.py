"""A hand that crosses the face: palm, forearm and fingers, in front of everything.

Each part is a capsule: all places within a radius of a line segment. Lengths are in half heads.
"""

from __future__ import annotations

import numpy as np

from .paint import linear
from .person import Colour
from .render import Layer

HAND_SECONDS = 3.0  # the hand crosses the face once in this time

# start, end and radius of each capsule; by eye
PALM = ((0, 0.12), (0.02, 0.25), 0.30)
FOREARM = ((0.03, 0.4), (0.75, 4.5), 0.20)
FINGER_RADIUS = 0.085
FINGERS = (  # start, end
    ((-0.24, -0.05), (-0.34, -0.62)),
    ((-0.08, -0.1), (-0.10, -0.78)),
    ((0.08, -0.1), (0.12, -0.72)),
    ((0.22, -0.02), (0.31, -0.56)),
    ((-0.25, 0.25), (-0.56, -0.08)),
)


def render_hand(
    size: tuple[int, int], nose: np.ndarray, half_head: float, seconds: float, skin: Colour
) -> Layer:
    """The hand on a picture of size (w, h), `seconds` after the clip began.

    It sweeps past the nose (x, y) from below right to above left. `half_head` is the unit of
    length in pixels, `skin` the hand's sRGB colour.
    """
    w, h = size
    phase = (seconds / HAND_SECONDS) % 1.0
    cx, cy = nose[0] + half_head * (2.6 - 5.2 * phase), nose[1] + half_head * (1.1 - 1.5 * phase)
    y, x = np.mgrid[:h, :w].astype(np.float32)
    x, y = (x - cx) / half_head, (y - cy) / half_head
    distance = np.minimum(capsule_distance(x, y, *PALM), capsule_distance(x, y, *FOREARM))
    for start, end in FINGERS:
        distance = np.minimum(distance, capsule_distance(x, y, start, end, FINGER_RADIUS))
    cover = np.clip(0.5 - distance * half_head, 0, 1).astype(np.float32)
    roundness = np.sqrt(np.clip(-distance / 0.09, 0, 1))  # darker towards the outline
    light = 0.35 + 0.65 * roundness * (1 - 0.12 * x + 0.1 * y)
    colour = linear(skin) * light[..., None] * cover[..., None]
    return Layer(colour.astype(np.float32), cover, cover)


def capsule_distance(x, y, start, end, radius: float) -> np.ndarray:
    """The signed distance of places (x, y) to a capsule; below 0 inside."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy)
    along = np.clip(along, 0, 1)
    return np.hypot(x - start[0] - along * dx, y - start[1] - along * dy) - radius
