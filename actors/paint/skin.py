"""What skin shows close up: pores, patches of red, spots, moles and sheen. Half heads; by eye."""

from __future__ import annotations

import numpy as np

from ..curves import bump, mix, smoothstep
from ..person import Actor
from .noise import noise
from .surface import HeadSurface
from .texels import Channel, linear, paint_over

PORE_DEPTH = 0.0014  # half heads


def paint_skin(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Blush, blemishes and the unevenness of the skin."""
    _paint_blush(texels, actor, surface)
    _paint_patches(texels, actor, surface)
    if actor.face.freckles:
        _paint_freckles(texels, actor, surface)
    if actor.face.complexion.spots:
        _paint_spots(texels, actor, surface)
    for mole in actor.face.complexion.moles:
        _paint_mole(texels, actor, surface, mole)
    _roughen(texels, actor, surface)


def _paint_blush(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Cheeks, tip of the nose and lower lids are redder than the rest; rouge adds to the cheeks."""
    ax, y, nose_y = surface.ax, surface.y, actor.face.nose_y
    cheeks = bump(ax, y, 0.40, -0.26, 0.15, 0.13)
    red = (
        0.55 * cheeks
        + 0.55 * bump(surface.x, y, 0, nose_y - 0.02, 0.12, 0.10)
        + 0.25 * bump(ax, y, 0.3, -0.1, 0.15, 0.05)
    )
    skin = linear(actor.head.skin_colour)
    opacity = (0.5 + 0.35 * actor.head.ruddy) * red * surface.front
    paint_over(texels[..., Channel.RGB], skin * np.float32([1.04, 0.74, 0.70]), opacity)
    rouge = actor.face.complexion.rouge
    if rouge:
        opacity = 0.5 * rouge * bump(ax, y, 0.46, -0.20, 0.17, 0.12) * surface.front
        paint_over(texels[..., Channel.RGB], skin * np.float32([1.08, 0.55, 0.55]), opacity)


def _paint_patches(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Redder and paler patches; brow and temples are yellower, the lower face greyer."""
    complexion, pattern = actor.face.complexion, actor.face.complexion.pattern
    x, y = surface.x + 3 * pattern, surface.y
    red = noise(x * 0.21, y * 0.21 + pattern) + 0.5 * noise(x * 0.9, y * 0.9)
    red = (red - red.mean()) * (0.12 + 0.34 * complexion.mottling)
    red += 0.05 * smoothstep(0.1, 0.45, surface.y) - 0.04 * smoothstep(-0.45, -0.7, surface.y)
    texels[..., 1] *= 1 - 0.55 * red
    texels[..., 2] *= 1 - 0.75 * red


def _paint_freckles(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    x, y = surface.x + actor.face.complexion.pattern, surface.y
    spots = smoothstep(0.32, 0.5, noise(x * 1.3, y * 1.3 + 0.2))
    spots = spots * bump(surface.ax, y, 0.22, -0.2, 0.28, 0.14)  # on nose and cheeks
    colour = linear(actor.head.skin_colour) * np.float32([0.7, 0.5, 0.4])
    paint_over(texels[..., Channel.RGB], colour, spots * surface.front * actor.face.freckles)


def _paint_spots(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """A few marks where the noise is greatest: red in the young, brown in the old."""
    complexion, age = actor.face.complexion, actor.face.lines
    x, y = surface.x + 5 * complexion.pattern, surface.y + 2 * complexion.pattern
    marks = smoothstep(0.52, 0.66, noise(x * 0.33, y * 0.33))
    tint = mix(np.float32([0.95, 0.55, 0.50]), np.float32([0.70, 0.52, 0.42]), age)
    colour = linear(actor.head.skin_colour) * tint
    opacity = 0.6 * complexion.spots * marks * surface.front
    paint_over(texels[..., Channel.RGB], colour, opacity)


def _paint_mole(texels, actor: Actor, surface: HeadSurface, mole) -> None:
    x, y, radius = mole
    rows = surface.rows_between(y - 3 * radius, y + 3 * radius)
    texels, surface = texels[rows], surface.part(rows)
    spot = bump(surface.x, surface.y, x, y, radius, radius) * surface.front
    colour = linear(actor.head.skin_colour) * np.float32([0.32, 0.22, 0.20])
    paint_over(texels[..., Channel.RGB], colour, np.clip(1.2 * spot, 0, 0.65))
    surface.height[...] += 0.3 * radius * spot


def _roughen(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> None:
    """Pores, deepest on nose and cheeks, and more sheen on forehead, nose and cheekbones."""
    complexion, ax, y = actor.face.complexion, surface.ax, surface.y
    nose = bump(ax, y, 0.02, actor.face.nose_y + 0.1, 0.16, 0.30)
    cheeks = bump(ax, y, 0.30, -0.25, 0.20, 0.20)
    place = surface.angle * 0.65 + complexion.pattern
    # The tile's finest cells become half a hundredth of a half head here: two texels.
    rough = noise(place * 0.36, y * 0.36)
    depth = complexion.pores * (0.45 + nose + 0.8 * cheeks)
    surface.height[...] += PORE_DEPTH * depth * rough
    texels[..., Channel.RGB] *= (1 + (0.08 * depth * rough))[..., None]
    forehead, cheekbones = bump(ax, y, 0.12, 0.42, 0.30, 0.16), bump(ax, y, 0.42, -0.1, 0.1, 0.07)
    zone = nose + 0.8 * (forehead + cheekbones) + 0.5 * bump(ax, y, 0, -0.9, 0.13, 0.07)
    shine = 1 + 1.1 * complexion.oiliness * zone + 0.5 * rough
    texels[..., Channel.SPECULAR] *= np.maximum(shine, 0.1)
