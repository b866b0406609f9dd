"""Folds of the skin that an expression deepens, and the lines that age leaves in their place.

A texel belongs to one fold only, the deepest there; FOLD_KIND says to which. How deep each kind is
at a moment follows from the expression. Half heads; by eye.
"""

from __future__ import annotations

import numpy as np

from ..curves import bump, gaussian, mix, smoothstep
from ..performance import Moment
from ..person import Actor
from .noise import noise
from .samples import Samples
from .surface import HeadSurface
from .texels import Channel

# The kinds, by index: left and right are those of the picture.
SMILE_LEFT, SMILE_RIGHT, FOREHEAD, WORRY, FROWN, CROW_LEFT, CROW_RIGHT, CORNERS, CHIN = range(9)
FOLD_HEIGHT = 0.007  # half heads: relief of a full fold
LEAST_FOLD = 0.02  # a fainter fold does not show
FOLD_SHADE = 0.42  # of ambient light that a full fold keeps out


def paint_folds(texels: np.ndarray, actor: Actor, surface: HeadSurface) -> np.ndarray:
    """Paint what age has left of the folds; returns the height (H, W) of the full ones."""
    depths = _draw_folds(actor, surface)
    kind = np.argmax(depths, 0)
    depth = np.take_along_axis(depths, kind[None], 0)[0] * surface.front
    texels[..., Channel.FOLD] = depth
    texels[..., Channel.FOLD_KIND] = kind
    age = actor.face.lines
    kept = np.float32([0.35, 0.35, 0.50, 0.15, 0.40, 0.45, 0.45, 0.40, 0.05])[kind] * age * depth
    texels[..., Channel.OCCLUSION] *= 1 - 0.65 * kept
    height = -FOLD_HEIGHT * depth
    surface.height[...] += kept * height
    return height


def fold_strengths(actor: Actor, moment: Moment) -> np.ndarray:
    """How deep each kind of fold is at a moment, (kinds,) float32, about 0..1."""
    smile = moment.smile
    crow = 0.75 * moment.squint + 0.55 * smile
    worry, anger = max(moment.inner_brow, 0), max(-moment.inner_brow, 0)
    strengths = np.zeros(9)
    strengths[[SMILE_LEFT, SMILE_RIGHT]] = 0.12 + 0.9 * np.array(moment.sides(smile))
    strengths[[SMILE_LEFT, SMILE_RIGHT]] += 0.2 * moment.squint - 0.1 * moment.puff
    strengths[FOREHEAD] = 0.8 * moment.brow + 0.2 * worry
    strengths[WORRY] = 0.9 * worry
    strengths[FROWN] = 0.9 * anger + 0.15 * moment.squint
    strengths[[CROW_LEFT, CROW_RIGHT]] = crow
    strengths[[CROW_LEFT, CROW_RIGHT]] += [max(-moment.wink, 0), max(moment.wink, 0)]
    strengths[CORNERS] = 0.6 * moment.frown + 0.3 * moment.press + 0.2 * smile
    strengths[CHIN] = 0.7 * moment.frown + 0.4 * moment.press + 0.5 * moment.pucker
    complexion = actor.face.complexion
    return (np.clip(strengths, 0, 1.2) * (0.35 + 0.75 * complexion.folds)).astype(np.float32)


def deepen_folds(actor: Actor, moment: Moment, texels: np.ndarray, samples: Samples) -> None:
    """Deepen the folds of samples as the expression does, in place; texels (S, Channel.COUNT)."""
    folded = np.flatnonzero(texels[:, Channel.FOLD] > LEAST_FOLD)
    part = texels[folded]
    strength = fold_strengths(actor, moment)[part[:, Channel.FOLD_KIND].astype(np.intp)]
    samples.occlusion[folded] *= 1 - FOLD_SHADE * strength * part[:, Channel.FOLD]
    samples.relief[folded] += strength[:, None] * part[:, Channel.FOLD_RELIEF]


