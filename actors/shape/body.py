"""Ears, and neck and shoulders. Lengths are in half heads; the numbers are by eye."""

from __future__ import annotations

import numpy as np

from ..curves import mix, profile, smoothstep
from ..person import Actor
from ..pose import rotation_about
from .grid import Grid, rigid_grid


def build_ear(actor: Actor, side: int) -> Grid:
    """A flattened ball with a raised rim, on the left (-1) or the right (1) of the picture."""
    around, up = np.meshgrid(np.linspace(-np.pi, np.pi, 33), np.linspace(-1.5, 1.5, 23))
    breadth = 1 - 0.25 * smoothstep(0.2, -1.2, up)  # narrower at the lobe
    vertices = np.stack(
        [
            0.065 * np.cos(up) * np.sin(around),
            0.20 * np.sin(up),
            0.125 * breadth * np.cos(up) * np.cos(around) - 0.03 * np.sin(up),
        ],
        -1,
    )
    rim = smoothstep(0.55, 0.8, np.hypot(vertices[..., 1] / 0.2, vertices[..., 2] / 0.125))
    vertices[..., 0] += side * (0.022 * rim - 0.012)
    away = rotation_about("y", np.radians(actor.head.ear_angle * side))
    turn = rotation_about("z", np.radians(-8 * side)) @ away
    beside = 0.705 * actor.head.width * mix(1, actor.head.cheekbones, 0.8)
    vertices = actor.head.ears * (vertices @ turn.T) + [side * beside, -0.07, -0.10]
    return rigid_grid("ear", np.full(around.shape, side * 1.5), vertices)


def build_body(actor: Actor) -> Grid:
    """Neck and shoulders, one surface; the neck follows the head, the shoulders stay."""
    angle, y = np.meshgrid(np.linspace(-np.pi, np.pi, 91), np.linspace(-3.4, -0.5, 76))
    width = profile(y, [
        (-3.4, 1.56), (-1.75, 1.50), (-1.58, 1.28), (-1.46, 0.86), (-1.33, 0.52), (-1.15, 0.42),
        (-0.5, 0.41),
    ], 0.09)  # fmt: skip
    width = width * mix(1, actor.head.jaw, 0.7) * actor.head.neck  # a broad jaw: a stout neck
    depth = profile(y, [(-1.7, 0.60), (-1.45, 0.50), (-1.22, 0.39), (-0.5, 0.38)], 0.09)
    depth = depth * mix(1, actor.head.neck, 0.7)
    vertices = np.stack([width * np.sin(angle), y, depth * np.cos(angle) - 0.22], -1)
    return rigid_grid("body", angle, vertices, smoothstep(-1.40, -0.8, y))
