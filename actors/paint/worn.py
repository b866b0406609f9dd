"""The textures of what is worn. Half heads; by eye.

Glasses and fringes are painted on surfaces that are larger than they are: what is not frame, lens
or strand has opacity 0.
"""

from __future__ import annotations

import numpy as np

from ..curves import gaussian, mix, smoothstep
from ..person import Actor
from ..shape.worn import hinge_x, lens_centre
from ..wear import Glasses
from .hair import strand_colour, strand_shine
from .noise import noise, strands
from .texels import Channel, fill, linear, paint_over

CLEAN_EDGE = 0.006  # half heads: over which the edge of a frame becomes transparent


def paint_glasses(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """The lenses, then the frame around them."""
    glasses, x, y = actor.head.wear.glasses, rest[..., 0], rest[..., 1]
    distance = _lens_distance(actor, np.abs(x), y)
    lens = smoothstep(0, -CLEAN_EDGE, distance)
    texels = fill(angle.shape, linear(glasses.tint))
    lower = 1 - 0.5 * smoothstep(0.1, -0.15, y)  # tints are often paler below
    texels[..., Channel.OPACITY] = lens * glasses.tint_opacity * lower
    glare = lens * glasses.glare * _glare(actor, x, y)
    paint_over(texels[..., Channel.RGB], np.float32([0.9, 0.95, 1.0]), glare)
    texels[..., Channel.OPACITY] = np.maximum(texels[..., Channel.OPACITY], glare)
    frame = _frame(actor, np.abs(x), y, distance)
    paint_over(texels[..., Channel.RGB], _frame_colour(glasses, x, y), frame)
    texels[..., Channel.OPACITY] = np.maximum(texels[..., Channel.OPACITY], frame)
    texels[..., Channel.SPECULAR] = 0.3 + 1.2 * frame
    below = _lens_distance(actor, np.abs(x), y + 0.035) - glasses.thickness / 2
    shadow = 0.20 * gaussian(below, glasses.thickness * 0.6 + 0.012)
    _lay_under(texels, shadow * (glasses.style not in ("half rim", "rimless")))
    return texels


def _lay_under(texels: np.ndarray, shadow: np.ndarray) -> None:
    """The shadow (...) 0..1 that something throws on the skin close behind it, in place."""
    opacity = texels[..., Channel.OPACITY]
    both = opacity + (1 - opacity) * shadow
    share = (opacity / np.maximum(both, 1e-6))[..., None]
    texels[..., Channel.RGB] *= share
    texels[..., Channel.SPECULAR] *= share[..., 0]
    texels[..., Channel.OPACITY] = both


def paint_arm(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    texels = fill(angle.shape, _frame_colour(actor.head.wear.glasses, rest[..., 2], rest[..., 1]))
    texels[..., Channel.SPECULAR] = 1.0
    return texels


def _lens_distance(actor: Actor, ax: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The distance to the edge of the nearer lens, below 0 inside, roughly."""
    glasses, (cx, cy) = actor.head.wear.glasses, lens_centre(actor)
    u, v = (ax - cx) / glasses.lens_width, (y - cy) / glasses.lens_height
    power = {"round": 2.0, "oval": 2.2, "aviator": 2.6, "cat eye": 2.8}.get(glasses.style, 4.5)
    if glasses.style == "aviator":  # narrower and inwards below
        u = (u - 0.12 * np.maximum(-v, 0)) / (1 - 0.18 * np.maximum(-v, 0))
    elif glasses.style == "cat eye":  # raised outwards
        v = v - 0.22 * u * np.maximum(v, 0)
        u = u / (1 + 0.10 * v)
    radius = (np.abs(u) ** power + np.abs(v) ** power) ** (1 / power)
    return (radius - 1) * min(glasses.lens_width, glasses.lens_height)


def _frame(actor: Actor, ax: np.ndarray, y: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """0..1: rims, the bridge over the nose, and the pieces between lenses and hinges."""
    glasses, (cx, cy) = actor.head.wear.glasses, lens_centre(actor)
    thick, height = glasses.thickness, glasses.lens_height
    rim = _band(distance - thick / 2, thick)
    if glasses.style == "half rim":
        rim = rim * smoothstep(-0.25, 0.0, (y - cy) / height)
    elif glasses.style == "rimless":
        rim = 0.25 * _band(distance, 0.010)  # the edge of the glass
    gap = cx - glasses.lens_width  # from the middle to a lens
    arch = cy + 0.30 * height + 0.03 * (1 - (ax / gap) ** 2)
    outside = distance > -CLEAN_EDGE
    bridge = _band(y - arch, thick) * (ax < gap + thick) * outside
    if glasses.style == "aviator":
        second = cy + 0.80 * height
        bridge = np.maximum(bridge, _band(y - second, 0.016) * (ax < cx * 0.8) * outside)
    end = _band(y - cy - 0.35 * height, thick * 1.2)
    end = end * (ax > cx + 0.7 * glasses.lens_width) * (ax < hinge_x(actor)) * outside
    return np.maximum(np.maximum(rim, bridge), end)


def _band(distance: np.ndarray, thickness: float) -> np.ndarray:
    """1 within half the thickness, 0 outside, with an edge of CLEAN_EDGE."""
    return smoothstep(CLEAN_EDGE, 0, np.abs(distance) - thickness / 2)


def _frame_colour(glasses: Glasses, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Plain, or mottled where the frame is brown: tortoiseshell, (..., 3)."""
    spots = smoothstep(0.0, 0.3, noise(x * 1.3 + 0.2, y * 1.3)) if glasses.frame[0] == 88 else 0.0
    colour = linear(glasses.frame)
    return colour * (1 - 0.8 * spots * np.ones(x.shape, np.float32))[..., None]


def _glare(actor: Actor, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A slanted reflection, at the same place of both lenses."""
    glasses, (cx, cy) = actor.head.wear.glasses, lens_centre(actor)
    u, v = (x - np.sign(x) * cx) / glasses.lens_width, (y - cy) / glasses.lens_height
    at = u + 0.5 * v
    broad = smoothstep(0.14, 0.0, np.abs(at + 0.45) - 0.12)
    narrow = smoothstep(0.08, 0.0, np.abs(at + 0.05) - 0.03)
    return np.maximum(broad, 0.7 * narrow) * smoothstep(-0.9, 0.6, v)


def paint_fringe(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Strands that end at uneven heights."""
    fringe, y = actor.head.wear.fringe, rest[..., 1]
    slant = 0.5 * (actor.head.parting >= 0) - 0.25
    if fringe.kind == "swept":
        slant *= 3
    across = angle + slant * (0.8 - y)  # strands lean
    streaks = strands(y, across * 0.8)
    texels = fill(angle.shape, strand_colour(actor, streaks))
    texels[..., Channel.SPECULAR] = strand_shine(streaks)
    texels[..., Channel.HAIR] = 1
    tips = fringe.low + _tips(fringe.kind, across) + 0.10 * noise(across * 0.31 + 0.1, y * 0.02)
    locks = noise(across * 0.55 + 0.4, y * 0.03 + 0.7)
    thin = 0.9 if fringe.kind == "wispy" else 1.3 - fringe.density
    body = smoothstep(0.0, 0.16, y - tips + 0.08 * locks - 0.10 * thin * (streaks < 0))
    gaps = 1 - thin * smoothstep(0.05, 0.35, -streaks - 0.3 * locks) * smoothstep(0.75, 0.4, y)
    sides = smoothstep(1.27, 1.1, np.abs(angle))
    texels[..., Channel.OPACITY] = body * np.clip(gaps, 0, 1) * sides * smoothstep(0.9, 0.78, y)
    texels[..., Channel.OCCLUSION] *= mix(0.8, 1, smoothstep(0.0, 0.3, y - tips))
    shadow = 0.25 * smoothstep(-0.12, 0.03, y - tips) * smoothstep(0.75, 0.6, y) * sides
    _lay_under(texels, shadow)
    return texels


def _tips(kind: str, across: np.ndarray) -> np.ndarray:
    """How much higher than the lowest tips the tips are, by the angle."""
    if kind == "straight":
        return -0.06 * across**2
    if kind == "swept":
        return 0.16 - 0.16 * np.tanh(2.0 * (across - 0.1))
    if kind == "curtain":
        return 0.34 * gaussian(across, 0.35) - 0.16 * np.abs(across)
    return 0.08 + 0.05 * np.sin(9 * across)


def paint_hat(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Wool, cloth or felt, with a band or seams."""
    hat, y = actor.head.wear.hat, rest[..., 1]
    up = np.broadcast_to(np.linspace(0, 1, len(y), dtype=np.float32)[:, None], y.shape)
    texels = _fill_cloth(actor, angle, y)
    if hat.kind == "headband":
        texels[..., Channel.OCCLUSION] *= 1 - 0.12 * np.sin(up * 40)
    elif hat.kind == "beanie":
        ribs = np.sin(angle * 46) * smoothstep(1, 0.8, up)
        texels[..., Channel.OCCLUSION] *= 0.88 + 0.12 * ribs
        texels[..., Channel.OCCLUSION] *= 1 - 0.5 * gaussian(up - 0.29, 0.015)  # under the cuff
    elif hat.kind == "cap":
        seams = gaussian((angle * 3 / np.pi + 0.5) % 1 - 0.5, 0.02)
        texels[..., Channel.OCCLUSION] *= 1 - 0.3 * seams
        if hat.pattern > 0.3:  # a badge in front
            badge = smoothstep(0.24, 0.22, np.hypot(angle, (up - 0.33) * 1.4))
            paint_over(texels[..., Channel.RGB], linear(hat.trim), badge)
    else:
        band = smoothstep(0.3, 0.28, up) * (up > 0.05)
        paint_over(texels[..., Channel.RGB], linear(hat.trim), band)
        texels[..., Channel.OCCLUSION] *= mix(0.3, 1, smoothstep(0.03, 0.06, up))  # within
    return texels


def paint_cloth(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Brims and headscarves."""
    return _fill_cloth(actor, angle, rest[..., 1])


def _fill_cloth(actor: Actor, angle: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Plain or patterned cloth, dull."""
    hat = actor.head.wear.hat
    weave = 1 + 0.10 * noise(angle * 1.1, y * 1.7)
    texels = fill(angle.shape, linear(hat.colour) * weave[..., None])
    if hat.pattern and hat.kind in ("beanie", "headscarf"):
        waves = np.sin(24 * y + 3) if hat.kind == "beanie" else np.sin(13 * angle) * np.sin(17 * y)
        opacity = hat.pattern * smoothstep(0.2, 0.4, waves)
        paint_over(texels[..., Channel.RGB], linear(hat.trim), opacity)
    texels[..., Channel.SPECULAR] = 0.04
    return texels


def paint_headphones(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Smooth plastic."""
    texels = fill(angle.shape, linear(actor.head.wear.hat.colour))
    texels[..., Channel.SPECULAR] = 0.9
    return texels


def paint_earring(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Gold, silver or pearl, by the height of the ear: anything that differs between actors."""
    metals = np.float32([[0.75, 0.52, 0.2], [0.65, 0.66, 0.7], [0.85, 0.8, 0.74]])
    texels = fill(angle.shape, metals[int(actor.head.wear.earrings * 1e4) % len(metals)])
    texels[..., Channel.SPECULAR] = 2.5
    return texels
