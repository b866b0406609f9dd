"""The surfaces of what is worn. Lengths are in half heads; the numbers are by eye."""

from __future__ import annotations

import numpy as np

from ..curves import gaussian, mix, profile, smoothstep
from ..person import Actor
from .grid import Grid, rigid_grid
from .hair import hair_volume
from .head import skull

EYE_HEIGHT_IN_LENS = 0.02  # half heads: how far the middle of a lens lies below that of the eye
GLASSES_GAP = 0.04  # half heads: between lenses and skin, room for expressions
HINGE_X = 0.63  # half heads: from the middle to the hinges of glasses, on the average skull


def build_worn(actor: Actor) -> list[Grid]:
    """The surfaces of all that an actor wears; those that others are seen through come last."""
    wear, grids = actor.head.wear, []
    if wear.hat:
        builders = {"headscarf": _build_headscarf, "headphones": _build_headphones}
        grids += builders.get(wear.hat.kind, _build_hat)(actor)
    if wear.earrings and not actor.head.length and not wear.has_headscarf:
        grids += [_build_earring(actor, side) for side in (-1, 1)]
    if wear.fringe:
        grids.append(_build_fringe(actor))
    if wear.glasses:
        grids += _build_glasses(actor)
    return grids


def lens_centre(actor: Actor) -> tuple[float, float]:
    """Where the right lens has its middle: x, y on the head at rest."""
    glasses = actor.head.wear.glasses
    return max(actor.face.eye_x, glasses.lens_width + 0.075), -EYE_HEIGHT_IN_LENS


def hinge_x(actor: Actor) -> float:
    """Half the width of the glasses."""
    glasses = actor.head.wear.glasses
    outer = lens_centre(actor)[0] + glasses.lens_width + glasses.thickness + 0.02
    return max(HINGE_X * actor.head.width, outer)


def hat_edge(actor: Actor, angle: np.ndarray) -> np.ndarray:
    """The height of a hat's lower edge: above the forehead, above the ears, lower behind."""
    if actor.head.wear.hat.kind == "headphones":
        return np.full(angle.shape, 0.05)
    front = actor.head.wear.hat.low
    return profile(np.abs(angle), [(0, front), (0.6, front - 0.01), (1.5, 0.25), (3.2, 0.0)], 0.3)


def _outwards(points: np.ndarray) -> np.ndarray:
    """Unit vectors (..., 3) away from the middle of the head."""
    away = points * [1 / 0.55, 0.9, 1 / 0.75]
    return away / (np.linalg.norm(away, axis=-1, keepdims=True) + 1e-6)


def _build_glasses(actor: Actor) -> list[Grid]:
    """A curved plate with frame and lenses painted on it, and two arms to the ears."""
    glasses, (_, cy) = actor.head.wear.glasses, lens_centre(actor)
    reach = glasses.lens_height + glasses.thickness + 0.05
    hinge = hinge_x(actor)
    x, y = np.meshgrid(np.linspace(-hinge, hinge, 49), np.linspace(cy - reach, cy + reach, 15))
    bow = 0.08 * (y - cy) - 0.20 * np.abs(x / hinge) ** 2.2
    skin = np.stack([_find_skin(actor, row, float(at)) for row, at in zip(x, y[:, 0], strict=True)])
    bridge = (np.abs(x) < 0.1) & (np.abs(y - cy - 0.3 * glasses.lens_height) < 0.04)
    lenses = (np.abs(x) > 0.12) & (np.abs(x) < 0.5) & (np.abs(y - cy) < glasses.lens_height)
    nearest = (skin - bow)[bridge].max() + 0.015, (skin - bow)[lenses].max() + GLASSES_GAP
    plate = np.stack([x, y, max(nearest) + bow], -1)
    arms = [_build_arm(actor, side, plate) for side in (-1, 1)]
    return [rigid_grid("glasses", np.zeros(x.shape), plate), *arms]


def _find_skin(actor: Actor, x: np.ndarray, y: float) -> np.ndarray:
    """How far forward the bare face reaches at places x of a height y."""
    angle = np.linspace(-1.45, 1.45, 121)
    around = skull(actor, angle, np.full(angle.shape, y))
    return np.interp(x, around[:, 0], around[:, 2])


