"""The shape of an actor: grids of vertices, and how expressions move them.

A head is a stack of horizontal slices. Curves give each slice its half width and how far it reaches forward and back; Gaussian
bumps on its front make brow, nose, lips and chin. Every expression is a *blendshape*: a field of displacements, computed once,
that is added to the vertices times the strength of the expression.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .person import Actor

PIVOT = np.array([0, -0.75, -0.15])  # on the neck: the head turns about it
JAW_DROP = 0.24  # how far a wide-open mouth lowers the lower lip
LIP_BAND = 0.012  # |y - mouth_y| below this is the mouth's inside: it opens with the lips


def smoothstep(a, b, x):
    """0 below a, 1 above b (or the other way round), smooth between."""
    t = np.clip((x - a) / (b - a), 0, 1)
    return t * t * (3 - 2 * t)


def bump(x, y, cx, cy, sx, sy):
    """A Gaussian hill of height 1 at (cx, cy)."""
    return np.exp(-(((x - cx) / sx) ** 2) - ((y - cy) / sy) ** 2)


def mix(a, b, t):
    """a where t is 0, b where it is 1, a straight line between."""
    return a + (b - a) * t


def profile(at, points, soft=0.05):
    """The broken line through `points` (x, value), its corners rounded over about `soft`, at places `at`."""
    x, value = np.array(sorted(points), float).T
    grid = np.linspace(-3.6, 3.6, 1441)
    step = grid[1] - grid[0]
    kernel = np.hanning(2 * max(int(soft / step), 1) + 3)[1:-1]
    reach = len(kernel) // 2
    line = np.pad(np.interp(grid, x, value), reach, "edge")
    return np.interp(at, grid, np.convolve(line, kernel / kernel.sum(), "valid"))


def round_profile(at, points, soft=0.06):
    """As `profile`, for radii: squares are interpolated, so a closed end is a dome and no spike."""
    return np.sqrt(np.maximum(profile(at, [(x, r * r) for x, r in points], soft), 1e-6))


@dataclass(frozen=True, eq=False)
class Grid:
    """One piece of surface, (H, W) vertices.

    kind     "head", "ear", "body" or "curtain" (long hair)
    angle    (H, W) about the vertical axis, 0 in front
    rest     (H, W, 3) at rest: the coordinates in which it is painted
    posed    (H, W, 3) the same with hair on: where it is rendered at rest
    shapes   {"mouth", "smile", "brow"}: (H, W, 3) each, displacements of the full expression
    follows  (H, W, 1) how much of the head's turn it takes part in, 0..1
    """

    kind: str
    angle: np.ndarray
    rest: np.ndarray
    posed: np.ndarray
    shapes: dict[str, np.ndarray]
    follows: np.ndarray


def build(actor: Actor, columns: int = 151, rows: int = 150) -> list[Grid]:
    """All surfaces of an actor."""
    grids = [_head(actor, columns, rows), _body(actor)]
    if actor.head.length > 0:
        grids.append(_curtain(actor))
    else:
        grids += [_ear(actor, side) for side in (-1, 1)]
    return grids


def _head(actor: Actor, columns: int, rows: int) -> Grid:
    u = np.linspace(-1, 1, columns)
    angles = np.pi * mix(u, u**3, 0.5)  # closer together in front
    latitudes = np.linspace(-np.pi / 2, np.pi / 2, rows - 10)
    heights = np.concatenate(
        [
            np.sin(latitudes) * np.where(latitudes < 0, 1.035, 1.0),
            actor.face.mouth_y + np.linspace(-0.03, 0.03, 12),
        ]
    )
    angle, y = np.meshgrid(angles, np.sort(heights)[1:-1])
    rest = skull(actor, angle, y)
    return Grid(
        "head",
        angle,
        rest,
        rest + hair_volume(actor, angle, rest),
        expressions(actor, angle, rest),
        np.ones((*angle.shape, 1)),
    )


def skull(actor: Actor, angle: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The bare head at rest, (..., 3), at angles about the vertical axis and heights -1.035..1."""
    head, face = actor.head, actor.face
    jaw = head.jaw
    width = head.width * round_profile(
        y,
        [
            (-1.04, 0),
            (-1, 0.22),
            (-0.9, 0.36 * jaw),
            (-0.72, 0.49 * mix(1, jaw, 0.8)),
            (-0.45, 0.605 * mix(1, jaw, 0.5)),
            (-0.1, 0.685),
            (0.2, 0.715),
            (0.5, 0.685),
            (0.75, 0.555),
            (0.9, 0.38),
            (1, 0),
        ],
    )
    front = round_profile(
        y,
        [
            (-1.04, 0.20),
            (-0.98, 0.55),
            (-0.88, 0.66),
            (-0.5, 0.70),
            (-0.2, 0.71),
            (0.1, 0.72),
            (0.4, 0.72),
            (0.65, 0.62),
            (0.85, 0.42),
            (1, 0),
        ],
    )
    back = round_profile(
        y,
        [
            (-1.04, 0),
            (-0.9, 0.1),
            (-0.6, 0.42),
            (-0.2, 0.74),
            (0.2, 0.88),
            (0.6, 0.75),
            (0.85, 0.42),
            (1, 0),
        ],
        0.08,
    )
    sine, cosine = np.sin(angle), np.cos(angle)
    x = width * np.sign(sine) * np.abs(sine) ** 0.92
    z = np.where(cosine > 0, front, back) * np.sign(cosine) * np.abs(cosine) ** 0.92
    ax = np.abs(x)
    nose_y, mouth_y, mouth_width, wide = (
        face.nose_y,
        face.mouth_y,
        face.mouth_width,
        face.nose_width,
    )
    height = profile(
        y,
        [
            (0.14, 0),
            (0.06, 0.05),
            (nose_y, face.nose_length),
            (nose_y - 0.05, face.nose_length * 0.95),
            (nose_y - 0.13, 0.04),
            (nose_y - 0.17, 0),
        ],
    )
    breadth = wide * profile(
        y,
        [(0.15, 0.070), (0, 0.062), (nose_y + 0.10, 0.074), (nose_y, 0.098), (nose_y - 0.2, 0.11)],
    )
    out = height * np.exp(-(np.abs(x / breadth) ** 2.2))  # bridge and tip
    out += 0.085 * bump(ax, y, 0.105 * wide, nose_y - 0.055, 0.055 * wide, 0.058)  # wings
    out -= 0.095 * bump(ax, y, face.eye_x, 0.06, 0.17, 0.10) - 0.06 * bump(
        ax, y, face.eye_x, 0, 0.12, 0.09
    )  # socket, eyeball
    out -= 0.03 * bump(ax, y, face.eye_x - 0.17, 0.02, 0.05, 0.08)
    out += face.ridge * bump(ax, y, 0.25, 0.19, 0.24, 0.06) + face.cheeks * bump(
        ax, y, 0.40, -0.20, 0.17, 0.14
    )
    out += 0.07 * bump(x, y, 0, mouth_y, 0.26, 0.17)  # the teeth behind the lips
    out += 0.038 * bump(x, y, 0, mouth_y + 0.045, mouth_width * 0.85, 0.035) + 0.052 * bump(
        x, y, 0, mouth_y - 0.06, mouth_width * 0.75, 0.04
    )
    out -= 0.03 * bump(x, y, 0, mouth_y, mouth_width * 0.75, 0.020) + 0.035 * bump(
        x, y, 0, mouth_y - 0.155, 0.16, 0.045
    )
    out += face.chin * bump(x, y, 0, -0.88, 0.17, 0.09) - 0.012 * bump(
        x, y, 0, mouth_y + 0.12, 0.03, 0.05
    )
    out += 0.02 * bump(x, y, 0, 0.45, 0.4, 0.2)  # forehead
    return np.stack([x, y, z + smoothstep(0.05, 0.5, cosine) * out], -1)


