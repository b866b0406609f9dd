"""The skin, hair and features of an actor: painted once as a texture, in the coordinates of the head at rest.

Because paint sits on the surface it follows every expression. Only what changes with the expression in itself is painted anew for each
picture: the open part of the eyes and the inside of the mouth.
"""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from .head import JAW_DROP, LIP_BAND, Grid, bump, hairline, mix, profile, smoothstep
from .person import Actor

CHANNELS = 8
RED, OCCLUSION, GLOSS, MASK, FOLD, HAIR = slice(0, 3), 3, 4, 5, 6, 7
FINENESS = {
    "head": 6,
    "ear": 4,
    "body": 6,
    "curtain": 4,
}  # texels per mesh of a grid, along each side


def linear(colour) -> np.ndarray:
    """sRGB 0..255 -> linear light 0..1, by the power 2.2."""
    return (np.asarray(colour, np.float32) / np.float32(255)) ** np.float32(2.2)


def _noise(size: int = 512) -> np.ndarray:
    """Noise of several scales in -1..1, (size, size); it repeats without a seam."""
    rng = np.random.default_rng(1)
    total = np.zeros((size, size), np.float32)
    for cells, strength in ((8, 0.3), (32, 0.5), (128, 0.7), (512, 0.8)):
        values = rng.standard_normal((cells, cells)).astype(np.float32)
        total += strength * ndimage.zoom(
            values, size // cells, order=1, mode="grid-wrap", grid_mode=True
        )
    return total / np.abs(total).max()


NOISE = _noise()


def noise(u, v):
    """The noise at places (u, v), of which it repeats every 1."""
    return NOISE[(v * 512).astype(np.int32) & 511, (u * 512).astype(np.int32) & 511]


def refined(values: np.ndarray, times: int) -> np.ndarray:
    """A grid of values (H, W, ...) with `times` as many meshes along each side, linear between."""
    for axis in (0, 1):
        at = np.linspace(
            0, values.shape[axis] - 1, (values.shape[axis] - 1) * times + 1, dtype=np.float32
        )
        left = np.minimum(at.astype(np.int32), values.shape[axis] - 2)
        part = (at - left).reshape([-1 if k == axis else 1 for k in range(values.ndim)])
        values = mix(values.take(left, axis), values.take(left + 1, axis), part)
    return values


class Texture:
    """texels (H, W, CHANNELS) float32 of a grid; `coordinates` (h, w, 2) say where in it each vertex lies: row, column.

    Channels: linear red, green, blue; occlusion, 1 in the open; gloss; mask, 1 in the face and 0 outside; fold, which
    a smile deepens; hair, 1 where it grows.
    """

    def __init__(self, actor: Actor, grid: Grid):
        times = FINENESS[grid.kind]
        angle, rest = (
            refined(values.astype(np.float32), times) for values in (grid.angle, grid.rest)
        )
        self.texels = np.ascontiguousarray(PAINTERS[grid.kind](actor, angle, rest), np.float32)
        if grid.kind in ("head", "ear"):
            self.texels[..., OCCLUSION] *= refined(_hollows(grid).astype(np.float32), times)
        rows, columns = grid.angle.shape
        self.coordinates = np.stack(
            np.meshgrid(np.arange(rows) * times, np.arange(columns) * times, indexing="ij"), -1
        )


def normals(at: np.ndarray) -> np.ndarray:
    """Unit normals (H, W, 3) of a grid (H, W, 3): across the two directions in which the grid runs."""
    n = np.empty_like(at)
    a, b = np.gradient(at, axis=1), np.gradient(at, axis=0)
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        n[..., k] = a[..., i] * b[..., j] - a[..., j] * b[..., i]
    n /= (np.sqrt(n[..., 0] ** 2 + n[..., 1] ** 2 + n[..., 2] ** 2) + n.dtype.type(1e-9))[..., None]
    return n


