"""The texture of the head: skin first, then coat upon coat of features, and the hair last.

Sizes and places are in half heads (see person.py), strengths are opacities 0..1; all by eye.
"""

from __future__ import annotations

import numpy as np

from ..curves import bump, smoothstep
from ..person import Actor
from .beard import paint_beard
from .brows import paint_brows
from .hair import paint_scalp
from .lines import paint_lines
from .lips import paint_lips
from .noise import noise
from .surface import HeadSurface
from .texels import Channel, fill_skin, linear, paint_over


def paint_head(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """The texels (H, W, Channel.COUNT) of a head at angles (H, W) and places (H, W, 3)."""
    x, y = rest[..., 0], rest[..., 1]
    texels, grain = fill_skin(actor, x, y)
    surface = HeadSurface(x, y, angle, grain)
    _paint_blush(texels, actor, surface)
    if actor.face.freckles:
        _paint_freckles(texels, actor, surface)
    _darken_hollows(texels, actor, surface)
    paint_lines(texels, actor, surface)
    _paint_nostrils(texels, actor, surface)
    paint_beard(texels, actor, surface)
    paint_lips(texels, actor, surface)
    paint_brows(texels, actor, surface)
    scalp = paint_scalp(texels, actor, surface)
    oval = smoothstep(0.98, 0.84, np.hypot(x / (0.66 * actor.head.width), (y + 0.17) / 0.80))
    texels[..., Channel.FACE] = oval * surface.front * (1 - scalp)
    return texels


def _paint_blush(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Cheeks, tip of the nose and lower lids are redder than the rest."""
    ax, y, nose_y = surface.ax, surface.y, actor.face.nose_y
    red = (
        0.5 * bump(ax, y, 0.40, -0.26, 0.15, 0.13)
        + 0.45 * bump(surface.x, y, 0, nose_y - 0.02, 0.12, 0.10)
        + 0.25 * bump(ax, y, 0.3, -0.1, 0.15, 0.05)
    )
    colour = linear(actor.head.skin_colour) * np.float32([1.04, 0.74, 0.70])
    opacity = (0.5 + 0.35 * actor.head.ruddy) * red * surface.front
    paint_over(texels[..., Channel.RGB], colour, opacity)


def _paint_freckles(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    x, y = surface.x, surface.y
    spots = smoothstep(0.32, 0.5, noise(x * 1.3, y * 1.3 + 0.2))
    spots = spots * bump(surface.ax, y, 0.22, -0.2, 0.28, 0.14)  # on nose and cheeks
    colour = linear(actor.head.skin_colour) * np.float32([0.7, 0.5, 0.4])
    paint_over(texels[..., Channel.RGB], colour, spots * surface.front * actor.face.freckles)


def _darken_hollows(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Ambient occlusion of hollows that are finer than the grid of vertices."""
    face, nose_y, mouth_y = actor.face, actor.face.nose_y, actor.face.mouth_y
    hollows = (  # middle x, middle y, half width, half height, depth
        (face.eye_x - 0.165, 0.04, 0.045, 0.07, 0.24),  # beside the nose
        (face.eye_x, 0.115, 0.17, 0.05, 0.22),  # above the eye
        (0.07, nose_y - 0.125, 0.10, 0.035, 0.26),  # under the nose
        (0, mouth_y - 0.14, 0.13, 0.035, 0.22),  # under the lower lip
        (face.mouth_width + 0.02, mouth_y, 0.03, 0.03, 0.16),  # corner of the mouth
        (0.14 * face.nose_width, nose_y - 0.06, 0.03, 0.06, 0.24),  # around the wings of the nose
        (face.eye_x, -0.105, 0.14, 0.03, 0.10 + 0.22 * face.lines),  # bags under the eyes
    )  # fmt: skip
    ax, y, front = surface.ax, surface.y, surface.front
    for cx, cy, sx, sy, depth in hollows:
        texels[..., Channel.OCCLUSION] *= 1 - depth * front * bump(ax, y, cx, cy, sx, sy)


def _paint_nostrils(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    width, y = actor.face.nose_width, actor.face.nose_y - 0.098
    nostril = bump(surface.ax, surface.y, 0.062 * width, y, 0.036 * width, 0.017) * surface.front
    dark = linear(actor.head.skin_colour) * np.float32(0.06)
    paint_over(texels[..., Channel.RGB], dark, np.clip(1.25 * nostril, 0, 0.85))
    texels[..., Channel.SPECULAR] *= 1 - np.clip(2 * nostril, 0, 1)
