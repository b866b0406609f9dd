"""Episodes of a performance: what a face does now and then, for a second or two.

An ordinary performance is talking, smiling and blinking. Episodes interrupt it, so that a net that
learns from many performances has seen each action unit, alone and as it goes with others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .curves import mix, smoothstep

SECONDS_BETWEEN_EPISODES = 4.0  # mean, from the end of one to the beginning of the next; by eye
EPISODE_SECONDS = (0.6, 2.6)  # least and most; by eye
EPISODE_RISE = (0.12, 0.35)  # seconds, least and most, in which it comes and in which it goes
EPISODE_STRENGTH = (0.45, 1.1)  # least and most, of the fields below

# How often an episode occurs relative to others, and the fields of a Moment at full strength.
# A field that is not named goes on as before. By eye.
EPISODES = {
    "laugh": (5, {"smile": 1, "mouth": 0.65, "squint": 0.9, "brow": 0.1}),
    "grin": (3, {"smile": 1, "squint": 0.6, "mouth": 0.14}),
    "smirk": (3, {"smile": 0.8, "side": 0.9, "mouth": 0}),
    "surprise": (4, {"brow": 1, "wide": 1, "mouth": 0.55, "smile": 0.1, "inner_brow": 0.2}),
    "anger": (4, {"inner_brow": -1, "squint": 0.4, "press": 0.6, "smile": 0, "mouth": 0.05}),
    "shout": (3, {"inner_brow": -0.8, "mouth": 1, "squint": 0.4, "smile": 0.1}),
    "sorrow": (5, {"inner_brow": 1, "frown": 0.8, "smile": 0, "gaze_y": -0.6, "mouth": 0}),
    "fear": (2, {"inner_brow": 0.9, "wide": 1, "brow": 0.7, "mouth": 0.3, "smile": 0.15}),
    "doubt": (3, {"brow": 0.9, "side": 0.9, "press": 0.5, "frown": 0.3, "smile": 0}),
    "thought": (3, {"inner_brow": -0.5, "gaze_y": 0.8, "press": 0.5, "side": 0.5, "jaw_side": 0.3}),
    "kiss": (3, {"pucker": 1, "mouth": 0, "smile": 0}),
    "whistle": (3, {"pucker": 0.8, "mouth": 0.3, "smile": 0}),
    "pressed lips": (3, {"press": 1, "mouth": 0, "smile": 0.2}),
    "pout": (3, {"frown": 1, "mouth": 0, "smile": 0, "pucker": 0.2}),
    "glare": (2, {"squint": 1, "mouth": 0.05}),
    "peer": (2, {"squint": 1, "inner_brow": -0.4, "blink": 0.25}),
    "staring": (2, {"wide": 1}),
    "yawn": (3, {"mouth": 1, "blink": 0.85, "squint": 0.5, "inner_brow": 0.3, "smile": 0}),
    "drowsy": (3, {"blink": 0.55}),
    "eyes shut": (2, {"blink": 1}),
    "look down": (3, {"gaze_y": -1, "blink": 0.35}),
    "wink": (3, {"wink": 1, "smile": 0.5, "squint": 0.3}),
    "puffed cheeks": (3, {"puff": 1, "press": 0.4, "mouth": 0, "smile": 0}),
    "tongue out": (3, {"tongue": 1, "mouth": 0.55}),
    "open mouth": (3, {"mouth": 0.95, "tongue": 0.4}),
    "turned aside": (4, {"yaw": 44, "gaze_x": -0.5}),
    "looking up": (2, {"pitch": -20, "gaze_y": 0.3}),
    "bowed": (2, {"pitch": 20, "gaze_y": 0.4}),
    "tilted": (2, {"roll": 18}),
    "jaw aside": (3, {"jaw_side": 1, "mouth": 0.15, "smile": 0}),
}
SIDED_FIELDS = ("side", "wink", "jaw_side", "yaw", "roll", "gaze_x")  # left as often as right
HEAD_RISE = (0.5, 0.9)  # seconds, as EPISODE_RISE, if the head turns


@dataclass(frozen=True)
class Episode:
    """What happens between two times in seconds; `targets` are fields of a Moment."""

    start: float
    end: float
    rise: float  # seconds
    targets: dict[str, float]

    def share(self, t: float) -> float:
        """0 before and after .. 1 in full swing."""
        come = smoothstep(self.start, self.start + self.rise, t)
        return float(come * smoothstep(self.end, self.end - self.rise, t))


def sample_episodes(rng: np.random.Generator, seconds: float, between: float) -> list[Episode]:
    """The episodes of a performance; one may be under way when it begins.

    between  mean seconds from the end of one to the beginning of the next
    """
    names = list(EPISODES)
    odds = np.array([EPISODES[name][0] for name in names], float)
    episodes, t = [], float(rng.uniform(-EPISODE_SECONDS[1], between))
    while t < seconds:
        name = names[rng.choice(len(names), p=odds / odds.sum())]
        targets = _vary(rng, name)
        turns = any(field in targets for field in ("yaw", "pitch", "roll"))
        rise = float(rng.uniform(*(HEAD_RISE if turns else EPISODE_RISE)))
        length = max(float(rng.uniform(*EPISODE_SECONDS)), 2 * rise)
        episodes.append(Episode(t, t + length, rise, targets))
        t += length + float(rng.exponential(between))
    return episodes


def _vary(rng: np.random.Generator, name: str) -> dict[str, float]:
    """The targets of an episode, each stronger or weaker, on the left or on the right."""
    strength, side = rng.uniform(*EPISODE_STRENGTH), rng.choice([-1.0, 1.0])
    targets = {}
    for field, value in EPISODES[name][1].items():
        sign = side if field in SIDED_FIELDS else 1.0
        targets[field] = float(sign * value * min(strength * rng.uniform(0.75, 1.15), 1.0))
    return targets


def play_episodes(episodes: list[Episode], now: dict[str, float], t: float) -> None:
    """Move the fields `now` of a Moment towards the targets of what happens at t, in place."""
    for episode in episodes:
        share = episode.share(t)
        for field, target in episode.targets.items() if share else ():
            now[field] = mix(now[field], target, share)