def _hollows(grid: Grid) -> np.ndarray:
    """Ambient occlusion, (H, W) 0..1: where the surface around lies higher than its own plane, less light from the sky arrives."""
    n = normals(grid.rest)
    light = np.ones(grid.angle.shape)
    for reach, strength in ((2.0, 9.0), (6.0, 3.0)):
        around = ndimage.gaussian_filter(grid.rest, (reach, reach, 0), mode="nearest")
        light *= np.exp(-strength * np.maximum(((around - grid.rest) * n).sum(-1), 0))
    return np.clip(light, 0.4, 1)


def _blank(shape, colour) -> np.ndarray:
    """Texels of one colour, or of one each, in the open, with the gloss of skin."""
    texels = np.zeros((*shape, CHANNELS), np.float32)
    texels[..., RED] = colour
    texels[..., OCCLUSION] = 1
    texels[..., GLOSS] = 0.35
    return texels


def _lay(texels: np.ndarray, colour, opacity: np.ndarray) -> None:
    """Paint `colour` over, with an opacity (H, W)."""
    texels[..., RED] += (colour - texels[..., RED]) * opacity[..., None]


def _strands(along: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Streaks of hair, about -1..1, long in `along` and fine in `across`."""
    return 0.55 * noise(across * 0.9, along * 0.05 + 0.3) + 0.45 * noise(
        across * 2.3 + 0.13, along * 0.08
    )


def _skin(actor: Actor, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Texels of plain skin, and its fine noise."""
    colour = linear(actor.head.skin_colour)
    fine = noise(x * 2.1 + 0.3, y * 2.1)
    mottled = 1 + 0.05 * noise(x * 0.55 + 0.5, y * 0.55 + 0.5) + 0.04 * fine
    return _blank(x.shape, colour * mottled[..., None]), fine


def _paint_head(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    head, face = actor.head, actor.face
    x, y = rest[..., 0], rest[..., 1]
    ax = np.abs(x)
    skin = linear(head.skin_colour)
    texels, fine = _skin(actor, x, y)
    front = (np.abs(angle) < 1.5).astype(np.float32)
    mouth_y, mouth_width, nose_y, eye_x, wide = (
        face.mouth_y,
        face.mouth_width,
        face.nose_y,
        face.eye_x,
        face.nose_width,
    )

    red = (
        0.5 * bump(ax, y, 0.40, -0.26, 0.15, 0.13)
        + 0.45 * bump(x, y, 0, nose_y - 0.02, 0.12, 0.10)
        + 0.25 * bump(ax, y, 0.3, -0.1, 0.15, 0.05)
    )
    _lay(texels, skin * np.float32([1.04, 0.74, 0.70]), (0.5 + 0.35 * head.ruddy) * red * front)
    if face.freckles:
        spots = smoothstep(0.32, 0.5, noise(x * 1.3, y * 1.3 + 0.2)) * bump(
            ax, y, 0.22, -0.2, 0.28, 0.14
        )
        _lay(texels, skin * np.float32([0.7, 0.5, 0.4]), spots * front * face.freckles)
    occlusion = texels[..., OCCLUSION]
    for cx, cy, sx, sy, depth in (
        (eye_x - 0.165, 0.04, 0.045, 0.07, 0.24),
        (eye_x, 0.115, 0.17, 0.05, 0.22),
        (0.07, nose_y - 0.125, 0.10, 0.035, 0.26),
        (0, mouth_y - 0.14, 0.13, 0.035, 0.22),
        (mouth_width + 0.02, mouth_y, 0.03, 0.03, 0.16),
        (0.14 * wide, nose_y - 0.06, 0.03, 0.06, 0.24),
        (eye_x, -0.105, 0.14, 0.03, 0.10 + 0.22 * face.lines),
    ):
        occlusion *= 1 - depth * front * bump(ax, y, cx, cy, sx, sy)
    _paint_lines(texels, actor, ax, y, front)
    nostril = bump(ax, y, 0.062 * wide, nose_y - 0.098, 0.036 * wide, 0.017) * front
    _lay(texels, skin * np.float32(0.06), np.clip(1.25 * nostril, 0, 0.85))
    texels[..., GLOSS] *= 1 - np.clip(2 * nostril, 0, 1)
    _paint_beard(texels, actor, angle, ax, y, fine)
    _paint_lips(texels, actor, x, y, front, fine)
    _paint_brows(texels, actor, x, y, front)

    grows = hairline(actor, angle, y)
    streaks = _strands(y + 0.3 * ax, angle * 0.8 + 0.12 * np.sin(y * 5) + head.part)
    bare = head.hair_thickness < 0.03
    hair = smoothstep(-0.01, 0.06, grows + 0.03 * fine + 0.045 * streaks)
    colour = linear(head.hair) * np.maximum(1 + 0.75 * streaks, 0.25)[..., None]
    if bare:  # shaven: skin shows through
        colour, hair_opacity = (
            mix(skin, linear(head.hair), 0.55) * (1 + 0.15 * fine)[..., None],
            hair * 0.6,
        )
    else:
        hair_opacity = hair
        occlusion *= 1 - 0.26 * np.exp(-(((grows + 0.035) / 0.05) ** 2)) * (grows < 0)
    _lay(texels, colour, hair_opacity)
    texels[..., GLOSS] = mix(
        texels[..., GLOSS], 0.4 if bare else 0.40 + 0.45 * np.maximum(streaks, 0), hair
    )
    texels[..., HAIR] = hair * (not bare)
    oval = smoothstep(0.98, 0.84, np.hypot(x / (0.66 * head.width), (y + 0.17) / 0.80))
    texels[..., MASK] = oval * front * (1 - hair)
    return texels


def _paint_lines(texels, actor: Actor, ax, y, front) -> None:
    """The fold from nose to mouth, and with age lines on the forehead and around the eyes."""
    face = actor.face
    edge = mix(0.16, face.mouth_width + 0.075, smoothstep(face.nose_y, face.mouth_y - 0.02, y))
    fold = np.exp(-(((ax - edge) / 0.022) ** 2)) * smoothstep(
        face.nose_y + 0.03, face.nose_y - 0.06, y
    )
    fold = fold * smoothstep(face.mouth_y - 0.1, face.mouth_y + 0.02, y)
    texels[..., FOLD] = fold * front
    texels[..., OCCLUSION] *= 1 - front * fold * 0.25 * face.lines
    lined = sum(
        np.exp(-(((y - at - 0.02 * np.cos(7 * ax)) / 0.008) ** 2)) for at in (0.36, 0.42, 0.49)
    ) * smoothstep(0.34, 0.2, ax)
    for slope in (-0.5, 0.0, 0.5):  # crow's feet
        lined = lined + np.exp(
            -(((y - 0.01 - slope * (ax - face.eye_x - 0.12)) / 0.007) ** 2)
        ) * bump(ax, y, face.eye_x + 0.21, 0.01, 0.05, 0.09)
    texels[..., OCCLUSION] *= 1 - 0.30 * face.lines * np.clip(lined, 0, 1) * front


def _paint_beard(texels, actor: Actor, angle, ax, y, fine) -> None:
    """Cheeks and chin, the upper lip, and what joins them beside the mouth."""
    face, mouth_y, mouth_width = actor.face, actor.face.mouth_y, actor.face.mouth_width
    if not (face.beard or face.moustache):
        return
    edge = profile(
        ax,
        [
            (0, mouth_y - 0.10),
            (mouth_width * 0.8, mouth_y - 0.08),
            (mouth_width + 0.06, mouth_y - 0.02),
            (0.40, -0.47),
            (0.56, -0.32),
            (0.66, -0.05),
            (0.8, 0.1),
        ],
    )
    cheeks = smoothstep(-0.03, 0.10, edge - y + 0.03 * fine) * face.beard * (np.abs(angle) < 1.75)
    lip = np.hypot(
        ax / (mouth_width + 0.06), (y - (mouth_y + 0.085 - 0.35 * np.clip(ax - 0.1, 0, 1))) / 0.062
    )
    upper = smoothstep(1.0, 0.55, lip + 0.1 * fine) * face.moustache * (np.abs(angle) < 1.5)
    sides = (
        smoothstep(0.06, 0, np.abs(ax - (mouth_width + 0.055)))
        * smoothstep(mouth_y + 0.06, mouth_y, y)
        * smoothstep(mouth_y - 0.2, mouth_y - 0.1, y)
    )
    opacity = np.maximum(np.maximum(cheeks, upper), sides * face.moustache)
    grain = noise(ax * 1.7, y * 0.9)
    opacity = np.clip(opacity * (0.78 + 0.4 * grain), 0, 1)
    _lay(texels, linear(face.hair) * np.maximum(1.1 + 0.5 * grain, 0.3)[..., None], opacity)
    texels[..., GLOSS] *= 1 - 0.8 * opacity


def _paint_lips(texels, actor: Actor, x, y, front, fine) -> None:
    """The red of the lips, with Cupid's bow, and the line where they meet."""
    face, mouth_y, mouth_width = actor.face, actor.face.mouth_y, actor.face.mouth_width
    ax = np.abs(x)
    q = np.clip(1 - (x / mouth_width) ** 2, 0, 1)
    bow = 1 - 0.22 * np.exp(-((x / 0.035) ** 2)) + 0.08 * np.exp(-(((ax - 0.06) / 0.035) ** 2))
    above, below = mouth_y + face.lip_upper * bow * q**0.65, mouth_y - face.lip_lower * q**0.6
    lips = (
        smoothstep(-0.014, 0.010, above - y)
        * smoothstep(-0.014, 0.010, y - below)
        * (ax < mouth_width * 1.03)
        * front
    )
    tint = linear(actor.head.skin_colour) * np.float32(
        [0.80, 0.48 - 0.17 * face.lip_red, 0.56 - 0.15 * face.lip_red]
    )
    lit = mix(0.78, 1.08, smoothstep(mouth_y + 0.02, mouth_y - 0.03, y))
    _lay(texels, tint * ((1 + 0.12 * fine) * lit)[..., None], 0.85 * lips)
    texels[..., GLOSS] += 0.25 * lips * smoothstep(mouth_y, mouth_y - 0.04, y)
    parting = (
        np.exp(-(((y - mouth_y) / 0.010) ** 2)) * smoothstep(1.08, 0.9, ax / mouth_width) * front
    )
    texels[..., OCCLUSION] *= 1 - 0.75 * parting


def _paint_brows(texels, actor: Actor, x, y, front) -> None:
    """Brows that thin out and lighten outwards."""
    face = actor.face
    along = (np.abs(x) - (face.eye_x - 0.17)) / 0.36
    middle = (
        face.brow_height
        + face.brow_arch * (np.sin(np.clip(along, 0, 1.15) * 2.3) - 0.35)
        - 0.02 * along
    )
    thick = (
        face.brow_thickness
        * mix(1.0, 0.45, smoothstep(0.3, 1, along))
        * smoothstep(-0.12, 0.12, along)
    )
    hairs = 0.45 * noise(x * 2.5 + np.sign(x) * y * 1.4, y * 0.6)
    opacity = (
        smoothstep(1.55, 0.45, np.abs(y - middle) / (thick + 1e-4) + hairs)
        * smoothstep(-0.06, 0.10, along)
        * smoothstep(1.05, 0.80, along)
    )
    opacity = opacity * front * face.brow_darkness
    _lay(
        texels,
        mix(linear(face.hair), linear(actor.head.skin_colour) * np.float32(0.2), 0.25)
        * np.float32(0.8),
        opacity,
    )
    texels[..., GLOSS] *= 1 - opacity


def _paint_ear(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    y, z = rest[..., 1], rest[..., 2]
    texels, _ = _skin(actor, z, y)
    _lay(
        texels,
        linear(actor.head.skin_colour) * np.float32([1.02, 0.70, 0.66]),
        np.full(angle.shape, 0.35, np.float32),
    )
    shell = np.hypot((z + 0.10) / 0.085, (y + 0.03) / 0.13)
    texels[..., OCCLUSION] *= 1 - 0.5 * np.exp(-(((shell - 0.55) / 0.30) ** 2)) * smoothstep(
        1.15, 0.9, shell
    )
    return texels


def _paint_body(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    x, y = rest[..., 0], rest[..., 1]
    texels, _ = _skin(actor, x, y)
    texels[..., OCCLUSION] *= mix(0.55, 1, smoothstep(-0.80, -1.15, y))  # in the shade of the chin
    collar = y + 0.10 * np.cos(angle) + 1.30
    cloth = smoothstep(0.0, -0.03, collar)
    _lay(texels, linear(actor.head.shirt) * (1 + 0.14 * noise(x * 3, y * 3))[..., None], cloth)
    texels[..., OCCLUSION] *= 1 - 0.35 * np.exp(-(((collar + 0.005) / 0.02) ** 2))
    texels[..., GLOSS] *= 1 - 0.9 * cloth
    return texels


def _paint_curtain(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    y = rest[..., 1]
    streaks = _strands(y, angle * 0.8 + 0.05 * np.sin(y * 4))
    texels = _blank(
        angle.shape, linear(actor.head.hair) * np.maximum(1 + 0.75 * streaks, 0.25)[..., None]
    )
    texels[..., GLOSS] = 0.40 + 0.45 * np.maximum(streaks, 0)
    texels[..., HAIR] = 1
    return texels


PAINTERS = {"head": _paint_head, "ear": _paint_ear, "body": _paint_body, "curtain": _paint_curtain}


def paint_eyes(actor: Actor, moment, x, y, colour, occlusion, gloss, flat) -> None:
    """Lids, white, iris and lashes of one instant, painted into samples at (x, y) of the head at rest.

    colour (S, 3), occlusion, gloss and flat (S,) are changed; flat is 1 where a sample is not shaded by the skin's normal.
    """
    face, ax, side = actor.face, np.abs(x), np.sign(x)
    dx = ax - face.eye_x
    v = dx / face.eye_width
    inside = np.abs(v) < 1
    dy = y - face.eye_tilt * v
    q = np.clip(1 - v * v, 0, 1)
    blink = float(np.clip(moment.blink, 0, 1))
    openness = (1 - blink) * (1 + 0.12 * moment.brow - 0.18 * moment.smile + 0.10 * moment.gaze_y)
    top = face.eye_height * q**0.62 * (1 + 0.12 * v)
    bottom = -0.60 * face.eye_height * q**0.75 * mix(1, 0.35, blink)
    lid = mix(bottom, top, np.clip(openness, 0, 1.15))
    opening = smoothstep(-0.006, 0.006, lid - dy) * smoothstep(-0.006, 0.006, dy - bottom) * inside
    skin = linear(actor.head.skin_colour)

    ix, iy = dx - side * 0.055 * moment.gaze_x, dy - 0.030 * moment.gaze_y - 0.004
    r = np.hypot(ix, iy)
    white = linear((228, 222, 217)) * (1 - 0.40 * np.abs(v) ** 3)[:, None]
    white = mix(white, linear((206, 130, 120)), (0.5 * smoothstep(0.78, 1, -v))[:, None])
    rays = (
        0.75 + 0.8 * smoothstep(0.025, 0.06, r) + 0.35 * noise(np.arctan2(iy, ix) * 0.35, r * 0.5)
    )
    iris = linear(face.iris) * rays[:, None]
    iris = mix(iris, iris * 0.15, smoothstep(0.052, 0.070, r)[:, None])
    iris = mix(iris, 0.006, smoothstep(0.034, 0.026, r)[:, None])
    eye = mix(white, iris, smoothstep(0.074, 0.064, r)[:, None])
    eye *= mix(0.45, 1, smoothstep(0, 0.055, lid - dy))[:, None]  # the upper lid's shade
    glint = smoothstep(
        0.019,
        0.010,
        np.hypot(ix - 0.028 * side * moment.light[0] - 0.006, iy - 0.022 - 0.012 * moment.light[1]),
    )
    eye = mix(eye, 0.95, (0.95 * glint)[:, None])
    crease = (
        np.exp(-(((dy - mix(lid, top, 0.75) - 0.036 - 0.01 * moment.brow) / 0.010) ** 2))
        * smoothstep(1.15, 0.8, np.abs(v))
        * mix(1, 0.4, blink)
    )
    occlusion *= (1 - mix(0.40, 0.15, blink) * crease) * (
        1 - 0.30 * blink * bump(dx, dy, 0, 0.012, 0.13, 0.055)
    )
    colour += (eye - colour) * opening[:, None]
    np.maximum(flat, 0.85 * opening, out=flat)
    gloss *= 1 - opening
    occlusion += (np.minimum(1, occlusion + 0.25) - occlusion) * opening
    lashes = np.exp(
        -(((dy - lid - 0.004) / (mix(0.009, 0.015, smoothstep(-1, 1, v)) * (1 + 0.5 * blink))) ** 2)
    ) * smoothstep(1.08, 0.92, np.abs(v))
    colour += (linear((30, 20, 18)) * 0.5 - colour) * (0.9 * lashes)[:, None]
    lower = np.exp(-(((dy - bottom + 0.003) / 0.007) ** 2)) * smoothstep(1.0, 0.8, np.abs(v))
    colour += (skin * np.float32([0.45, 0.3, 0.28]) - colour) * (0.42 * lower)[:, None]


def paint_mouth(actor: Actor, moment, x, y, colour, occlusion, gloss, flat) -> None:
    """Teeth, tongue and the dark between open lips, painted into samples at (x, y) of the head at rest, as `paint_eyes`."""
    face, ax = actor.face, np.abs(x)
    wide = ax / face.mouth_width
    gap = JAW_DROP * moment.mouth * np.clip(1 - wide**2, 0, 1)
    t = (y - face.mouth_y) / LIP_BAND
    inside = smoothstep(1.05, 0.85, np.abs(t)) * smoothstep(0.004, 0.022, gap)
    under = (1 - t) * 0.5 * gap  # how far below the upper lip
    deep = np.broadcast_to(linear((70, 22, 24)) * np.float32(0.55), colour.shape)
    seams = 0.10 * np.exp(-(((ax % 0.052 - 0.001) / 0.006) ** 2)) + 0.35 * smoothstep(
        0.03, 0, under
    )
    teeth = (
        linear((226, 219, 204)) * ((1 - seams) * mix(1, 0.35, smoothstep(0.4, 1, wide)))[:, None]
    )
    edge = 0.052 + 0.02 * moment.smile
    mouth = mix(
        deep,
        teeth,
        (smoothstep(0.006, -0.006, under - edge) * smoothstep(0.98, 0.80, wide))[:, None],
    )
    tongue = (
        smoothstep(0.55, 0.9, under / (gap + 1e-3))
        * smoothstep(0.10, 0.17, gap)
        * smoothstep(0.9, 0.5, wide)
    )
    mouth = mix(mouth, linear((150, 62, 62)) * np.float32(0.7), tongue[:, None])
    colour += (mouth - colour) * inside[:, None]
    np.maximum(flat, inside, out=flat)
    occlusion += (0.85 - occlusion) * inside
    gloss *= 1 - 0.6 * inside
