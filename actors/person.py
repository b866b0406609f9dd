"""Who an actor is: a few named numbers, sampled from a seed.

An actor has a head and a face. The head is what a face swap leaves alone: skull, jaw, ears, neck,
hair, clothes, the colour of the skin, and what is worn (see wear.py). The face is what a face swap
replaces: eyes, brows, nose, mouth, cheeks, chin, beard, freckles and lines. The true swap of B's
face onto A is therefore the actor `Actor(a.head, b.face)`, rendered like any other.

Lengths are in half heads (half the height of a head). The origin is the middle of the head; x
points to the right of the picture, y up, z towards the camera. Colours are sRGB, 0..255.

Version 2 of the actors shapes heads and faces more boldly, and differently on both sides. Its
random numbers are a stream of their own, so the colours and the age of a seed stay as they were.
It also gives each face a complexion: pores, spots, lids, irises, teeth, makeup (see complexion.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .complexion import Complexion, sample_complexion
from .wear import Colour, Wear, sample_wear

# sRGB of the six skin types of Fitzpatrick (1988), from very fair to very dark; by eye.
SKIN_TONES = np.array([
    (242, 206, 184), (230, 184, 154), (212, 160, 124), (180, 124, 88), (134, 88, 62), (88, 56, 42),
], float)  # fmt: skip
HAIR_COLOURS = {  # sRGB, by eye
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
IRIS_COLOURS = {  # sRGB, by eye
    "dark": (62, 38, 22),
    "brown": (96, 60, 30),
    "hazel": (116, 92, 48),
    "green": (84, 118, 82),
    "blue": (84, 124, 158),
    "grey": (116, 130, 140),
}
THIN_HAIR = 0.05  # half heads: too thin for a fringe; by eye
ACTOR_STREAM = 0xAC702  # keeps the random numbers of actors apart from those of performances
SHAPE_STREAM = 0x5A9E2  # of the shapes of version 2: colours and age of a seed stay


@dataclass(frozen=True)
class HeadTraits:
    """What a face swap leaves alone."""

    width: float  # of the skull, relative to the average skull
    jaw: float  # width of the jaw, relative to the average jaw
    skin: float  # 0 very fair .. 1 very dark
    ruddy: float  # 0..1: red added to the skin
    hair: Colour
    hair_thickness: float  # half heads; below SHAVEN (see shape/hair.py) the head is shaven
    hairline: float  # its height above the middle of the forehead
    receding: float  # 0..1: of the hair at the temples
    length: float  # of the hair: 0 short .. 1 down to the shoulders
    parting: float  # where the hair parts: -1 left .. 1 right
    shirt: Colour
    # Since version 2, relative to the average head:
    chin_width: float = 1.0  # pointed .. square
    cheekbones: float = 1.0  # width of the head at their height
    temples: float = 1.0  # width above the brows
    heavy: float = 0.0  # -1 lean .. 1 heavy cheeks and jaw
    ears: float = 1.0  # size
    ear_angle: float = 24.0  # degrees: how far they stand off
    neck: float = 1.0  # thickness
    curls: float = 0.0  # 0 smooth .. 1 curly: bumps of the hair, as a share of its thickness
    wear: Wear = Wear()

    @property
    def skin_colour(self) -> Colour:
        """The sRGB colour between the two nearest tones, 0..255."""
        tone = np.clip(self.skin, 0, 1) * (len(SKIN_TONES) - 1)
        r, g, b = (np.interp(tone, range(len(SKIN_TONES)), SKIN_TONES[:, c]) for c in range(3))
        return r, g - 9 * self.ruddy, b - 7 * self.ruddy


@dataclass(frozen=True)
class FaceTraits:
    """What a face swap replaces. Lengths in half heads; heights are y unless said otherwise."""

    eye_x: float  # half the distance between the eyes
    eye_width: float  # half the width of an eye
    eye_height: float  # how far the upper lid opens
    eye_tilt: float  # how far the outer corner is raised
    iris: Colour
    brow_height: float
    brow_thickness: float
    brow_arch: float
    brow_darkness: float  # opacity, 0..1
    nose_length: float  # how far the nose stands out
    nose_width: float  # relative to the average nose
    nose_y: float  # height of the tip
    mouth_y: float
    mouth_width: float  # half the width of the mouth
    lip_upper: float  # thickness of the upper lip
    lip_lower: float  # thickness of the lower lip
    lip_red: float  # 0..1
    cheeks: float  # how far the cheekbones stand out
    chin: float  # how far the chin stands out
    ridge: float  # how far the bone above the eyes stands out
    beard: float  # density, 0..1
    moustache: float  # density, 0..1
    freckles: float  # strength, 0..1
    lines: float  # strength of the lines of age, 0..1
    hair: Colour  # of brows and beard
    # Since version 2:
    nose_hook: float = 0.0  # how far the middle of the bridge stands out: hooked; below 0: snub
    nose_root: float = 0.0  # how much higher than average the bridge begins
    nose_bulb: float = 1.0  # width of the tip, relative to the average
    eye_depth: float = 0.0  # how much deeper than average the eyes lie
    fullness: float = 0.0  # -1 hollow .. 1 full cheeks
    chin_breadth: float = 1.0  # relative to the average
    cleft: float = 0.0  # 0..1: of the chin
    lopsided: tuple[float, ...] = (0.0,) * 5  # see shape/asymmetry.py; 1 is a usual deviation
    complexion: Complexion = Complexion()  # of skin, eyes and teeth


@dataclass(frozen=True)
class Actor:
    """A head and the face on it."""

    head: HeadTraits
    face: FaceTraits

    def with_face_of(self, other: Actor) -> Actor:
        """The true swap: this head with the other's face."""
        return Actor(self.head, other.face)


