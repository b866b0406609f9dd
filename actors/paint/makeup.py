"""Makeup around the eyes; lipstick is in lips.py, rouge in skin.py. Half heads; by eye."""

from __future__ import annotations

import numpy as np

from ..curves import bump, gaussian, smoothstep
from ..person import Actor
from .surface import HeadSurface
from .texels import Channel, linear, paint_over


def paint_makeup(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Eye shadow on the upper lid up to the fold, denser outwards; a wing of eyeliner."""
    face, complexion = actor.face, actor.face.complexion
    out = surface.ax - face.eye_x
    y = surface.y - face.eye_tilt * out / face.eye_width
    if complexion.eye_shadow_strength:
        lid = bump(out, y, 0.015, 0.045, 0.17, 0.062) * smoothstep(-0.06, 0.0, y)
        opacity = complexion.eye_shadow_strength * lid * (0.75 + 1.5 * np.clip(out, -0.2, 0.15))
        colour = linear(complexion.eye_shadow) * 0.6
        colour = colour + 0.4 * linear(actor.head.skin_colour) * linear(complexion.eye_shadow)
        paint_over(texels[..., Channel.RGB], colour, np.clip(opacity, 0, 0.85) * surface.front)
    if complexion.eyeliner > 0.6:
        wing = gaussian(y - 0.45 * (out - face.eye_width) - 0.002, 0.007)
        wing = wing * smoothstep(-0.03, 0, out - face.eye_width)
        wing = wing * smoothstep(0.05, 0.02, out - face.eye_width) * surface.front
        paint_over(texels[..., Channel.RGB], linear((24, 18, 18)), 0.8 * wing)
