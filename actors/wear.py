"""What an actor wears on the head: glasses, a hat, a fringe, earrings. A face swap leaves it alone.

Lengths are in half heads and colours sRGB, as in person.py; the numbers are by eye. The random
numbers have a stream of their own, so that the person of a seed is the same with and without.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Colour = tuple[float, float, float]

WEAR_STREAM = 0x3EBD  # with it the two actors of the demo wear nothing
GLASSES_SHARE, HAT_SHARE, FRINGE_SHARE, EARRING_SHARE = 0.2, 0.1, 0.27, 0.12  # of all actors
GLASSES_STYLES = "round", "square", "oval", "aviator", "cat eye", "half rim", "rimless"
HAT_KINDS = "beanie", "cap", "brimmed hat", "headscarf", "headband", "headphones"
FRINGE_KINDS = "straight", "swept", "curtain", "wispy"
FRAME_COLOURS = (  # sRGB: black, tortoise, brown, steel, gold, navy, red, clear
    (22, 20, 20), (24, 22, 24), (88, 50, 26), (60, 40, 30), (140, 142, 148), (176, 140, 84),
    (30, 40, 80), (140, 28, 34), (200, 196, 190),
)  # fmt: skip


@dataclass(frozen=True)
class Glasses:
    """Glasses of a style and size."""

    style: str  # one of GLASSES_STYLES
    frame: Colour
    thickness: float  # of the frame
    lens_width: float  # half of it
    lens_height: float  # half of it
    tint: Colour
    tint_opacity: float  # 0..1
    glare: float  # 0..1: opacity of a reflection in the lenses


@dataclass(frozen=True)
class Hat:
    """A hat, by its kind and colour."""

    kind: str  # one of HAT_KINDS
    colour: Colour
    trim: Colour  # of its band, seams or pattern
    pattern: float  # 0 plain .. 1 strongly patterned
    low: float  # height of its edge above the forehead


@dataclass(frozen=True)
class Fringe:
    """Hair over the forehead."""

    kind: str  # one of FRINGE_KINDS
    low: float  # height of its tips
    density: float  # 0..1


@dataclass(frozen=True)
class Wear:
    """None is what is not worn."""

    glasses: Glasses | None = None
    hat: Hat | None = None
    fringe: Fringe | None = None
    earrings: float = 0.0  # their radius

    @property
    def has_headscarf(self) -> bool:
        """Whether hair and ears are hidden."""
        return bool(self.hat) and self.hat.kind == "headscarf"


def sample_wear(seed: int, has_hair: bool) -> Wear:
    """What the actor of a seed wears; a fringe needs hair and no hat."""
    rng = np.random.default_rng([seed, WEAR_STREAM])
    wears = rng.random(4) < [GLASSES_SHARE, HAT_SHARE, FRINGE_SHARE, EARRING_SHARE]
    glasses, hat, fringe = _sample_glasses(rng), _sample_hat(rng), _sample_fringe(rng)
    return Wear(
        glasses=glasses if wears[0] else None,
        hat=hat if wears[1] else None,
        fringe=fringe if wears[2] and has_hair and not wears[1] else None,
        earrings=float(rng.uniform(0.02, 0.045)) if wears[3] else 0.0,
    )


def _sample_glasses(rng: np.random.Generator) -> Glasses:
    style, tinted = str(rng.choice(GLASSES_STYLES)), rng.random() < 0.2
    thin = style in ("aviator", "half rim", "rimless") or rng.random() < 0.35
    width = rng.uniform(0.19, 0.235)
    return Glasses(
        style=style,
        frame=_colour(FRAME_COLOURS[rng.integers(len(FRAME_COLOURS))]),
        thickness=float(rng.uniform(0.016, 0.022) if thin else rng.uniform(0.026, 0.048)),
        lens_width=float(width),
        lens_height=float(width * (1 if style == "round" else rng.uniform(0.62, 0.88))),
        tint=_colour(rng.uniform(10, 90, 3)),
        tint_opacity=float(rng.uniform(0.15, 0.55) if tinted else rng.uniform(0.0, 0.06)),
        glare=float(rng.uniform(0.06, 0.28) * (rng.random() < 0.45)),
    )


def _sample_hat(rng: np.random.Generator) -> Hat:
    return Hat(
        kind=str(rng.choice(HAT_KINDS)),
        colour=_colour(rng.uniform(15, 215) * rng.uniform(0.45, 1.15, 3)),
        trim=_colour(rng.uniform(15, 235, 3)),
        pattern=float(rng.uniform(0, 1) * (rng.random() < 0.5)),
        low=float(rng.uniform(0.40, 0.56)),
    )


def _sample_fringe(rng: np.random.Generator) -> Fringe:
    return Fringe(
        kind=str(rng.choice(FRINGE_KINDS)),
        low=float(rng.uniform(0.19, 0.40)),
        density=float(rng.uniform(0.6, 1.0)),
    )


def _colour(channels) -> Colour:
    return tuple(float(min(channel, 250)) for channel in channels)
