"""Hair: where it grows, the room it takes on the head, and long hair as a surface of its own.

Lengths are in half heads; the numbers are by eye.
"""

from __future__ import annotations

import numpy as np

from ..curves import mix, profile, smoothstep
from ..person import Actor
from .grid import Grid, rigid_grid

SHAVEN = 0.03  # half heads: thinner hair than this is painted as a shaven head


def hairline(actor: Actor, angle: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The height of (angle, y) above the hairline: above 0 hair grows."""
    head = actor.head
    top, temples = head.hairline, head.hairline + 0.16 * head.receding
    line = profile(np.abs(angle), [
        (0, top), (0.45, temples), (0.62, temples - 0.02),
        (0.85, top - 0.13 + 0.16 * head.receding), (1.1, 0.16), (1.25, -0.05), (1.42, -0.02),
        (1.7, -0.1), (1.9, -0.55), (3.3, -0.62),
    ], 0.06)  # fmt: skip
    return y - line


def hair_volume(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Displacements (..., 3) of the bare head `rest` that make room for the hair.

    Hair is thick on top and thinner at the sides. The farther from the parting, the higher it lies.
    """
    head, x, y = actor.head, rest[..., 0], rest[..., 1]
    top = smoothstep(0.2, 0.9, y)
    from_parting = np.abs(x - 0.28 * head.parting) * 0.35
    wave = 0.10 * np.sin(5 * angle + 3 * head.parting + 5 * y) * (1 - top)
    wave = wave + 0.05 * np.sin(11 * x + 7 * head.parting)
    curl = np.sin(17 * angle + 9 * x) * np.sin(19 * y + 4 * np.sin(7 * angle))
    wave = wave + 0.28 * head.curls * curl
    thickness = (
        head.hair_thickness
        * smoothstep(0, 0.20, hairline(actor, angle, y))
        * (0.75 + 0.55 * top + from_parting * top + wave)
    )
    outwards = rest * [1 / 0.55, 0.9, 1 / 0.75]
    length = np.linalg.norm(outwards, axis=-1, keepdims=True) + 1e-6
    if head.wear.has_headscarf:
        thickness = thickness * 0.3  # the scarf presses it flat
    return outwards / length * thickness[..., None]


def build_long_hair(actor: Actor) -> Grid:
    """A surface around the back and the sides of the head, open in front."""
    head = actor.head
    low = mix(-0.75, -1.55, head.length)
    angle, y = np.meshgrid(np.linspace(1.14, 2 * np.pi - 1.14, 131), np.linspace(low, 0.74, 70))
    width = head.width * profile(y, [
        (-1.5, 0.80), (-0.9, 0.86), (-0.3, 0.87), (0.2, 0.86), (0.5, 0.80), (0.8, 0.48),
    ], 0.1)  # fmt: skip
    width = width * mix(0.95, 1, smoothstep(low, low + 0.3, y))  # narrower at the tips
    locks = 0.030 * np.sin(angle * 9 + y * 2.5 + 5 * head.parting) + 0.014 * np.sin(
        angle * 23 - y * 2
    )
    curl = np.sin(15 * angle + 3 * np.sin(9 * y)) * np.sin(14 * y)
    locks = 1 + (locks + 0.03 * head.curls * curl) * smoothstep(0.7, 0.2, y)
    vertices = np.stack(
        [width * locks * np.sin(angle), y, width * np.cos(angle) * locks + 0.02], -1
    )
    return rigid_grid("long hair", angle, vertices, smoothstep(-1.7, -0.6, y))
