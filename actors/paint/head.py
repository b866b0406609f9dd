"""The texture of the head: skin first, then coat upon coat of features, and the hair last.

Sizes and places are in half heads (see person.py), strengths are opacities 0..1; all by eye.
"""

from __future__ import annotations

import numpy as np

from ..curves import bump, smoothstep
from ..person import Actor
from .beard import BEARD_ANGLE, paint_beard
from .brows import paint_brows
from .folds import paint_folds
from .hair import paint_scalp
from .lips import paint_lips
from .makeup import paint_makeup
from .skin import paint_skin
from .surface import HeadSurface, slope
from .texels import Channel, fill_skin, linear, paint_over


def paint_head(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """The texels (H, W, Channel.COUNT) of a head at angles (H, W) and places (H, W, 3)."""
    x, y = rest[..., 0], rest[..., 1]
    texels, grain = fill_skin(actor, x, y)
    surface = HeadSurface(x, y, angle, grain, np.zeros_like(x))
    in_front = np.flatnonzero(np.abs(angle[0]) < BEARD_ANGLE)
    front = slice(in_front[0], in_front[-1] + 1)
    _paint_face(texels[:, front], actor, surface.part(slice(None), front), rest[:, front])
    scalp = paint_scalp(texels, actor, surface)
    oval = smoothstep(0.98, 0.84, np.hypot(x / (0.66 * actor.head.width), (y + 0.17) / 0.80))
    texels[..., Channel.FACE] = oval * surface.front * (1 - scalp)
    texels[..., Channel.RELIEF] *= (1 - scalp)[..., None]
    texels[..., Channel.FOLD_RELIEF] *= (1 - scalp)[..., None]
    return texels


def _paint_face(texels, actor: Actor, surface: HeadSurface, rest: np.ndarray) -> None:
    """Paint the front of the head, and find the slopes of its relief."""
    paint_skin(texels, actor, surface)
    _darken_hollows(texels, actor, surface)
    folds = paint_folds(texels, actor, surface)
    face = actor.face
    for paint, low, high in (
        (_paint_nostrils, face.nose_y - 0.18, face.nose_y),
        (paint_makeup, -0.15, 0.25),
        (paint_beard, -1.1, 0.15),
        (paint_lips, face.mouth_y - 0.2, face.mouth_y + 0.2),
        (paint_brows, face.brow_height - 0.2, face.brow_height + 0.2),
    ):
        rows = surface.rows_between(low, high)  # paint no more than is needed: texels are many
        paint(texels[rows], actor, surface.part(rows))
    texels[..., Channel.RELIEF] = slope(surface.height, rest)
    texels[..., Channel.FOLD_RELIEF] = slope(folds, rest)


def _darken_hollows(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Ambient occlusion of hollows that are finer than the grid of vertices."""
    face, nose_y, mouth_y = actor.face, actor.face.nose_y, actor.face.mouth_y
    complexion = face.complexion
    bags = 0.08 + 0.10 * face.lines + 0.12 * complexion.eye_bags
    hollows = (  # middle x, middle y, half width, half height, depth
        (face.eye_x - 0.165, 0.04, 0.045, 0.07, 0.24),  # beside the nose
        (face.eye_x, 0.115, 0.17, 0.05, 0.22),  # above the eye
        (0.07, nose_y - 0.125, 0.10, 0.035, 0.26),  # under the nose
        (0, mouth_y - 0.14, 0.13, 0.035, 0.22),  # under the lower lip
        (face.mouth_width + 0.02, mouth_y, 0.03, 0.03, 0.16),  # corner of the mouth
        (0.14 * face.nose_width, nose_y - 0.06, 0.03, 0.06, 0.24),  # around the wings of the nose
        (face.eye_x - 0.03, -0.115, 0.12, 0.022, bags),  # bags under the eyes
    )  # fmt: skip
    ax, y, front = surface.ax, surface.y, surface.front
    for cx, cy, sx, sy, depth in hollows:
        texels[..., Channel.OCCLUSION] *= 1 - depth * front * bump(ax, y, cx, cy, sx, sy)
    # A bag bulges between lower lid and hollow; circles are darker, and bluer or browner.
    bag = bump(ax, y, face.eye_x - 0.01, -0.085, 0.13, 0.026)
    surface.height[...] += 0.010 * complexion.eye_bags * bag
    circle = bump(ax, y, face.eye_x - 0.04, -0.085, 0.15, 0.055) * front
    colour = linear(actor.head.skin_colour) * np.float32([0.60, 0.50, 0.56])
    paint_over(texels[..., Channel.RGB], colour, (0.1 + 0.4 * complexion.dark_circles) * circle)


def _paint_nostrils(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    width, y = actor.face.nose_width, actor.face.nose_y - 0.098
    nostril = bump(surface.ax, surface.y, 0.062 * width, y, 0.036 * width, 0.017) * surface.front
    dark = linear(actor.head.skin_colour) * np.float32([0.09, 0.05, 0.05])
    paint_over(texels[..., Channel.RGB], dark, np.clip(1.25 * nostril, 0, 0.85))
    texels[..., Channel.SPECULAR] *= 1 - np.clip(2 * nostril, 0, 1)