def sample_actor(seed: int) -> Actor:
    """The actor of a seed: the same numbers on every machine."""
    sampler = _Sampler(np.random.default_rng([seed, ACTOR_STREAM]))
    build = _sample_build(sampler)
    head, face = _sample_head(sampler, build), _sample_face(sampler, build)
    shapes = _Sampler(np.random.default_rng([seed, SHAPE_STREAM]))
    head, face = _vary_head(shapes, head, build), _vary_face(shapes, face, build)
    head = replace(head, wear=sample_wear(seed, head.hair_thickness > THIN_HAIR))
    complexion = sample_complexion(seed, build.heaviness, build.skin, build.age)
    return Actor(head, replace(face, complexion=complexion))


class _Sampler:
    """Random traits from a generator `rng`."""

    def __init__(self, rng: np.random.Generator):
        self.rng = rng

    def normal(self, mean: float, deviation: float) -> float:
        """A normal variate, limited to 1.8 standard deviations so that nobody is a caricature."""
        return float(mean + deviation * np.clip(self.rng.standard_normal(), -1.8, 1.8))

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        return float(self.rng.uniform(low, high))

    def happens(self, probability: float) -> bool:
        return self.rng.random() < probability

    def choose(self, *names: str) -> str:
        return names[self.rng.integers(len(names))]


@dataclass(frozen=True)
class _Build:
    """Traits that shape head and face together, so that an actor is coherent."""

    skin: float  # 0 very fair .. 1 very dark
    heaviness: float  # 0..1: goes with broad jaws, heavy brows and noses, and beards
    age: float  # 0 young .. 1 old
    dark: bool  # dark skin, which goes with dark hair and eyes
    hair: str  # the colour of the hair in youth, a key of HAIR_COLOURS
    hair_now: str  # its colour at this age


def _sample_build(sampler: _Sampler) -> _Build:
    skin, heaviness, age = sampler.uniform(), sampler.uniform(), sampler.uniform() ** 1.5
    dark = skin > 0.55
    if dark:
        hair = sampler.choose("black", "black", "dark")
    else:
        hair = sampler.choose("black", "dark", "brown", "brown", "auburn", "red", "fair", "blond")
    hair_now = sampler.choose("grey", "white", "grey") if age > 0.75 else hair
    return _Build(skin, heaviness, age, dark, hair, hair_now)


def _sample_head(sampler: _Sampler, build: _Build) -> HeadTraits:
    normal, uniform = sampler.normal, sampler.uniform
    heaviness, age = build.heaviness, build.age
    length = 0.0
    if heaviness <= 0.55:
        length = float(uniform() > 0.25) * uniform(0.55, 1)
    bald = heaviness > 0.6 and sampler.happens(0.25)
    return HeadTraits(
        width=normal(1.0, 0.025) + 0.03 * (heaviness - 0.5),
        jaw=normal(0.92, 0.035) + 0.22 * (heaviness - 0.3),
        skin=build.skin,
        ruddy=uniform() * (1 - build.skin),
        hair=_scale(HAIR_COLOURS[build.hair_now]),
        hair_thickness=0.012 if bald else normal(0.10, 0.015) + 0.03 * length,
        hairline=normal(0.60, 0.03) + 0.05 * age * heaviness,
        receding=float(np.clip(normal(0.2, 0.2) + 0.5 * age * heaviness, 0, 1)) * (length == 0),
        length=length,
        parting=uniform(-1, 1),
        shirt=_scale(sampler.rng.uniform(30, 190, 3)),
    )


