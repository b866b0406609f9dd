"""Beard and moustache. Half heads; by eye."""

from __future__ import annotations

import numpy as np

from ..curves import profile, smoothstep
from ..person import Actor
from ..shape import FACE_ANGLE
from .noise import noise
from .surface import HeadSurface
from .texels import Channel, linear, paint_over


def paint_beard(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Cheeks and chin, the upper lip, and what joins them beside the mouth."""
    face = actor.face
    if not (face.beard or face.moustache):
        return
    opacity = np.maximum(_cheeks(actor, surface), _upper_lip(actor, surface))
    opacity = np.maximum(opacity, _beside_mouth(actor, surface))
    grain = noise(surface.ax * 1.7, surface.y * 0.9)
    opacity = np.clip(opacity * (0.78 + 0.4 * grain), 0, 1)
    colour = linear(face.hair) * np.maximum(1.1 + 0.5 * grain, 0.3)[..., None]
    paint_over(texels[..., Channel.RGB], colour, opacity)
    texels[..., Channel.SPECULAR] *= 1 - 0.8 * opacity


def _cheeks(actor: Actor, surface: HeadSurface) -> np.ndarray:
    mouth_y, mouth_width = actor.face.mouth_y, actor.face.mouth_width
    edge = profile(surface.ax, [
        (0, mouth_y - 0.10), (mouth_width * 0.8, mouth_y - 0.08),
        (mouth_width + 0.06, mouth_y - 0.02), (0.40, -0.47), (0.56, -0.32), (0.66, -0.05),
        (0.8, 0.1),
    ])  # fmt: skip
    grows = smoothstep(-0.03, 0.10, edge - surface.y + 0.03 * surface.grain)
    return grows * actor.face.beard * (np.abs(surface.angle) < 1.75)


def _upper_lip(actor: Actor, surface: HeadSurface) -> np.ndarray:
    ax, face = surface.ax, actor.face
    middle = face.mouth_y + 0.085 - 0.35 * np.clip(ax - 0.1, 0, 1)  # droops outwards
    distance = np.hypot(ax / (face.mouth_width + 0.06), (surface.y - middle) / 0.062)
    grows = smoothstep(1.0, 0.55, distance + 0.1 * surface.grain)
    return grows * face.moustache * (np.abs(surface.angle) < FACE_ANGLE)


def _beside_mouth(actor: Actor, surface: HeadSurface) -> np.ndarray:
    y, mouth_y = surface.y, actor.face.mouth_y
    sides = (
        smoothstep(0.06, 0, np.abs(surface.ax - (actor.face.mouth_width + 0.055)))
        * smoothstep(mouth_y + 0.06, mouth_y, y)
        * smoothstep(mouth_y - 0.2, mouth_y - 0.1, y)
    )
    return sides * actor.face.moustache