def _build_arm(actor: Actor, side: int, plate: np.ndarray) -> Grid:
    """A narrow strip from the hinge to behind the ear, close to the head but never in it."""
    hinge, glasses = np.abs(plate[..., 0]).max(), actor.head.wear.glasses
    cy = lens_centre(actor)[1]
    along, across = np.meshgrid(np.linspace(0, 1, 21), [-1.0, 0.0, 1.0])
    z = mix(plate[7, 0, 2], -0.16, along)
    angle = np.linspace(0.3, 1.9, 61)
    around = skull(actor, angle, np.full(angle.shape, 0.08))
    head = np.interp(-z, -around[:, 2], around[:, 0])  # how broad the head is there
    x = np.maximum(mix(hinge, 0.72 * actor.head.width, along), head + 0.025)
    thickness = mix(max(glasses.thickness * 0.55, 0.010), 0.012, along)
    y = mix(cy + 0.35 * glasses.lens_height, 0.09, along) - 0.12 * smoothstep(0.85, 1, along)
    vertices = np.stack([side * x, y + across * thickness, z], -1)
    return rigid_grid("arm", np.full(x.shape, side * 1.5), vertices)


def _build_fringe(actor: Actor) -> Grid:
    """A shell in front of the forehead, which strands are painted on."""
    fringe = actor.head.wear.fringe
    angle, y = np.meshgrid(np.linspace(-1.3, 1.3, 45), np.linspace(fringe.low - 0.10, 0.92, 24))
    rest = skull(actor, angle, y)
    hair = np.linalg.norm(hair_volume(actor, angle, rest), axis=-1)
    thickness = np.maximum(hair + 0.02, 0.04 + 0.05 * gaussian(y - 0.55, 0.22))
    vertices = rest + _outwards(rest) * thickness[..., None]
    return rigid_grid("fringe", angle, vertices)


def _build_hat(actor: Actor) -> list[Grid]:
    """The crown, and the brim that some hats have."""
    kind = actor.head.wear.hat.kind
    top = 0.2 if kind == "headband" else 1.0
    angle, up = np.meshgrid(np.linspace(-np.pi, np.pi, 73), np.linspace(0, top, 26))
    crown = _place_crown(actor, angle, up)
    grids = [rigid_grid("hat", angle, crown)]
    if kind in ("cap", "brimmed hat"):
        reach = 1.3 if kind == "cap" else np.pi
        angle, out = np.meshgrid(np.linspace(-reach, reach, 49), np.linspace(0, 1, 7))
        edge = _place_crown(actor, angle, np.full(angle.shape, 0.05))
        grids.append(rigid_grid("brim", angle, edge + _stretch_brim(kind, angle, out)))
    return grids