def _sample_face(sampler: _Sampler, build: _Build) -> FaceTraits:
    normal, uniform = sampler.normal, sampler.uniform
    heaviness, skin = build.heaviness, build.skin
    bearded = heaviness > 0.5 and sampler.happens(0.55)
    irises = ("dark", "dark", "brown") if build.dark else tuple(IRIS_COLOURS)
    return FaceTraits(
        eye_x=normal(0.30, 0.009),
        eye_width=normal(0.148, 0.006),
        eye_height=normal(0.066, 0.007) - 0.008 * (heaviness - 0.5),
        eye_tilt=normal(0.010, 0.008),
        iris=_scale(IRIS_COLOURS[sampler.choose(*irises)]),
        brow_height=normal(0.205, 0.012) - 0.02 * (heaviness - 0.5),
        brow_thickness=normal(0.026, 0.004) + 0.020 * heaviness,
        brow_arch=normal(0.060, 0.012) - 0.03 * heaviness,
        brow_darkness=float(np.clip(normal(0.85, 0.08), 0.6, 1)),
        nose_length=normal(0.195, 0.014) + 0.02 * heaviness,
        nose_width=normal(0.88, 0.06) + 0.22 * heaviness + 0.10 * skin,
        nose_y=normal(-0.335, 0.012),
        mouth_y=normal(-0.60, 0.012),
        mouth_width=normal(0.222, 0.011),
        lip_upper=normal(0.053, 0.006) + 0.012 * skin,
        lip_lower=normal(0.076, 0.008) + 0.012 * skin,
        lip_red=float(np.clip(normal(0.55, 0.2) - 0.35 * heaviness, 0.1, 1)),
        cheeks=normal(0.05, 0.012),
        chin=normal(0.07, 0.012) + 0.02 * heaviness,
        ridge=0.012 + 0.05 * heaviness,
        beard=uniform(0.35, 0.9) if bearded else 0.0,
        moustache=uniform(0.35, 0.75) if bearded and sampler.happens(0.8) else 0.0,
        freckles=uniform() * (skin < 0.35) * sampler.happens(0.5),
        lines=build.age,
        hair=_scale(HAIR_COLOURS["grey" if build.age > 0.85 else build.hair], 0.85),
    )


def _vary_hair(sampler: _Sampler, head: HeadTraits) -> dict[str, float]:
    """Cropped or full, smooth or curly; a shaven head stays so."""
    fullness = sampler.uniform(0.55, 1.35)
    if sampler.happens(0.12):
        fullness = sampler.uniform(1.5, 2.2)
    curly = sampler.happens(0.2 + 0.3 * (head.skin > 0.7))
    curls = sampler.uniform(0.3, 1.0) * curly
    shaven = head.hair_thickness < 0.05
    return {
        "hair_thickness": head.hair_thickness * (1.0 if shaven else fullness),
        "curls": 0.0 if shaven else curls,
    }


def _vary_head(sampler: _Sampler, head: HeadTraits, build: _Build) -> HeadTraits:
    """The head in one of the many shapes of the world: long or round, pointed or square."""
    normal = sampler.normal
    heavy = float(np.clip(normal(-0.1, 0.5) + 0.5 * (build.heaviness - 0.5), -1, 1))
    return replace(
        head,
        width=head.width + normal(0.0, 0.045) + 0.03 * heavy,
        jaw=head.jaw + normal(0.05, 0.04),
        chin_width=normal(1.06, 0.11) + 0.08 * (build.heaviness - 0.5),
        cheekbones=normal(1.0, 0.025),
        temples=normal(1.0, 0.028),
        heavy=heavy,
        ears=normal(1.0, 0.07) + 0.08 * build.age,
        ear_angle=normal(24.0, 5.0),
        neck=normal(1.08, 0.06) + 0.16 * (build.heaviness - 0.45) + 0.05 * heavy,
        **_vary_hair(sampler, head),
    )


def _vary_face(sampler: _Sampler, face: FaceTraits, build: _Build) -> FaceTraits:
    """The face with bolder features than version 1 gave it, and not the same on both sides."""
    normal = sampler.normal
    return replace(
        face,
        eye_x=face.eye_x + normal(0.0, 0.010),
        eye_width=face.eye_width + normal(0.0, 0.006),
        eye_height=face.eye_height + normal(0.0, 0.007),
        eye_tilt=face.eye_tilt + normal(0.0, 0.010),
        brow_height=face.brow_height + normal(0.0, 0.012),
        brow_arch=face.brow_arch + normal(0.0, 0.012),
        nose_length=face.nose_length + normal(0.0, 0.018),
        nose_width=face.nose_width * normal(1.0, 0.09),
        nose_y=face.nose_y + normal(0.0, 0.016),
        mouth_y=face.mouth_y + normal(0.0, 0.012),
        mouth_width=face.mouth_width + normal(0.0, 0.014),
        lip_upper=(face.lip_upper - 0.012 * build.age) * normal(1.0, 0.20),
        lip_lower=(face.lip_lower - 0.012 * build.age) * normal(1.0, 0.16),
        cheeks=face.cheeks + normal(0.0, 0.012),
        chin=face.chin + normal(0.0, 0.014),
        ridge=max(face.ridge + normal(0.0, 0.008), 0.0),
        nose_hook=normal(0.0, 0.014),
        nose_root=normal(0.0, 0.014),
        nose_bulb=normal(1.0, 0.10),
        eye_depth=normal(0.0, 0.013),
        fullness=float(np.clip(normal(0.1, 0.55) - 0.4 * build.age, -1, 1)),
        chin_breadth=normal(1.0, 0.15),
        cleft=sampler.uniform(0.4, 1.0) * sampler.happens(0.15),
        lopsided=tuple(normal(0.0, 1.0) for _ in range(5)),
    )


def _scale(colour, factor: float = 1.0) -> Colour:
    """A colour as plain floats, made darker or lighter."""
    return tuple(float(channel) * factor for channel in colour)
