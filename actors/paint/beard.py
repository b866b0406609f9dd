"""Beard and moustache. Half heads; by eye."""

from __future__ import annotations

import numpy as np

from ..curves import profile, smoothstep
from ..person import Actor, FaceTraits
from ..shape import FACE_ANGLE
from .noise import noise
from .surface import HeadSurface
from .texels import Channel, linear, paint_over

BEARD_ANGLE = 1.75  # radians about the vertical axis: no beard, and no face, beyond it


def paint_beard(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Cheeks and chin, the upper lip, and what joins them beside the mouth."""
    face = actor.face
    if face.complexion.stubble:
        _paint_stubble(texels, actor, surface)
    if not (face.beard or face.moustache):
        return
    opacity = np.maximum(
        face.beard * _cheeks(surface, face), face.moustache * _upper_lip(surface, face)
    )
    opacity = np.maximum(opacity, _beside_mouth(actor, surface))
    place = surface.x + face.complexion.pattern
    grain = 0.5 * noise(place * 1.7, surface.y * 0.9) + 0.7 * noise(place * 0.7, surface.y * 0.22)
    opacity = np.clip(opacity * (0.82 + 0.5 * grain), 0, 1)
    colour = linear(face.hair) * np.maximum(1.1 + 0.5 * grain, 0.3)[..., None]
    paint_over(texels[..., Channel.RGB], colour, opacity)
    texels[..., Channel.SPECULAR] *= 1 - 0.8 * opacity
    surface.height[...] += 0.006 * opacity * (1 + grain)


def _paint_stubble(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """A bluish shade with dots where a beard would grow."""
    face = actor.face
    area = np.maximum(_cheeks(surface, face), _upper_lip(surface, face))
    place = surface.x + face.complexion.pattern
    dots = smoothstep(0.05, 0.4, noise(place * 0.8, surface.y * 0.8))
    opacity = face.complexion.stubble * area * (0.26 + 0.30 * dots)
    skin = linear(actor.head.skin_colour)
    colour = 0.7 * linear(face.hair) + skin * np.float32([0.20, 0.23, 0.26])
    paint_over(texels[..., Channel.RGB], colour, opacity * surface.front)


def _cheeks(surface: HeadSurface, face: FaceTraits) -> np.ndarray:
    """0..1: where a beard grows on cheeks and chin."""
    mouth_y, mouth_width = face.mouth_y, face.mouth_width
    edge = profile(surface.ax, [
        (0, mouth_y - 0.10), (mouth_width * 0.8, mouth_y - 0.08),
        (mouth_width + 0.06, mouth_y - 0.02), (0.40, -0.47), (0.56, -0.32), (0.66, -0.05),
        (0.8, 0.1),
    ])  # fmt: skip
    grows = smoothstep(-0.03, 0.10, edge - surface.y + 0.03 * surface.grain)
    return grows * (np.abs(surface.angle) < BEARD_ANGLE)


def _upper_lip(surface: HeadSurface, face: FaceTraits) -> np.ndarray:
    ax = surface.ax
    middle = face.mouth_y + 0.085 - 0.35 * np.clip(ax - 0.1, 0, 1)  # droops outwards
    distance = np.hypot(ax / (face.mouth_width + 0.06), (surface.y - middle) / 0.062)
    grows = smoothstep(1.0, 0.55, distance + 0.1 * surface.grain)
    return grows * (np.abs(surface.angle) < FACE_ANGLE)


def _beside_mouth(actor: Actor, surface: HeadSurface) -> np.ndarray:
    y, mouth_y = surface.y, actor.face.mouth_y
    sides = (
        smoothstep(0.06, 0, np.abs(surface.ax - (actor.face.mouth_width + 0.055)))
        * smoothstep(mouth_y + 0.06, mouth_y, y)
        * smoothstep(mouth_y - 0.2, mouth_y - 0.1, y)
    )
    return sides * actor.face.moustache
