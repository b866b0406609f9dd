"""The inside of the mouth of one instant: teeth, tongue and the dark behind. Half heads; by eye."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..curves import gaussian, mix, smoothstep
from ..performance import Moment
from ..person import Actor
from ..shape import JAW_DROP, LIP_BAND
from .noise import noise
from .samples import Samples
from .teeth import lower_teeth, upper_teeth
from .texels import linear, paint_over


@dataclass(frozen=True, eq=False)
class Opening:
    """Where samples lie in the open mouth, (S,) each."""

    x: np.ndarray  # from the middle line
    out: np.ndarray  # 0 in the middle, 1 at the corners
    gap: np.ndarray  # height of the opening here
    below: np.ndarray  # half heads below the upper lip
    above: np.ndarray  # half heads above the lower lip
    light: np.ndarray  # 0..1: how much light comes in here


def paint_mouth(actor: Actor, moment: Moment, samples: Samples) -> None:
    """Paint the inside of the mouth into the samples between the lips.

    The band of height LIP_BAND on both sides of the line between the lips is what an open mouth
    stretches; a place in it says how far below the upper lip one looks into the mouth.
    """
    out = np.abs(samples.x) / actor.face.mouth_width
    gap = JAW_DROP * float(moment.mouth) * np.clip(1 - out**2, 0, 1)
    band = (samples.y - actor.face.mouth_y) / LIP_BAND
    inside = smoothstep(1.05, 0.85, np.abs(band)) * smoothstep(0.004, 0.018, gap)
    below, above = (1 - band) * 0.5 * gap, (1 + band) * 0.5 * gap
    # Under the upper lip it is darkest, and light hardly reaches the corners.
    light = mix(0.50, 1, smoothstep(0, 0.035, below)) * mix(1, 0.30, smoothstep(0.35, 1.0, out))
    light = light * mix(0.70, 1, smoothstep(0, 0.07, gap))
    opening = Opening(samples.x, out, gap, below, above, light)
    colour, shine = _mouth_colour(actor, moment, opening)
    paint_over(samples.rgb, colour, inside)
    np.maximum(samples.unshaded, inside, out=samples.unshaded)
    samples.occlusion += (0.85 - samples.occlusion) * inside
    samples.relief *= (1 - inside)[:, None]
    samples.specular += (shine - samples.specular) * inside


def _mouth_colour(actor, moment: Moment, opening: Opening) -> tuple[np.ndarray, np.ndarray]:
    """Colours (S, 3) from the back to the front, and how much they shine, (S,)."""
    deep = smoothstep(0.0, 0.09, np.minimum(opening.below, opening.above))
    colour = linear((92, 34, 34)) * (opening.light * (1 - 0.75 * deep))[:, None]
    tongue, area = _tongue(moment, opening)
    lower, lower_area = lower_teeth(actor.face, moment, opening)
    upper, upper_area = upper_teeth(actor.face, moment, opening)
    out_of_mouth = float(np.clip(moment.tongue, 0, 1))
    behind = area * (1 - out_of_mouth)
    for coat, cover in ((tongue, behind), (lower, lower_area), (tongue, area * out_of_mouth)):
        colour = mix(colour, coat, cover[:, None])
    colour = mix(colour, upper, upper_area[:, None])
    return colour, 0.10 + 0.35 * np.maximum(np.maximum(lower_area, upper_area), 0.6 * area)


def _tongue(moment: Moment, opening: Opening) -> tuple[np.ndarray, np.ndarray]:
    """It lies behind the lower teeth; a tongue that is put out rises over them. Colour and area."""
    put_out = float(np.clip(moment.tongue, 0, 1))
    top = 0.055 + 0.28 * opening.gap + 0.045 * put_out
    top = top * np.sqrt(np.clip(1 - (opening.x / (0.175 - 0.03 * put_out)) ** 2, 0, 1))
    area = smoothstep(0.010, -0.010, opening.above - top) * smoothstep(0.05, 0.10, opening.gap)
    groove = 0.30 * gaussian(opening.x, 0.012) * smoothstep(0.2, 0.6, opening.above / (top + 1e-3))
    rough = 0.14 * noise(opening.x * 1.2, opening.above * 1.2)
    rounded = mix(0.55, 1.0, smoothstep(0.0, 0.05, top - opening.above))
    light = np.maximum(opening.light, 0.75 * put_out) * rounded * (1 - groove + rough)
    wet = 0.16 * gaussian(opening.x - 0.03, 0.02) * gaussian(top - opening.above - 0.03, 0.014)
    colour = linear((186, 96, 94)) * (light * (0.42 + 0.58 * put_out))[:, None]
    return colour + (wet * (0.25 + put_out))[:, None], area
