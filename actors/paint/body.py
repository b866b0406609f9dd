"""The textures of ears, neck and shirt. Half heads; by eye."""

from __future__ import annotations

import numpy as np

from ..curves import gaussian, mix, smoothstep
from ..person import Actor
from .noise import noise
from .texels import Channel, fill_skin, linear, paint_over


def paint_ear(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Skin, redder than the face, and dark inside the shell."""
    y, z = rest[..., 1], rest[..., 2]
    texels, _ = fill_skin(actor, z, y)
    red = linear(actor.head.skin_colour) * np.float32([1.02, 0.70, 0.66])
    paint_over(texels[..., Channel.RGB], red, np.full(angle.shape, 0.35, np.float32))
    shell = np.hypot((z + 0.10) / 0.085, (y + 0.03) / 0.13)
    hollow = 0.5 * gaussian(shell - 0.55, 0.30) * smoothstep(1.15, 0.9, shell)
    texels[..., Channel.OCCLUSION] *= 1 - hollow
    return texels


def paint_body(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Skin in the shade of the chin, and a shirt with a round collar."""
    x, y = rest[..., 0], rest[..., 1]
    texels, _ = fill_skin(actor, x, y)
    texels[..., Channel.OCCLUSION] *= mix(0.55, 1, smoothstep(-0.80, -1.15, y))
    above_collar = y + 0.10 * np.cos(angle) + 1.30
    cloth = smoothstep(0.0, -0.03, above_collar)
    colour = linear(actor.head.shirt) * (1 + 0.14 * noise(x * 3, y * 3))[..., None]
    paint_over(texels[..., Channel.RGB], colour, cloth)
    texels[..., Channel.OCCLUSION] *= 1 - 0.35 * gaussian(above_collar + 0.005, 0.02)  # its seam
    texels[..., Channel.SPECULAR] *= 1 - 0.9 * cloth
    return texels
