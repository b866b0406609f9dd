"""The eyes of one instant: lids, white, iris and lashes. Half heads; by eye.

Both eyes are painted at once, by the distance from the middle line of the face.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..curves import bump, gaussian, mix, smoothstep
from ..performance import Moment
from ..person import Actor, FaceTraits
from .noise import noise
from .samples import Samples
from .texels import linear, paint_over


@dataclass(frozen=True, eq=False)
class _Lids:
    """Where samples lie relative to the eye and its lids, (S,) each."""

    side: np.ndarray  # -1 the left eye of the picture, 1 the right
    dx: np.ndarray  # from the middle of the eye outwards
    dy: np.ndarray  # up
    along: np.ndarray  # -1 the inner corner .. 1 the outer corner
    top: np.ndarray  # edge of the upper lid when the eye is open
    upper: np.ndarray  # edge of the upper lid now
    lower: np.ndarray  # edge of the lower lid
    blink: float  # 0..1


def paint_eyes(actor: Actor, moment: Moment, samples: Samples) -> None:
    """Paint the eyes into the samples around them."""
    lids = _place_lids(actor.face, moment, samples)
    _paint_creases(moment, lids, samples)
    opening = (
        smoothstep(-0.006, 0.006, lids.upper - lids.dy)
        * smoothstep(-0.006, 0.006, lids.dy - lids.lower)
        * (np.abs(lids.along) < 1)
    )
    paint_over(samples.rgb, _eyeball_colour(actor.face, moment, lids), opening)
    np.maximum(samples.unshaded, 0.85 * opening, out=samples.unshaded)
    samples.specular *= 1 - opening
    brighter = np.minimum(1, samples.occlusion + 0.25)
    samples.occlusion += (brighter - samples.occlusion) * opening
    _paint_lashes(actor, lids, samples)


def _place_lids(face: FaceTraits, moment: Moment, samples: Samples) -> _Lids:
    dx = np.abs(samples.x) - face.eye_x
    along = dx / face.eye_width
    dy = samples.y - face.eye_tilt * along
    middle = np.clip(1 - along * along, 0, 1)  # 1 in the middle of the eye, 0 at its corners
    blink = float(np.clip(moment.blink, 0, 1))
    openness = (1 - blink) * (1 + 0.12 * moment.brow - 0.18 * moment.smile + 0.10 * moment.gaze_y)
    top = face.eye_height * middle**0.62 * (1 + 0.12 * along)
    lower = -0.60 * face.eye_height * middle**0.75 * mix(1, 0.35, blink)
    upper = mix(lower, top, np.clip(openness, 0, 1.15))
    return _Lids(np.sign(samples.x), dx, dy, along, top, upper, lower, blink)


def _paint_creases(moment: Moment, lids: _Lids, samples: Samples) -> None:
    """The fold above the eye, and the shade of a closed lid."""
    above = lids.dy - mix(lids.upper, lids.top, 0.75) - 0.036 - 0.01 * moment.brow
    crease = (
        gaussian(above, 0.010) * smoothstep(1.15, 0.8, np.abs(lids.along)) * mix(1, 0.4, lids.blink)
    )
    closed_lid = 0.30 * lids.blink * bump(lids.dx, lids.dy, 0, 0.012, 0.13, 0.055)
    samples.occlusion *= (1 - mix(0.40, 0.15, lids.blink) * crease) * (1 - closed_lid)


def _eyeball_colour(face: FaceTraits, moment: Moment, lids: _Lids) -> np.ndarray:
    """White, iris and pupil with the shade of the upper lid and the glint of the lamp, (S, 3)."""
    along, side = lids.along, lids.side
    x = lids.dx - side * 0.055 * moment.gaze_x  # from the middle of the pupil
    y = lids.dy - 0.030 * moment.gaze_y - 0.004
    radius = np.hypot(x, y)
    white = linear((228, 222, 217)) * (1 - 0.40 * np.abs(along) ** 3)[:, None]
    tear_duct = 0.5 * smoothstep(0.78, 1, -along)
    white = mix(white, linear((206, 130, 120)), tear_duct[:, None])
    iris = _iris_colour(face, x, y, radius)
    eye = mix(white, iris, smoothstep(0.074, 0.064, radius)[:, None])
    eye *= mix(0.45, 1, smoothstep(0, 0.055, lids.upper - lids.dy))[:, None]
    glint_x = x - 0.028 * side * moment.light[0] - 0.006
    glint_y = y - 0.022 - 0.012 * moment.light[1]
    glint = smoothstep(0.019, 0.010, np.hypot(glint_x, glint_y))
    return mix(eye, 0.95, (0.95 * glint)[:, None])


def _iris_colour(face: FaceTraits, x: np.ndarray, y: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Rays, darker towards the pupil and at the outer ring; the pupil is nearly black, (S, 3)."""
    rays = (
        0.75
        + 0.8 * smoothstep(0.025, 0.06, radius)
        + 0.35 * noise(np.arctan2(y, x) * 0.35, radius * 0.5)
    )
    iris = linear(face.iris) * rays[:, None]
    iris = mix(iris, iris * 0.15, smoothstep(0.052, 0.070, radius)[:, None])
    return mix(iris, 0.006, smoothstep(0.034, 0.026, radius)[:, None])


def _paint_lashes(actor: Actor, lids: _Lids, samples: Samples) -> None:
    """Dark lashes on the upper lid, longer outwards, and a faint line on the lower one."""
    width = mix(0.009, 0.015, smoothstep(-1, 1, lids.along)) * (1 + 0.5 * lids.blink)
    upper = gaussian(lids.dy - lids.upper - 0.004, width)
    upper = upper * smoothstep(1.08, 0.92, np.abs(lids.along))
    paint_over(samples.rgb, linear((30, 20, 18)) * 0.5, 0.9 * upper)
    lower = gaussian(lids.dy - lids.lower + 0.003, 0.007)
    lower = lower * smoothstep(1.0, 0.8, np.abs(lids.along))
    brown = linear(actor.head.skin_colour) * np.float32([0.45, 0.3, 0.28])
    paint_over(samples.rgb, brown, 0.42 * lower)
