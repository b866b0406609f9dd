"""What an actor does: a smooth random path of pose, expression, gaze, light and camera.

Each quantity is band-limited noise: random values at evenly spaced knots with a cubic spline
through them. Now and then an episode moves the face elsewhere, see episodes.py. A seed fixes the
whole performance, and any actor can play it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import scipy

from .camera import CAMERA_DISTANCE
from .curves import smoothstep
from .episodes import SECONDS_BETWEEN_EPISODES, play_episodes, sample_episodes

PERFORMANCE_STREAM = 0x9E4F  # keeps these random numbers apart from those of actors
LIGHT_STREAM = 0x9E51  # of the directions, strengths and strong colours of light
FURTHER_STREAM = 0x9E50  # of FURTHER_PATHS and episodes, so that PATHS stay as they were

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
# Further ones, likewise; version 2 of the actors added them.
FURTHER_PATHS = {
    "closing": (0.22, 0, 1),  # lips meet while talking (m, b, p)
    "rounding": (0.30, -0.5, 0.6),  # lips are rounded while talking (o, u, w); below 0: spread
    "side": (2.5, -0.25, 0.25),
    "inner_brow": (1.3, -0.2, 0.2),
    "squint": (1.7, -0.4, 0.25),
    "jaw_side": (1.1, -0.06, 0.06),
    "light_aside": (5, -0.5, 0.5),  # added to light_x
}
# closing: the lips come together from the first on, and touch at the second
LIPS_MEET = (0.66, 0.82)
SECONDS_BETWEEN_BLINKS = (0.8, 3.2)  # least and most; people blink 15 to 20 times a minute
BLINK_SECONDS = 0.07  # from the open eye to the closed one
SLOW_BLINKS, HALF_BLINKS = 0.2, 0.12  # share of all blinks; by eye
CAMERA_DISTANCES = (4.0, 14.0)  # half heads: a telephone held near .. a telephoto lens
USUAL_LIGHT, COLOURED_LIGHT = 0.7, 0.08  # share of all performances; by eye
LAMP_TEMPERATURES = (-1.0, 1.0)  # bluish like the sky .. yellowish like a bulb; by eye


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
    """The moments of `seconds` seconds; afterwards the actor stands still.

    between_episodes  mean seconds from one episode to the next
    """

    def __init__(
        self, seed: int, seconds: float, between_episodes: float = SECONDS_BETWEEN_EPISODES
    ):
        rng = np.random.default_rng([seed, PERFORMANCE_STREAM])
        self.paths = {name: _wander(rng, seconds, *path) for name, path in PATHS.items()}
        pauses = rng.uniform(*SECONDS_BETWEEN_BLINKS, int(seconds) + 4)
        self.blinks = np.cumsum(pauses) - 0.5  # seconds at which the eyes are closed
        rng = np.random.default_rng([seed, FURTHER_STREAM])
        self.paths |= {name: _wander(rng, seconds, *path) for name, path in FURTHER_PATHS.items()}
        slow, half = rng.random((2, len(self.blinks)))
        self.blink_seconds = BLINK_SECONDS * np.where(slow < SLOW_BLINKS, rng.uniform(1.5, 3), 1)
        self.blink_depths = np.where(half < HALF_BLINKS, rng.uniform(0.4, 0.8), 1)
        self.episodes = sample_episodes(rng, seconds, between_episodes)
        self.constant = _sample_lens_and_lamp(rng)
        self.light = _sample_light(np.random.default_rng([seed, LIGHT_STREAM]), self.constant)

    def at(self, t: float) -> Moment:
        """The moment after t seconds."""
        now = {name: path(t) for name, path in self.paths.items()}
        light_x = now.pop("light_x") + now.pop("light_aside")
        light = np.array([light_x, now.pop("light_y"), 1.0]) + self.light["aside"]
        now["ambient"] *= self.light["ambient"]
        for name in ("smile", "brow", "squint"):
            now[name] = max(now[name], 0.0)
        _talk(now)
        closed = np.exp(-(((t - self.blinks) / self.blink_seconds) ** 4)) * self.blink_depths
        now |= dict.fromkeys(("frown", "wide", "puff", "tongue", "wink", "blink"), 0.0)
        play_episodes(self.episodes, now, t)
        now["blink"] = max(now["blink"], float(closed.max()))
        return Moment(light=tuple(light / np.linalg.norm(light)), **now, **self.constant)


def _talk(now: dict[str, float]) -> None:
    """Turn what is said into mouth, pucker and press, in place."""
    talking, syllables = max(now.pop("talking"), 0.0), now.pop("syllables")
    closing, rounding = smoothstep(*LIPS_MEET, now.pop("closing")), now.pop("rounding")
    # A broad smile stretches the lips, so the mouth opens less.
    mouth = talking * (0.25 + 0.75 * syllables) * (1 - 0.45 * now["smile"])
    now["mouth"] = mouth * (1 - closing)
    audible = min(3 * talking, 1.0)
    now["press"] = 0.35 * closing * audible
    now["pucker"] = max(rounding, 0.0) * audible * (1 - closing) * (1 - now["smile"])


def _sample_lens_and_lamp(rng: np.random.Generator) -> dict:
    """What stays the same all through a performance: fields of a Moment."""
    near, far = np.log(CAMERA_DISTANCES)
    typical = np.log(CAMERA_DISTANCE)
    distance = np.exp(rng.triangular(near, typical, far))
    lamp, around = (_colour_of_light(rng.uniform(*LAMP_TEMPERATURES)) for _ in range(2))
    return {
        "distance": float(distance),
        "lamp_size": float(rng.uniform(0, 1)),
        "lamp_colour": lamp,
        "ambient_colour": around,
    }


def _sample_light(rng: np.random.Generator, constant: dict) -> dict:
    """How the light of a performance differs from a room's; may change the lamp in `constant`.

    "aside" is added to the direction of the lamp, "ambient" multiplies the light from all around:
    hard light, as that of the sun, comes with dark shadows.
    """
    usual, coloured = rng.random(2) < [USUAL_LIGHT, COLOURED_LIGHT]
    aside = np.array([rng.uniform(-1.6, 1.6), rng.uniform(-0.9, 1.3), rng.uniform(-0.5, 0.3)])
    if coloured:
        for name in ("lamp_colour", "ambient_colour"):
            colour = 0.35 + rng.dirichlet([1.2, 1.2, 1.2])
            constant[name] = tuple(float(v) for v in colour / colour.mean())
    darkest = 0.35 + 0.5 * constant["lamp_size"]
    return {"aside": 0.0 if usual else aside, "ambient": float(rng.uniform(darkest, 1.45))}


def _colour_of_light(warmth: float) -> tuple[float, float, float]:
    """Multipliers of linear light whose mean is 1; `warmth` -1 bluish .. 1 yellowish."""
    colour = np.array([1 + 0.16 * warmth, 1.0, 1 - 0.22 * warmth])
    return tuple(float(v) for v in colour / colour.mean())


def _wander(
    rng: np.random.Generator, seconds: float, period: float, low: float, high: float
) -> Callable[[float], float]:
    """A smooth random curve between `low` and `high` that turns about every `period` seconds."""
    count = max(int(seconds / period) + 4, 5)
    knots = (np.arange(count) - 1 - rng.random()) * period
    spline = scipy.interpolate.CubicSpline(knots, rng.uniform(-1, 1, count))

    def path(t: float) -> float:
        # The hyperbolic tangent keeps the spline's overshoot within the bounds.
        share = 0.5 + 0.5 * np.tanh(1.3 * float(spline(min(t, seconds))))
        return low + (high - low) * share

    return path