def _draw_folds(actor: Actor, surface: HeadSurface) -> np.ndarray:
    """How deep each kind is where, (kinds, H, W) 0..1."""
    depths = np.zeros((9, *surface.x.shape), np.float32)
    for kinds, low, high, draw in (
        ((SMILE_LEFT, SMILE_RIGHT), -0.8, -0.2, _smile_fold),
        ((FOREHEAD, WORRY), 0.27, 0.62, _forehead_lines),
        ((FROWN,), 0.0, 0.42, _frown_lines),
        ((CROW_LEFT, CROW_RIGHT), -0.25, 0.25, _crows_feet),
        ((CORNERS,), -0.9, -0.5, _mouth_corners),
        ((CHIN,), -1.0, -0.6, _chin),
    ):
        rows = surface.rows_between(low, high)
        part = surface.part(rows)
        depth = np.clip(draw(actor, part), 0, 1)
        if kinds == (FOREHEAD, WORRY):
            share = smoothstep(0.20, 0.08, part.ax)
            depths[FOREHEAD, rows], depths[WORRY, rows] = depth * (1 - 0.5 * share), depth * share
        elif len(kinds) == 2:
            left = part.x < 0
            depths[kinds[0], rows], depths[kinds[1], rows] = depth * left, depth * ~left
        else:
            depths[kinds[0], rows] = depth
    return depths


def _frown_lines(actor: Actor, surface: HeadSurface) -> np.ndarray:
    """Between the brows."""
    ax = surface.ax
    lines = gaussian(ax - 0.055, 0.014) + 0.6 * gaussian(surface.x - 0.012, 0.012)
    return lines * bump(ax, surface.y, 0, actor.face.brow_height - 0.02, 0.2, 0.085)


def _mouth_corners(actor: Actor, surface: HeadSurface) -> np.ndarray:
    """From the corners of the mouth down."""
    face, ax, y = actor.face, surface.ax, surface.y
    line = gaussian(ax - face.mouth_width - 0.035 - 0.25 * (face.mouth_y - y), 0.024)
    return line * bump(ax, y, face.mouth_width, face.mouth_y - 0.07, 0.12, 0.07)


def _chin(actor: Actor, surface: HeadSurface) -> np.ndarray:
    """Dimples of a tense chin."""
    dimples = np.clip(0.5 + 1.6 * noise(surface.x * 0.5, surface.y * 0.5 + 0.3), 0, 1)
    return dimples * bump(surface.ax, surface.y, 0, -0.80, 0.13, 0.075)


def _smile_fold(actor: Actor, surface: HeadSurface) -> np.ndarray:
    """0..1 along the nasolabial fold, from the wing of the nose to beside the mouth."""
    face, y = actor.face, surface.y
    edge = mix(0.16, face.mouth_width + 0.075, smoothstep(face.nose_y, face.mouth_y - 0.02, y))
    # Steep towards the mouth, soft towards the cheek.
    offset = surface.ax - edge
    fold = gaussian(offset, np.where(offset > 0, np.float32(0.034), np.float32(0.018)))
    fold = fold * smoothstep(face.nose_y + 0.03, face.nose_y - 0.06, y)
    return fold * smoothstep(face.mouth_y - 0.1, face.mouth_y + 0.02, y)


def _forehead_lines(actor: Actor, surface: HeadSurface) -> np.ndarray:
    """Three or four lines across the forehead, broken and wavy."""
    ax, y, pattern = surface.ax, surface.y, actor.face.complexion.pattern
    wave = 0.02 * np.cos(7 * ax) + 0.012 * np.sin(11 * surface.x + 40 * pattern)
    spacing = 0.055 + 0.02 * pattern
    lines = sum(
        gaussian(y - 0.35 - spacing * k - (0.7 + 0.2 * k) * wave, 0.010) * (1 - 0.12 * k)
        for k in range(4)
    )
    broken = np.clip(0.8 + 0.9 * noise(surface.x * 0.3 + pattern, y * 1.5), 0.25, 1)
    return lines * broken * smoothstep(0.42, 0.22, ax) * (y < 0.6)


def _crows_feet(actor: Actor, surface: HeadSurface) -> np.ndarray:
    """Four lines that fan out from the outer corner of the eye, and one below it."""
    ax, y, eye = surface.ax, surface.y, actor.face
    corner = eye.eye_x + eye.eye_width
    beside_eye = bump(ax, y, corner + 0.075, -0.005, 0.055, 0.095)
    feet = 0
    for k, slope in enumerate((-0.75, -0.30, 0.15, 0.55)):
        bend = 0.8 * (ax - corner) ** 2 * (1 if k > 1 else -1)
        feet = feet + gaussian(y - 0.008 - slope * (ax - corner) - bend, 0.008)
    below = gaussian(y + 0.095 - 0.5 * (ax - eye.eye_x) ** 2, 0.012)
    return feet * beside_eye + 0.5 * below * smoothstep(0.17, 0.08, np.abs(ax - eye.eye_x))
