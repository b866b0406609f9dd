"""The red of the lips and the line where they meet. Half heads; by eye."""

from __future__ import annotations

import numpy as np

from ..curves import gaussian, mix, smoothstep
from ..person import Actor
from .noise import noise
from .surface import HeadSurface
from .texels import Channel, linear, paint_over

WRINKLE_HEIGHT = 0.0016  # half heads: of the lines across the lips


def paint_lips(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Redder and shinier than skin; the line between the lips is dark."""
    face, y, mouth_y = actor.face, surface.y, actor.face.mouth_y
    complexion = face.complexion
    lips, rim = _lip_area(actor, surface)
    wrinkles = noise(surface.x * 0.55 + complexion.pattern, y * 0.06)
    colour = _lip_colour(actor, surface)
    colour = colour * (1 + 0.10 * surface.grain + 0.20 * complexion.chapped * wrinkles)[..., None]
    paint_over(texels[..., Channel.RGB], colour, 0.85 * lips)
    lower = smoothstep(mouth_y, mouth_y - 0.04, y)
    gloss = 0.15 + 0.5 * complexion.lipstick_strength - 0.10 * complexion.chapped
    texels[..., Channel.SPECULAR] += lips * (0.10 + (0.15 + gloss) * lower)
    line = gaussian(y - mouth_y, 0.010) * smoothstep(1.08, 0.9, surface.ax / face.mouth_width)
    texels[..., Channel.OCCLUSION] *= 1 - 0.75 * (line * surface.front)
    corner = gaussian(surface.ax - face.mouth_width, 0.022) * gaussian(y - mouth_y + 0.002, 0.014)
    texels[..., Channel.OCCLUSION] *= 1 - 0.45 * corner * surface.front
    depth = WRINKLE_HEIGHT * (0.4 + complexion.chapped)
    surface.height[...] += depth * lips * wrinkles + 0.0035 * rim


def _lip_colour(actor: Actor, surface: HeadSurface) -> np.ndarray:
    """(H, W, 3): the skin's colour made redder, or lipstick; the lower lip is lighter."""
    face, y, complexion = actor.face, surface.y, actor.face.complexion
    tint = linear(actor.head.skin_colour) * np.float32(
        [0.80, 0.48 - 0.17 * face.lip_red, 0.56 - 0.15 * face.lip_red]
    )
    tint = mix(tint, linear(complexion.lipstick), np.float32(complexion.lipstick_strength))
    light = mix(0.78, 1.08, smoothstep(face.mouth_y + 0.02, face.mouth_y - 0.03, y))
    return tint * light[..., None]


def _lip_area(actor: Actor, surface: HeadSurface) -> tuple[np.ndarray, np.ndarray]:
    """0..1: where the lips are, and the raised rim along the upper one (Cupid's bow)."""
    face, x, ax, y = actor.face, surface.x, surface.ax, surface.y
    middle = np.clip(1 - (x / face.mouth_width) ** 2, 0, 1)  # 1 in the middle, 0 at the corners
    bow = 1 - 0.22 * gaussian(x, 0.035) + 0.08 * gaussian(ax - 0.06, 0.035)
    top = face.mouth_y + face.lip_upper * bow * middle**0.65
    bottom = face.mouth_y - face.lip_lower * middle**0.6
    soft = 0.014 - 0.006 * face.complexion.lipstick_strength  # of the edge
    lips = smoothstep(-soft, 0.010, top - y) * smoothstep(-soft, 0.010, y - bottom)
    within = (ax < face.mouth_width * 1.03) * surface.front
    return lips * within, gaussian(y - top - 0.006, 0.010) * middle * within
