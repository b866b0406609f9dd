"""What an actor does: a smooth random path of pose, expression, gaze, light and camera, drawn from a seed.

Each quantity is band-limited noise: random values at knots, and a cubic spline through them. Any actor plays any performance.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from scipy.interpolate import CubicSpline


@dataclass(frozen=True)
class Moment:
    """An instant of a performance.

    yaw (to the right of the picture), pitch (down), roll (clockwise): degrees
    mouth, smile, blink, brow: 0 (closed, none, open, at rest) .. 1
    gaze_x, gaze_y: -1 .. 1, to the right of the picture and up
    light: direction towards the light, of length 1; ambient: the light from all around, about 0.3
    shift_x, shift_y: of the actor, in half heads; zoom: half a head's height as a share of the picture's
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    mouth: float = 0.0
    smile: float = 0.0
    blink: float = 0.0
    brow: float = 0.0
    gaze_x: float = 0.0
    gaze_y: float = 0.0
    light: tuple[float, float, float] = (-0.34, 0.44, 0.83)
    ambient: float = 0.32
    shift_x: float = 0.0
    shift_y: float = 0.0
    zoom: float = 0.33

    def record(self) -> dict:
        """Its numbers under their names, for a truth file."""
        return {
            k: [round(x, 5) for x in v] if isinstance(v, tuple) else round(float(v), 5)
            for k, v in asdict(self).items()
        }


class Performance:
    """`at(seconds)` gives the Moment. seconds: how long it is; later it stands still."""

    def __init__(self, seed: int, seconds: float):
        rng = np.random.default_rng([seed, 0x9E4F])

        def path(period: float, low: float, high: float):
            """A curve that wanders between two values, turning about every `period` seconds."""
            count = max(int(seconds / period) + 4, 5)
            knots = (np.arange(count) - 1 - rng.random()) * period
            curve = CubicSpline(knots, rng.uniform(-1, 1, count))
            return lambda t: (
                low + (high - low) * (0.5 + 0.5 * np.tanh(1.3 * float(curve(min(t, seconds)))))
            )

        self.yaw, self.pitch, self.roll = path(1.4, -26, 26), path(1.5, -12, 12), path(1.9, -10, 10)
        self.smile, self.brow = path(1.5, -0.5, 1), path(1.2, -0.3, 1)
        self.gaze_x, self.gaze_y = path(0.7, -1, 1), path(0.9, -0.8, 0.8)
        self.talking, self.syllables = path(1.6, -0.2, 1.0), path(0.14, 0, 1)
        self.light_x, self.light_y, self.ambient = (
            path(4, -0.55, 0.55),
            path(5, 0.2, 0.6),
            path(5, 0.26, 0.36),
        )
        self.shift_x, self.shift_y, self.zoom = (
            path(2.2, -0.25, 0.25),
            path(2.6, -0.1, 0.1),
            path(3.5, 0.30, 0.36),
        )
        self.blinks = np.cumsum(rng.uniform(0.8, 3.2, int(seconds) + 4)) - 0.5

    def at(self, t: float) -> Moment:
        """The moment after t seconds."""
        smile = max(self.smile(t), 0.0)
        mouth = (
            max(self.talking(t), 0.0) * (0.25 + 0.75 * self.syllables(t)) * (1 - 0.45 * smile)
        )  # not both wide
        blink = float(np.exp(-(((t - self.blinks) / 0.07) ** 4)).max())
        light = np.array([self.light_x(t), self.light_y(t), 1.0])
        return Moment(
            self.yaw(t),
            self.pitch(t),
            self.roll(t),
            mouth,
            smile,
            blink,
            max(self.brow(t), 0.0),
            self.gaze_x(t),
            self.gaze_y(t),
            tuple(light / np.linalg.norm(light)),
            self.ambient(t),
            self.shift_x(t),
            self.shift_y(t),
            self.zoom(t),
        )
