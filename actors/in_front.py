"""Things in front of a face, at random: a hand, or a few rods and balls like a microphone.

What learns where a face is has to see what hides faces, too.
"""

from __future__ import annotations

import numpy as np

from .background import render_background
from .hand import HAND_SECONDS, capsule_distance, render_hand
from .person import Colour
from .render import Layer

HAND_SHARE = 0.6  # of all things; by choice
NEAR_FACE = 0.3, 0.7  # when a hand is near the face, in shares of HAND_SECONDS; by eye
HAND_SIZES = 0.7, 1.2  # of half heads; by eye
MOST_RODS = 3  # that a thing is made of; by choice
ROD_RADII = 0.05, 0.4  # half heads; by eye


def render_in_front(
    size: tuple[int, int],
    nose: np.ndarray,
    half_head: float,
    skin: Colour,
    rng: np.random.Generator,
) -> Layer:
    """A thing on a picture of size (w, h), near the nose (x, y).

    `half_head` is the unit of length in pixels, `skin` the sRGB colour of a hand.
    """
    if rng.random() >= HAND_SHARE:
        return _render_rods(size, nose, half_head, rng)
    mirrored = rng.random() < 0.5
    if mirrored:
        nose = np.array([size[0] - 1 - nose[0], nose[1]])
    nose = nose + rng.normal(0, 0.3, 2) * half_head
    seconds = rng.uniform(*NEAR_FACE) * HAND_SECONDS
    hand = render_hand(size, nose, half_head * rng.uniform(*HAND_SIZES), seconds, skin)
    columns = slice(None, None, -1 if mirrored else 1)
    return Layer(*(array[:, columns] for array in (hand.colour, hand.cover, hand.mask)))


def _render_rods(
    size: tuple[int, int], nose: np.ndarray, half_head: float, rng: np.random.Generator
) -> Layer:
    """Rods with round ends, a part of any picture as their colours, darker at their edges."""
    w, h = size
    y, x = np.mgrid[:h, :w].astype(np.float32)
    x, y = (x - nose[0]) / half_head, (y - nose[1]) / half_head
    distance = np.full((h, w), np.inf, np.float32)
    for _ in range(rng.integers(1, MOST_RODS + 1)):
        start, end = rng.normal(0, 0.6, 2), rng.normal(0, 1.0, 2)
        radius = float(np.exp(rng.uniform(*np.log(ROD_RADII))))
        distance = np.minimum(distance, capsule_distance(x, y, start, end, radius))
    cover = np.clip(0.5 - distance * half_head, 0, 1).astype(np.float32)
    edge = np.clip(-distance / 0.1, 0, 1).astype(np.float32)
    colour = render_background(size, int(rng.integers(1 << 30))) * (0.5 + 0.5 * edge[..., None])
    return Layer(colour * cover[..., None], cover, np.zeros_like(cover))
