"""Who an actor is: a few named numbers, drawn from a seed.

An actor is a head and a face. The head is what a face swap leaves alone: skull, jaw, ears, neck, hair, clothes and the
colour of the skin. The face is what it brings: eyes, brows, nose, mouth, cheeks, chin, beard, freckles, lines. So the true swap of B's face
onto A is the actor `Actor(a.head, b.face)`, rendered like any other.

Lengths are in units of half a head's height; the origin is the head's middle, x to the right of the picture, y up, z towards
the camera. Colours are sRGB, 0..255.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Colour = tuple[float, float, float]

# From very fair to very dark (the six types of Fitzpatrick 1988, by eye).
SKIN = np.array(
    [
        (242, 206, 184),
        (230, 184, 154),
        (212, 160, 124),
        (180, 124, 88),
        (134, 88, 62),
        (88, 56, 42),
    ],
    float,
)
HAIR = {
    "black": (24, 20, 20),
    "dark": (48, 34, 26),
    "brown": (84, 56, 36),
    "auburn": (112, 56, 30),
    "red": (158, 82, 38),
    "fair": (178, 140, 88),
    "blond": (214, 184, 128),
    "grey": (142, 138, 134),
    "white": (214, 210, 206),
}
IRIS = {
    "dark": (62, 38, 22),
    "brown": (96, 60, 30),
    "hazel": (116, 92, 48),
    "green": (84, 118, 82),
    "blue": (84, 124, 158),
    "grey": (116, 130, 140),
}


@dataclass(frozen=True)
class Head:
    """width: of the skull, about 1; jaw: its width, about 1; skin: 0 very fair .. 1 very dark, `ruddy` adds red;
    hair_thickness, hairline (height over the forehead), receding (0..1 at the temples), length (0 short, 1 to the shoulders),
    part (where the hair parts, -1 left .. 1 right); shirt: its colour."""

    width: float
    jaw: float
    skin: float
    ruddy: float
    hair: Colour
    hair_thickness: float
    hairline: float
    receding: float
    length: float
    part: float
    shirt: Colour

    @property
    def skin_colour(self) -> Colour:
        at = np.clip(self.skin, 0, 1) * (len(SKIN) - 1)
        r, g, b = (np.interp(at, range(len(SKIN)), SKIN[:, c]) for c in range(3))
        return r, g - 9 * self.ruddy, b - 7 * self.ruddy


@dataclass(frozen=True)
class Face:
    """eye_x, eye_width, eye_height, eye_tilt: half the eyes' distance, half an eye's width, its height, how far its outer corner is raised;
    brow_*: height over the eye, thickness, arch, darkness; nose_*: how far it stands out, its width, the tip's height;
    mouth_*: its height, half its width; lip_*: the thickness of each lip, and redness; cheeks, chin, ridge (over the eyes): how far they stand out;
    beard, moustache: density 0..1; freckles, lines (of age): strength 0..1; hair: the colour of brows and beard."""

    eye_x: float
    eye_width: float
    eye_height: float
    eye_tilt: float
    iris: Colour
    brow_height: float
    brow_thickness: float
    brow_arch: float
    brow_darkness: float
    nose_length: float
    nose_width: float
    nose_y: float
    mouth_y: float
    mouth_width: float
    lip_upper: float
    lip_lower: float
    lip_red: float
    cheeks: float
    chin: float
    ridge: float
    beard: float
    moustache: float
    freckles: float
    lines: float
    hair: Colour


@dataclass(frozen=True)
class Actor:
    head: Head
    face: Face

    def wearing(self, other: Actor) -> Actor:
        """The true swap: this head with the other's face."""
        return Actor(self.head, other.face)


def draw(seed: int) -> Actor:
    """The actor of a seed: the same numbers on every machine."""
    rng = np.random.default_rng([seed, 0xAC702])

    def about(middle: float, spread: float) -> float:
        return float(middle + spread * np.clip(rng.standard_normal(), -1.8, 1.8))

    def one_of(*names: str) -> str:
        return names[rng.integers(len(names))]

    skin = float(rng.random())
    heavy = float(
        rng.random()
    )  # one number for what goes together: broad jaws, brows and noses, and beards
    old = float(rng.random() ** 1.5)
    dark = skin > 0.55
    natural = (
        one_of("black", "black", "dark")
        if dark
        else one_of("black", "dark", "brown", "brown", "auburn", "red", "fair", "blond")
    )
    shade = one_of("grey", "white", "grey") if old > 0.75 else natural
    hair = tuple(float(c) for c in HAIR[shade])
    length = 0.0 if heavy > 0.55 else float(rng.random() > 0.25) * float(rng.uniform(0.55, 1))
    bald = heavy > 0.6 and rng.random() < 0.25
    head = Head(
        width=about(1.0, 0.025) + 0.03 * (heavy - 0.5),
        jaw=about(0.92, 0.035) + 0.22 * (heavy - 0.3),
        skin=skin,
        ruddy=float(rng.random()) * (1 - skin),
        hair=hair,
        hair_thickness=0.012 if bald else about(0.10, 0.015) + 0.03 * length,
        hairline=about(0.60, 0.03) + 0.05 * old * heavy,
        receding=float(np.clip(about(0.2, 0.2) + 0.5 * old * heavy, 0, 1)) * (length == 0),
        length=length,
        part=float(rng.uniform(-1, 1)),
        shirt=tuple(float(c) for c in rng.uniform(30, 190, 3)),
    )
    bearded = heavy > 0.5 and rng.random() < 0.55
    face = Face(
        eye_x=about(0.30, 0.009),
        eye_width=about(0.148, 0.006),
        eye_height=about(0.066, 0.007) - 0.008 * (heavy - 0.5),
        eye_tilt=about(0.010, 0.008),
        iris=tuple(
            float(c) for c in IRIS[one_of("dark", "dark", "brown") if dark else one_of(*IRIS)]
        ),
        brow_height=about(0.205, 0.012) - 0.02 * (heavy - 0.5),
        brow_thickness=about(0.026, 0.004) + 0.020 * heavy,
        brow_arch=about(0.060, 0.012) - 0.03 * heavy,
        brow_darkness=float(np.clip(about(0.85, 0.08), 0.6, 1)),
        nose_length=about(0.195, 0.014) + 0.02 * heavy,
        nose_width=about(0.88, 0.06) + 0.22 * heavy + 0.10 * skin,
        nose_y=about(-0.335, 0.012),
        mouth_y=about(-0.60, 0.012),
        mouth_width=about(0.222, 0.011),
        lip_upper=about(0.053, 0.006) + 0.012 * skin,
        lip_lower=about(0.076, 0.008) + 0.012 * skin,
        lip_red=float(np.clip(about(0.55, 0.2) - 0.35 * heavy, 0.1, 1)),
        cheeks=about(0.05, 0.012),
        chin=about(0.07, 0.012) + 0.02 * heavy,
        ridge=0.012 + 0.05 * heavy,
        beard=float(rng.uniform(0.35, 0.9)) if bearded else 0.0,
        moustache=float(rng.uniform(0.35, 0.75)) if bearded and rng.random() < 0.8 else 0.0,
        freckles=float(rng.random() * (skin < 0.35) * (rng.random() < 0.5)),
        lines=old,
        hair=tuple(float(c) * 0.85 for c in HAIR["grey" if old > 0.85 else natural]),
    )
    return Actor(head, face)
