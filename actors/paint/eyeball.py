"""The open part of the eyes: white, iris, pupil and what they mirror. Half heads; by eye."""

from __future__ import annotations

import numpy as np

from ..curves import gaussian, mix, smoothstep
from ..performance import Moment
from ..person import FaceTraits
from ..pose import head_rotation
from .lids import IRIS_TRAVEL_X, IRIS_TRAVEL_Y, Lids, iris_height
from .noise import noise
from .texels import linear

EYEBALL_RADIUS = 0.125  # half heads
CONVERGENCE = 0.006  # half heads: how far inwards both irises lie
CORNEA_RADIUS = 0.075  # half heads: of the bulge in front of the iris, which mirrors the lamp


def eyeball_colour(face: FaceTraits, moment: Moment, lids: Lids) -> np.ndarray:
    """White, iris and pupil with the shade of the lids and the glints of the lamp, (S, 3)."""
    gaze_x = IRIS_TRAVEL_X * float(np.clip(moment.gaze_x, -1.2, 1.2))
    gaze_y = IRIS_TRAVEL_Y * float(np.clip(moment.gaze_y, -1.2, 1.2)) + iris_height(face)
    # From the middle of the pupil, to the right; two eyes that look at the camera converge.
    x = lids.side * (lids.dx + CONVERGENCE) - gaze_x
    y = lids.dy - gaze_y
    # An iris that looks aside is seen as an ellipse.
    wide = x / np.sqrt(1 - min((gaze_x / EYEBALL_RADIUS) ** 2, 0.6))
    radius = np.hypot(wide, y) / face.complexion.iris_radius
    eye = _white(face, lids)
    limbus = smoothstep(1.10, 0.92, radius)
    eye = mix(eye, _iris_colour(face, wide, y, radius), limbus[:, None])
    eye *= _shade(lids, limbus)[:, None]
    mirrored = _glints(moment, x, y, lids) + _tear_film(lids)
    return mix(eye, 1.0, np.clip(mirrored, 0, 1)[:, None])


def _white(face: FaceTraits, lids: Lids) -> np.ndarray:
    """Not quite white: redder and darker towards the corners, with the tear duct inside."""
    edge = np.abs(lids.along) ** 3
    bloodshot = face.complexion.bloodshot
    veins = np.clip(noise(lids.along * 0.22 + 0.1 * lids.side, lids.dy * 1.6), 0, 1)
    red = np.clip(0.10 * edge + bloodshot * (0.10 + 0.35 * edge + 0.5 * veins * edge), 0, 1)
    white = linear((208, 202, 193)) * (1 - 0.30 * edge)[:, None]
    white = mix(white, linear((212, 142, 132)), red[:, None])
    duct = smoothstep(0.74, 0.90, -lids.along)
    return mix(white, linear((206, 128, 118)), (0.75 * duct)[:, None])


def _iris_colour(face: FaceTraits, x: np.ndarray, y: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Rays, a ring of another colour inside, a dark one outside, and a nearly black pupil."""
    complexion = face.complexion
    turn = np.arctan2(y, x)
    rays = noise(turn * 0.35 + complexion.pattern, radius * 0.03)
    fleck = noise(turn * 0.16, radius * 0.10 + complexion.pattern)
    light = 0.78 + 0.60 * rays + 0.4 * fleck + 0.35 * smoothstep(0.35, 0.75, radius)
    # Light falls through the cornea onto the lower half of the iris.
    light = light * (1.05 - 0.35 * y / complexion.iris_radius)
    colour = linear(face.iris)
    inner = smoothstep(0.80, 0.45, radius + 0.12 * rays) * complexion.inner_iris_strength
    inner = inner * 0.6 * min(1.0, 4 * float(colour.max()))
    iris = mix(colour, linear(complexion.inner_iris), inner[:, None]) * light[:, None]
    iris = mix(iris, iris * 0.22, smoothstep(0.80, 1.02, radius)[:, None])
    pupil = smoothstep(complexion.pupil + 0.07, complexion.pupil - 0.05, radius)
    return mix(iris, 0.005, pupil[:, None])


def _shade(lids: Lids, limbus: np.ndarray) -> np.ndarray:
    """The upper lid and its lashes throw a shadow; the ball turns away from the light."""
    under_lid = mix(0.36, 1, smoothstep(-0.002, 0.056, lids.upper - lids.dy))
    ball = 1 - 0.30 * np.clip((lids.dx**2 + 1.6 * lids.dy**2) / EYEBALL_RADIUS**2, 0, 1.2)
    above_lower = mix(0.85, 1, smoothstep(0, 0.020, lids.dy - lids.lower))
    return under_lid * mix(ball, 1, limbus) * above_lower


def _glints(moment: Moment, x: np.ndarray, y: np.ndarray, lids: Lids) -> np.ndarray:
    """The lamp in the cornea, sharp or soft as it is, and a faint second light opposite, (S,)."""
    turn = head_rotation(moment).T
    lamp, camera = turn @ np.array(moment.light, float), turn @ np.array([0.0, 0.0, 1.0])
    half = (lamp + camera) / (np.linalg.norm(lamp + camera) + 1e-9)
    size = 0.0105 + 0.010 * float(moment.lamp_size)
    if lamp[2] < -0.2:
        return np.zeros_like(x)
    gaze = IRIS_TRAVEL_X * float(moment.gaze_x), IRIS_TRAVEL_Y * float(moment.gaze_y)
    # The cornea turns with the gaze, the lamp does not: the glint lags behind the pupil.
    away_x = x - CORNEA_RADIUS * float(half[0]) + 0.45 * gaze[0]
    away_y = y - CORNEA_RADIUS * float(half[1]) + 0.45 * gaze[1]
    distance = (np.abs(away_x / size) ** 3 + np.abs(away_y / (1.15 * size)) ** 3) ** (1 / 3)
    lamp_glint = 0.95 * smoothstep(1.15, 0.70, distance)
    away_x, away_y = x + CORNEA_RADIUS * 0.45, y + CORNEA_RADIUS * 0.35
    second = 0.09 * smoothstep(1.2, 0.5, np.hypot(away_x, 0.7 * away_y) / 0.016)
    shadow = smoothstep(-0.004, 0.014, lids.upper - lids.dy)
    return (lamp_glint + second) * shadow


def _tear_film(lids: Lids) -> np.ndarray:
    """A line of light in the tears along the lower lid, and in the inner corner, (S,)."""
    line = gaussian(lids.dy - lids.lower - 0.007, 0.004) * smoothstep(0.95, 0.4, np.abs(lids.along))
    duct = gaussian(lids.along + 0.84, 0.05) * gaussian(lids.dy - lids.lower - 0.014, 0.006)
    return 0.22 * line + 0.30 * duct
