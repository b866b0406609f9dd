"""The fold from nose to mouth, and the lines of age. Half heads; by eye."""

from __future__ import annotations

import numpy as np

from ..curves import bump, gaussian, mix, smoothstep
from ..person import Actor
from .surface import HeadSurface
from .texels import Channel


def paint_lines(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Everybody's smile fold; with age it deepens, and forehead and eyes get lines too."""
    front, age = surface.front, actor.face.lines
    fold = _smile_fold(actor, surface)
    texels[..., Channel.SMILE_FOLD] = fold * front
    texels[..., Channel.OCCLUSION] *= 1 - front * fold * 0.25 * age
    wrinkles = np.clip(_wrinkles(actor, surface), 0, 1)
    texels[..., Channel.OCCLUSION] *= 1 - 0.30 * age * wrinkles * front


def _smile_fold(actor: Actor, surface: HeadSurface) -> np.ndarray:
    """0..1 along the nasolabial fold, from the wing of the nose to beside the mouth."""
    face, y = actor.face, surface.y
    edge = mix(0.16, face.mouth_width + 0.075, smoothstep(face.nose_y, face.mouth_y - 0.02, y))
    fold = gaussian(surface.ax - edge, 0.022)
    fold = fold * smoothstep(face.nose_y + 0.03, face.nose_y - 0.06, y)
    return fold * smoothstep(face.mouth_y - 0.1, face.mouth_y + 0.02, y)


def _wrinkles(actor: Actor, surface: HeadSurface) -> np.ndarray:
    """Three lines across the forehead, and three crow's feet beside each eye."""
    ax, y, eye_x = surface.ax, surface.y, actor.face.eye_x
    wrinkles = sum(
        gaussian(y - height - 0.02 * np.cos(7 * ax), 0.008) for height in (0.36, 0.42, 0.49)
    ) * smoothstep(0.34, 0.2, ax)
    beside_eye = bump(ax, y, eye_x + 0.21, 0.01, 0.05, 0.09)
    for slope in (-0.5, 0.0, 0.5):
        foot = gaussian(y - 0.01 - slope * (ax - eye_x - 0.12), 0.007)
        wrinkles = wrinkles + foot * beside_eye
    return wrinkles