def expressions(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> dict[str, np.ndarray]:
    """The blendshapes of the bare head: displacements (..., 3) of a wide-open mouth, a broad smile and raised brows."""
    x, y = rest[..., 0], rest[..., 1]
    ax, mouth_y, mouth_width = np.abs(x), actor.face.mouth_y, actor.face.mouth_width
    front = smoothstep(0.05, 0.5, np.cos(angle))
    corner = bump(ax, y, mouth_width, mouth_y, 0.13, 0.12) * front
    outwards = np.tanh(x / 0.08)
    # The jaw takes chin and lower lip along, the upper lip hardly; between them, inside LIP_BAND, the mouth tears open.
    q = np.maximum(1 - (x / mouth_width) ** 2, 0)
    below = np.clip((mouth_y - y) / LIP_BAND, -1, 1) * 0.5 + 0.5
    lower = mix(
        0.42 + 0.52 * q,
        0.85 * np.exp(-((x / 0.55) ** 2)),
        smoothstep(mouth_y - 0.05, mouth_y - 0.22, y),
    )
    upper = (0.42 * (1 - q) - 0.06 * q) * np.exp(-(((y - mouth_y) / 0.13) ** 2))
    drop = -JAW_DROP * np.exp(-((ax / 0.52) ** 4)) * front * mix(upper, lower, below)
    mouth = np.stack(
        [
            -0.030 * corner * outwards,
            drop,
            0.30 * drop * smoothstep(mouth_y + 0.02, mouth_y - 0.2, y),
        ],
        -1,
    )
    smile = np.stack(
        [
            0.036 * corner * outwards,
            0.075 * corner + 0.030 * bump(ax, y, 0.36, -0.28, 0.16, 0.14) * front,
            -0.020 * corner + 0.035 * bump(ax, y, 0.38, -0.24, 0.13, 0.10) * front,
        ],
        -1,
    )
    brow = np.stack(
        [np.zeros_like(x), 0.075 * bump(ax, y, 0.26, 0.24, 0.30, 0.13) * front, np.zeros_like(x)],
        -1,
    )
    return {"mouth": mouth, "smile": smile, "brow": brow}


def hairline(actor: Actor, angle: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Above 0 where hair grows, as a height over the hairline."""
    head = actor.head
    top, back = head.hairline, 0.16 * head.receding
    line = profile(
        np.abs(angle),
        [
            (0, top),
            (0.45, top + back),
            (0.62, top + back - 0.02),
            (0.85, top - 0.13 + back),
            (1.1, 0.16),
            (1.25, -0.05),
            (1.42, -0.02),
            (1.7, -0.1),
            (1.9, -0.55),
            (3.3, -0.62),
        ],
        0.06,
    )
    return y - line


def hair_volume(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Displacements (..., 3) that make room for the hair: thick on top, less at the sides, lifted away from the parting."""
    head, y = actor.head, rest[..., 1]
    x = rest[..., 0]
    top = smoothstep(0.2, 0.9, y)
    away = np.abs(x - 0.28 * head.part) * 0.35
    wave = 0.10 * np.sin(5 * angle + 3 * head.part + 5 * y) * (1 - top) + 0.05 * np.sin(
        11 * x + 7 * head.part
    )
    thick = (
        head.hair_thickness
        * smoothstep(0, 0.20, hairline(actor, angle, y))
        * (0.75 + 0.55 * top + away * top + wave)
    )
    out = rest * [1 / 0.55, 0.9, 1 / 0.75]
    return out / (np.linalg.norm(out, axis=-1, keepdims=True) + 1e-6) * thick[..., None]


def _grid(kind: str, angle: np.ndarray, at: np.ndarray, follows=1.0) -> Grid:
    """A piece without hair or expressions."""
    still = np.zeros_like(at)
    return Grid(
        kind,
        angle,
        at,
        at,
        dict.fromkeys(("mouth", "smile", "brow"), still),
        np.broadcast_to(np.asarray(follows, float), angle.shape)[..., None],
    )


def _ear(actor: Actor, side: int) -> Grid:
    """A flattened ball with a rim, on the left (-1) or right (1)."""
    around, up = np.meshgrid(np.linspace(-np.pi, np.pi, 33), np.linspace(-1.5, 1.5, 23))
    wide = 1 - 0.25 * smoothstep(0.2, -1.2, up)  # narrower at the lobe
    at = np.stack(
        [
            0.065 * np.cos(up) * np.sin(around),
            0.20 * np.sin(up),
            0.125 * wide * np.cos(up) * np.cos(around) - 0.03 * np.sin(up),
        ],
        -1,
    )
    rim = smoothstep(0.55, 0.8, np.hypot(at[..., 1] / 0.2, at[..., 2] / 0.125))
    at[..., 0] += side * (0.022 * rim - 0.012)
    lean, tilt = np.radians(24 * side), np.radians(-8 * side)
    about_y = np.array(
        [[np.cos(lean), 0, np.sin(lean)], [0, 1, 0], [-np.sin(lean), 0, np.cos(lean)]]
    )
    about_z = np.array(
        [[np.cos(tilt), -np.sin(tilt), 0], [np.sin(tilt), np.cos(tilt), 0], [0, 0, 1]]
    )
    at = at @ (about_z @ about_y).T + [side * 0.705 * actor.head.width, -0.07, -0.10]
    return _grid("ear", np.full(around.shape, side * 1.5), at)


def _body(actor: Actor) -> Grid:
    """Neck and shoulders, one surface; the neck follows the head, the shoulders stay."""
    angle, y = np.meshgrid(np.linspace(-np.pi, np.pi, 91), np.linspace(-3.4, -0.5, 76))
    stout = mix(1, actor.head.jaw, 0.7)
    width = (
        profile(
            y,
            [
                (-3.4, 1.56),
                (-1.75, 1.50),
                (-1.58, 1.28),
                (-1.46, 0.86),
                (-1.33, 0.52),
                (-1.15, 0.42),
                (-0.5, 0.41),
            ],
            0.09,
        )
        * stout
    )
    depth = profile(y, [(-1.7, 0.60), (-1.45, 0.50), (-1.22, 0.39), (-0.5, 0.38)], 0.09)
    at = np.stack([width * np.sin(angle), y, depth * np.cos(angle) - 0.22], -1)
    return _grid("body", angle, at, smoothstep(-1.40, -0.8, y))


def _curtain(actor: Actor) -> Grid:
    """Long hair: a surface around the back and sides, open in front."""
    head = actor.head
    low = mix(-0.75, -1.55, head.length)
    angle, y = np.meshgrid(np.linspace(1.14, 2 * np.pi - 1.14, 131), np.linspace(low, 0.74, 70))
    width = head.width * profile(
        y, [(-1.5, 0.80), (-0.9, 0.86), (-0.3, 0.87), (0.2, 0.86), (0.5, 0.80), (0.8, 0.48)], 0.1
    )
    tips = smoothstep(low, low + 0.3, y)
    width = width * mix(0.95, 1, tips)
    locks = 1 + (
        0.030 * np.sin(angle * 9 + y * 2.5 + 5 * head.part) + 0.014 * np.sin(angle * 23 - y * 2)
    ) * smoothstep(0.7, 0.2, y)
    at = np.stack([width * locks * np.sin(angle), y, width * np.cos(angle) * locks + 0.02], -1)
    return _grid("curtain", angle, at, smoothstep(-1.7, -0.6, y))