def _place_crown(actor: Actor, angle: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Places of a crown: `up` is 0 at its edge, on the skin, and 1 at the top."""
    head, kind = actor.head, actor.head.wear.hat.kind
    latitude = mix(np.arcsin(np.clip(hat_edge(actor, angle), -1, 1)), 1.56, up)
    rest = skull(actor, angle, np.sin(latitude))
    hair = np.linalg.norm(hair_volume(actor, angle, rest), axis=-1)
    side = smoothstep(0.7, 1.3, np.abs(angle)) * smoothstep(0.9, 0.5, up)
    room = hair + 0.035 + 0.10 * side * (head.length > 0)
    if kind == "beanie":
        room = room + 0.035 * smoothstep(0.30, 0.27, up) + 0.10 * smoothstep(0.5, 1, up)
    elif kind == "headphones":
        room = hair + 0.035 + 0.10 * side * (head.length > 0) * smoothstep(0.5, 0.1, up)
    elif kind == "headband":
        room = room * smoothstep(0.2, 0.17, up)
    elif kind == "brimmed hat":
        room = room + 0.22 * smoothstep(0.1, 0.75, up) - 0.06 * gaussian(up - 1, 0.12)
    else:
        room = room + 0.06 * smoothstep(0.1, 0.6, up)
    return rest + _outwards(rest) * (room * smoothstep(-0.03, 0.06, up))[..., None]


def _stretch_brim(kind: str, angle: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Displacements from the edge of the crown to the brim; `out` is 0 at the crown, 1 outside."""
    sine, cosine = np.sin(angle), np.cos(angle)
    if kind == "cap":
        length = 0.46 * np.maximum(cosine, 0) ** 0.6
        droop = (0.22 + 0.30 * sine**2) * length
        return np.stack([0.15 * sine * length * out, -droop * out, length * out], -1)
    droop = 0.02 - 0.10 * cosine**2 * out
    return np.stack([0.34 * sine * out, droop * out, 0.36 * cosine * out], -1)


def _build_headphones(actor: Actor) -> list[Grid]:
    """A band over the head, and two cushions over the ears."""
    along, across = np.meshgrid(np.linspace(-1, 1, 41), [-0.05, -0.045, 0.045, 0.05])
    angle = np.where(along < 0, -np.pi / 2, np.pi / 2)
    band = _place_crown(actor, angle, 1 - np.abs(along))
    band *= 1 - 0.3 * (np.abs(across) > 0.047)[..., None] * [0.1, 0.1, 0.0]  # rounded edges
    band[..., 2] += across
    around, up = np.meshgrid(np.linspace(-np.pi, np.pi, 25), np.linspace(-1.5, 1.5, 15))
    ball = np.stack([np.cos(up) * np.sin(around), np.sin(up), np.cos(up) * np.cos(around)], -1)
    cushion = np.sign(ball) * np.abs(ball) ** [0.6, 1, 1] * [0.085, 0.20, 0.16]
    head = actor.head
    beside = 0.705 * head.width * mix(1, head.cheekbones, 0.8) + 0.05 + 0.11 * (head.length > 0)
    cups = [cushion + [side * beside, -0.05, -0.07] for side in (-1, 1)]
    grids = [rigid_grid("headphones", np.full(around.shape, 1.5), cup) for cup in cups]
    return [rigid_grid("headphones", angle, band[::-1]), *grids]


def _build_headscarf(actor: Actor) -> list[Grid]:
    """Cloth around head and neck with an opening for the face, an ellipse."""
    heights = np.sin(np.linspace(-1.02, 1.56, 60)) * np.linspace(1.9, 1.0, 60)
    top, bottom = actor.head.wear.hat.low, -1.06
    middle, half = (top + bottom) / 2, (top - bottom) / 2
    opening = 1.12 * np.sqrt(np.maximum(1 - ((heights - middle) / half) ** 2, 0)) ** 0.8
    share = np.linspace(0, 1, 81)
    angle = opening[:, None] + share * (2 * np.pi - 2 * opening[:, None])
    angle = np.where(angle > np.pi, angle - 2 * np.pi, angle)
    y = np.broadcast_to(heights[:, None], angle.shape)
    rest = skull(actor, angle, np.maximum(y, -1.0))
    from_edge = np.minimum(share, 1 - share) * 2 * np.pi
    from_edge = np.maximum(from_edge, smoothstep(top, top + 0.3, y) * 0.6)
    hair = np.linalg.norm(hair_volume(actor, angle, rest), axis=-1)
    room = mix(0.0, 0.17, smoothstep(-0.05, 0.6, from_edge)) + 0.02 * smoothstep(0, 0.1, from_edge)
    folds = 0.02 * np.sin(9 * np.abs(angle) + 6 * y) * smoothstep(0.1, 0.5, from_edge)
    room = np.maximum(room, hair + 0.03)
    hood = rest + _outwards(rest) * (room + folds)[..., None]
    width = profile(y, [(-2.0, 1.2), (-1.6, 0.86), (-1.35, 0.60), (-1.1, 0.55), (-0.5, 0.6)], 0.1)
    neck = np.stack([width * np.sin(angle), y, (0.9 * width + folds) * np.cos(angle) - 0.16], -1)
    vertices = mix(hood, neck, smoothstep(-0.80, -1.15, y)[..., None])
    vertices[..., 1] = np.where(y < -1, y, vertices[..., 1])
    return [rigid_grid("scarf", angle, vertices, smoothstep(-1.7, -0.9, y))]


def _build_earring(actor: Actor, side: int) -> Grid:
    """A ball below the lobe of the ear."""
    head, radius = actor.head, actor.head.wear.earrings
    beside = 0.705 * head.width * mix(1, head.cheekbones, 0.8)
    around, up = np.meshgrid(np.linspace(-np.pi, np.pi, 13), np.linspace(-1.5, 1.5, 9))
    ball = np.stack([np.cos(up) * np.sin(around), np.sin(up), np.cos(up) * np.cos(around)], -1)
    lobe = [side * (beside + 0.005), -0.07 - 0.2 * head.ears - radius, -0.06]
    return rigid_grid("earring", np.full(around.shape, side * 1.5), ball * radius + lobe)
