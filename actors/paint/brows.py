"""The brows: arched, and thinner and lighter outwards. Half heads; by eye."""

from __future__ import annotations

import numpy as np

from ..curves import mix, smoothstep
from ..person import Actor
from .noise import noise
from .surface import HeadSurface
from .texels import Channel, linear, paint_over


def paint_brows(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Hairs in the colour of the beard, mixed with shaded skin."""
    area, hairs = _brow_area(actor, surface)
    opacity = area * surface.front * actor.face.brow_darkness
    shaded_skin = linear(actor.head.skin_colour) * np.float32(0.2)
    colour = mix(linear(actor.face.hair), shaded_skin, 0.25) * np.float32(0.8)
    colour = colour * (1 - 0.45 * hairs)[..., None]
    paint_over(texels[..., Channel.RGB], colour, opacity)
    texels[..., Channel.SPECULAR] *= 1 - 0.8 * opacity
    surface.height[...] += 0.004 * opacity * (1 - 0.6 * hairs)


def _brow_area(actor: Actor, surface: HeadSurface) -> tuple[np.ndarray, np.ndarray]:
    """0..1: where the brows are, and their hairs: about -1..1 across them."""
    face, x, y = actor.face, surface.x, surface.y
    along = (np.abs(x) - (face.eye_x - 0.17)) / 0.36  # 0 at the inner end, 1 at the outer one
    arch = np.sin(np.clip(along, 0, 1.15) * 2.3) - 0.35
    middle = face.brow_height + face.brow_arch * arch - 0.02 * along
    thickness = (
        face.brow_thickness
        * mix(1.0, 0.45, smoothstep(0.3, 1, along))
        * smoothstep(-0.12, 0.12, along)
    )
    # Hairs stand up at the inner end and lie down outwards: follow them by a skewed coordinate.
    lie = mix(0.25, 1.6, smoothstep(0.0, 0.6, along))
    across = np.abs(x) - (y - middle) * lie
    place = across * 1.15 + face.complexion.pattern + 0.37 * (x > 0)
    hairs = noise(place, (y - middle + 0.25 * along) * 0.35)
    edge = np.abs(y - middle) / (thickness + 1e-4)
    area = (
        smoothstep(1.60, 0.40, edge + 0.65 * hairs)
        * smoothstep(-0.06, 0.10, along)
        * smoothstep(1.05, 0.75, along + 0.12 * hairs)
    )
    return area, hairs
