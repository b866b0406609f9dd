"""How the skin, the eyes and the teeth of a face look close up: traits of version 2 of the actors.

They belong to the face, so a swap replaces them. They have a random stream of their own: an actor
of a seed keeps the older traits of person.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

COMPLEXION_STREAM = 0x5C18  # keeps these random numbers apart from those of the older traits

# sRGB of makeup, by eye.
LIPSTICKS = (
    (172, 28, 42), (150, 44, 66), (198, 84, 92), (120, 28, 40), (206, 70, 60), (176, 98, 88),
)  # fmt: skip
EYE_SHADOWS = ((96, 70, 58), (122, 86, 76), (70, 64, 70), (112, 74, 92), (74, 84, 104))
INNER_IRISES = ((150, 106, 48), (120, 92, 50), (136, 140, 120))  # rings around the pupil


@dataclass(frozen=True)
class Complexion:
    """Strengths run from 0 to 1, unless said otherwise; the defaults are those of version 1."""

    pattern: float = 0.0  # 0..1: where in the noise this skin lies, so that no two are alike
    pores: float = 0.0
    mottling: float = 0.0  # patches of lighter, darker and redder skin
    spots: float = 0.0  # small marks, red in the young and brown in the old
    moles: tuple[tuple[float, float, float], ...] = ()  # x, y and radius of each, half heads
    sheen: float = 0.35  # strength of the highlights on the skin
    oiliness: float = 0.0  # how much the forehead, nose and cheekbones shine beyond the rest
    folds: float = 0.5  # how deep the folds of an expression are
    eye_bags: float = 0.0
    dark_circles: float = 0.0
    crease: float = 0.6  # of the upper lid; 0: a lid without a fold
    crease_height: float = 0.036  # half heads above the edge of the open lid
    lashes: float = 0.5
    iris_radius: float = 0.064  # half heads
    pupil: float = 0.42  # radius, as a share of that of the iris
    inner_iris: tuple[float, float, float] = (150.0, 106.0, 48.0)  # sRGB around the pupil
    inner_iris_strength: float = 0.0
    bloodshot: float = 0.0  # red in the white of the eyes
    tooth_yellow: float = 0.2
    tooth_gap: float = 0.0  # between the two middle teeth
    tooth_irregular: float = 0.0  # teeth of unequal length and shade
    gums: float = 0.0  # how much of them a smile shows
    chapped: float = 0.3  # lines across the lips
    stubble: float = 0.0
    lipstick: tuple[float, float, float] = (172.0, 28.0, 42.0)  # sRGB
    lipstick_strength: float = 0.0
    eye_shadow: tuple[float, float, float] = (96.0, 70.0, 58.0)  # sRGB
    eye_shadow_strength: float = 0.0
    eyeliner: float = 0.0
    rouge: float = 0.0


def sample_complexion(seed: int, heaviness: float, skin: float, age: float) -> Complexion:
    """The complexion of a seed, coherent with the build 0..1, tone 0..1 and age 0..1."""
    rng = np.random.default_rng([seed, COMPLEXION_STREAM])

    def uniform(low: float = 0.0, high: float = 1.0) -> float:
        return float(rng.uniform(low, high))

    def often(probability: float, low: float = 0.3, high: float = 1.0) -> float:
        """0 or, with a probability, a number between two bounds."""
        drawn = uniform(low, high)
        return drawn if rng.random() < probability else 0.0

    moles = [(uniform(-0.5, 0.5), uniform(-0.85, 0.5), uniform(0.004, 0.009)) for _ in range(4)]
    return Complexion(
        pattern=uniform(),
        pores=uniform(0.15, 1),
        mottling=uniform(0.1, 1),
        spots=often(0.5) * (0.4 + 0.6 * max(age, uniform())),
        moles=tuple(moles[: max(int(rng.integers(-4, 4)), 0)]),
        sheen=uniform(0.2, 0.6),
        oiliness=uniform() ** 1.5,
        folds=uniform(0.3, 0.7) + 0.3 * age,
        eye_bags=min(uniform() ** 2 + 0.5 * age, 1),
        dark_circles=uniform() ** 1.5,
        **_sample_eyes(rng, uniform, often),
        tooth_yellow=0.6 * uniform() ** 1.5 + 0.2 * age,
        tooth_gap=often(0.12),
        tooth_irregular=uniform() ** 1.5,
        gums=often(0.3),
        chapped=uniform(0.1, 0.9),
        stubble=often(0.6, 0.15) if heaviness > 0.5 else 0.0,
        **_sample_makeup(rng, often, 0.55 if heaviness <= 0.5 else 0.02),
    )


def _sample_eyes(rng: np.random.Generator, uniform, often) -> dict:
    return dict(
        crease=0.0 if rng.random() < 0.2 else uniform(0.35, 1),
        crease_height=uniform(0.018, 0.046),
        lashes=uniform(0.2, 0.9),
        iris_radius=uniform(0.060, 0.067),
        pupil=uniform(0.32, 0.55),
        inner_iris=_colour(INNER_IRISES, rng),
        inner_iris_strength=often(0.5),
        bloodshot=uniform() ** 2,
    )


def _sample_makeup(rng: np.random.Generator, often, probability: float) -> dict:
    """Lipstick, eye shadow, eyeliner and rouge: all or some of them, or none."""
    made_up = float(rng.random() < probability)
    return dict(
        lipstick=_colour(LIPSTICKS, rng),
        lipstick_strength=made_up * often(0.7, 0.25, 0.9),
        eye_shadow=_colour(EYE_SHADOWS, rng),
        eye_shadow_strength=made_up * often(0.6, 0.2, 0.75),
        eyeliner=made_up * often(0.6),
        rouge=made_up * often(0.6, 0.2, 0.8),
    )


def _colour(colours, rng: np.random.Generator) -> tuple[float, float, float]:
    return tuple(float(channel) for channel in colours[rng.integers(len(colours))])
