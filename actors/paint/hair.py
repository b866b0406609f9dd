"""Hair on the scalp, and long hair. Half heads; by eye."""

from __future__ import annotations

import numpy as np

from ..curves import gaussian, mix, smoothstep
from ..person import Actor
from ..shape import SHAVEN, hairline
from .noise import strands
from .surface import HeadSurface
from .texels import Channel, fill, linear, paint_over


def paint_scalp(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> np.ndarray:
    """Strands above the hairline; on a shaven head the skin shows through.

    Returns how much of each texel is scalp with hair or stubble, (H, W) 0..1.
    """
    head, angle, y, grain = actor.head, surface.angle, surface.y, surface.grain
    height = hairline(actor, angle, y)
    streaks = strands(y + 0.3 * surface.ax, angle * 0.8 + 0.12 * np.sin(y * 5) + head.parting)
    hair = smoothstep(-0.01, 0.06, height + 0.03 * grain + 0.045 * streaks)
    shaven = head.hair_thickness < SHAVEN
    if shaven:
        stubble = mix(linear(head.skin_colour), linear(head.hair), 0.55)
        colour, opacity, shine = stubble * (1 + 0.15 * grain)[..., None], hair * 0.6, 0.4
    else:
        colour, opacity, shine = strand_colour(actor, streaks), hair, strand_shine(streaks)
        # The hair throws a shadow on the skin below the hairline.
        shadow = 0.26 * gaussian(height + 0.035, 0.05) * (height < 0)
        texels[..., Channel.OCCLUSION] *= 1 - shadow
    paint_over(texels[..., Channel.RGB], colour, opacity)
    texels[..., Channel.SPECULAR] = mix(texels[..., Channel.SPECULAR], shine, hair)
    texels[..., Channel.HAIR] = hair * (not shaven)
    return hair


def paint_long_hair(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """The texels of long hair, a surface of its own."""
    y = rest[..., 1]
    streaks = strands(y, angle * 0.8 + 0.05 * np.sin(y * 4))
    texels = fill(angle.shape, strand_colour(actor, streaks))
    texels[..., Channel.SPECULAR] = strand_shine(streaks)
    texels[..., Channel.HAIR] = 1
    return texels


def strand_colour(actor: Actor, streaks: np.ndarray) -> np.ndarray:
    """Lighter and darker strands, (H, W, 3)."""
    return linear(actor.head.hair) * np.maximum(1 + 0.75 * streaks, 0.25)[..., None]


def strand_shine(streaks: np.ndarray) -> np.ndarray:
    """Light strands shine more than dark ones."""
    return 0.40 + 0.45 * np.maximum(streaks, 0)
