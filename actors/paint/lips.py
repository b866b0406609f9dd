"""The red of the lips and the line where they meet. Half heads; by eye."""

from __future__ import annotations

import numpy as np

from ..curves import gaussian, mix, smoothstep
from ..person import Actor
from .surface import HeadSurface
from .texels import Channel, linear, paint_over


def paint_lips(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Redder and shinier than skin; the line between the lips is dark."""
    face, y, mouth_y = actor.face, surface.y, actor.face.mouth_y
    lips = _lip_area(actor, surface)
    tint = linear(actor.head.skin_colour) * np.float32(
        [0.80, 0.48 - 0.17 * face.lip_red, 0.56 - 0.15 * face.lip_red]
    )
    light = mix(0.78, 1.08, smoothstep(mouth_y + 0.02, mouth_y - 0.03, y))  # the lower lip's more
    colour = tint * ((1 + 0.12 * surface.grain) * light)[..., None]
    paint_over(texels[..., Channel.RGB], colour, 0.85 * lips)
    texels[..., Channel.SPECULAR] += 0.25 * lips * smoothstep(mouth_y, mouth_y - 0.04, y)
    line = gaussian(y - mouth_y, 0.010) * smoothstep(1.08, 0.9, surface.ax / face.mouth_width)
    texels[..., Channel.OCCLUSION] *= 1 - 0.75 * (line * surface.front)


def _lip_area(actor: Actor, surface: HeadSurface) -> np.ndarray:
    """0..1: where the lips are; the upper edge is Cupid's bow."""
    face, x, ax, y = actor.face, surface.x, surface.ax, surface.y
    middle = np.clip(1 - (x / face.mouth_width) ** 2, 0, 1)  # 1 in the middle, 0 at the corners
    bow = 1 - 0.22 * gaussian(x, 0.035) + 0.08 * gaussian(ax - 0.06, 0.035)
    top = face.mouth_y + face.lip_upper * bow * middle**0.65
    bottom = face.mouth_y - face.lip_lower * middle**0.6
    return (
        smoothstep(-0.014, 0.010, top - y)
        * smoothstep(-0.014, 0.010, y - bottom)
        * (ax < face.mouth_width * 1.03)
        * surface.front
    )
