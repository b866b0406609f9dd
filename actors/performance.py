"""What an actor does: a smooth random path of pose, expression, gaze, light and camera.

Each quantity is band-limited noise: random values at evenly spaced knots with a cubic spline
through them. A seed fixes the whole performance, and any actor can play it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from .camera import CAMERA_DISTANCE

PERFORMANCE_STREAM = 0x9E4F  # keeps these random numbers apart from those of actors

# How each quantity wanders: seconds between knots, least value, greatest value. By eye.
PATHS = {
    "yaw": (1.4, -26, 26),
    "pitch": (1.5, -12, 12),
    "roll": (1.9, -10, 10),
    "smile": (1.5, -0.5, 1),
    "brow": (1.2, -0.3, 1),
    "gaze_x": (0.7, -1, 1),
    "gaze_y": (0.9, -0.8, 0.8),
    "talking": (1.6, -0.2, 1.0),  # how wide the mouth opens while talking; below 0: silent
    "syllables": (0.14, 0, 1),  # opens and closes the mouth while talking
    "light_x": (4, -0.55, 0.55),
    "light_y": (5, 0.2, 0.6),
    "ambient": (5, 0.26, 0.36),
    "shift_x": (2.2, -0.25, 0.25),
    "shift_y": (2.6, -0.1, 0.1),
    "zoom": (3.5, 0.30, 0.36),
}
SECONDS_BETWEEN_BLINKS = (0.8, 3.2)  # least and most; people blink 15 to 20 times a minute
BLINK_SECONDS = 0.07  # from the open eye to the closed one


@dataclass(frozen=True)
class Moment:
    """An instant of a performance. Expressions run from 0 (closed, none, open, at rest) to 1."""

    yaw: float = 0.0  # degrees, positive to the right of the picture
    pitch: float = 0.0  # degrees, positive down
    roll: float = 0.0  # degrees, positive clockwise
    mouth: float = 0.0
    smile: float = 0.0
    blink: float = 0.0
    brow: float = 0.0
    gaze_x: float = 0.0  # -1..1, positive to the right of the picture
    gaze_y: float = 0.0  # -1..1, positive up
    light: tuple[float, float, float] = (-0.34, 0.44, 0.83)  # unit vector towards the light
    ambient: float = 0.32  # strength of the light from all around; the lamp's is about 1
    shift_x: float = 0.0  # of the actor, in half heads
    shift_y: float = 0.0
    zoom: float = 0.33  # half the height of the head, as a share of the height of the picture
    frown: float = 0.0  # corners of the mouth down
    pucker: float = 0.0  # lips rounded and forward
    press: float = 0.0  # lips pressed together
    inner_brow: float = 0.0  # inner ends of the brows: 1 up (worry) .. -1 down, together (anger)
    squint: float = 0.0  # cheeks and lower lids raised
    wide: float = 0.0  # upper lids raised
    puff: float = 0.0  # cheeks blown up
    tongue: float = 0.0  # how much of it an open mouth shows
    side: float = 0.0  # 1: smile, frown and brow act on the right only .. -1 on the left only
    wink: float = 0.0  # 1: the right eye closes .. -1 the left one
    jaw_side: float = 0.0  # -1..1: the jaw shifted sideways, positive to the right
    distance: float = CAMERA_DISTANCE  # half heads from the camera to the origin
    lamp_size: float = 0.5  # 0 hard light with sharp shadows .. 1 soft
    lamp_colour: tuple[float, float, float] = (1.0, 1.0, 1.0)  # multiplies its linear light
    ambient_colour: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def sides(self, strength: float) -> tuple[float, float]:
        """The strength of an expression on the left and on the right of the face, by `side`."""
        return strength * min(1 - self.side, 1.0), strength * min(1 + self.side, 1.0)

    def record(self) -> dict:
        """Its numbers under their names, rounded, for a truth file."""
        return {
            name: [round(x, 5) for x in value]
            if isinstance(value, tuple)
            else round(float(value), 5)
            for name, value in asdict(self).items()
        }


class Performance:
    """The moments of `seconds` seconds; afterwards the actor stands still."""

    def __init__(self, seed: int, seconds: float):
        rng = np.random.default_rng([seed, PERFORMANCE_STREAM])
        self.paths = {name: _wander(rng, seconds, *path) for name, path in PATHS.items()}
        pauses = rng.uniform(*SECONDS_BETWEEN_BLINKS, int(seconds) + 4)
        self.blinks = np.cumsum(pauses) - 0.5  # seconds at which the eyes are closed

    def at(self, t: float) -> Moment:
        """The moment after t seconds."""
        now = {name: path(t) for name, path in self.paths.items()}
        talking, syllables = max(now.pop("talking"), 0.0), now.pop("syllables")
        light = np.array([now.pop("light_x"), now.pop("light_y"), 1.0])
        now["smile"], now["brow"] = max(now["smile"], 0.0), max(now["brow"], 0.0)
        # A broad smile stretches the lips, so the mouth opens less.
        mouth = talking * (0.25 + 0.75 * syllables) * (1 - 0.45 * now["smile"])
        return Moment(
            mouth=mouth,
            blink=float(np.exp(-(((t - self.blinks) / BLINK_SECONDS) ** 4)).max()),
            light=tuple(light / np.linalg.norm(light)),
            **now,
        )


def _wander(
    rng: np.random.Generator, seconds: float, period: float, low: float, high: float
) -> Callable[[float], float]:
    """A smooth random curve between `low` and `high` that turns about every `period` seconds."""
    count = max(int(seconds / period) + 4, 5)
    knots = (np.arange(count) - 1 - rng.random()) * period
    spline = CubicSpline(knots, rng.uniform(-1, 1, count))

    def path(t: float) -> float:
        # The hyperbolic tangent keeps the spline's overshoot within the bounds.
        share = 0.5 + 0.5 * np.tanh(1.3 * float(spline(min(t, seconds))))
        return low + (high - low) * share

    return path
