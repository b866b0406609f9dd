"""The inside of the mouth of one instant: teeth, tongue and the dark behind. Half heads; by eye."""

from __future__ import annotations

import numpy as np

from ..curves import gaussian, mix, smoothstep
from ..performance import Moment
from ..person import Actor
from ..shape import JAW_DROP, LIP_BAND
from .samples import Samples
from .texels import linear, paint_over


def paint_mouth(actor: Actor, moment: Moment, samples: Samples) -> None:
    """Paint the inside of the mouth into the samples between the lips.

    The band of height LIP_BAND on both sides of the line between the lips is what an open mouth
    stretches; a place in it says how far below the upper lip one looks into the mouth.
    """
    ax = np.abs(samples.x)
    out = ax / actor.face.mouth_width  # 0 in the middle, 1 at the corner
    gap = JAW_DROP * moment.mouth * np.clip(1 - out**2, 0, 1)  # height of the opening
    band = (samples.y - actor.face.mouth_y) / LIP_BAND
    inside = smoothstep(1.05, 0.85, np.abs(band)) * smoothstep(0.004, 0.022, gap)
    below = (1 - band) * 0.5 * gap  # half heads below the upper lip

    dark = np.broadcast_to(linear((70, 22, 24)) * np.float32(0.55), samples.rgb.shape)
    teeth_end = 0.052 + 0.02 * moment.smile
    teeth = smoothstep(0.006, -0.006, below - teeth_end) * smoothstep(0.98, 0.80, out)
    tongue = (
        smoothstep(0.55, 0.9, below / (gap + 1e-3))
        * smoothstep(0.10, 0.17, gap)
        * smoothstep(0.9, 0.5, out)
    )
    mouth = mix(dark, _tooth_colour(ax, out, below), teeth[:, None])
    mouth = mix(mouth, linear((150, 62, 62)) * np.float32(0.7), tongue[:, None])
    paint_over(samples.rgb, mouth, inside)
    np.maximum(samples.unshaded, inside, out=samples.unshaded)
    samples.occlusion += (0.85 - samples.occlusion) * inside
    samples.specular *= 1 - 0.6 * inside


def _tooth_colour(ax: np.ndarray, out: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Darker between the teeth, under the upper lip and towards the corners, (S, 3)."""
    gaps = 0.10 * gaussian(ax % 0.052 - 0.001, 0.006)
    shade = gaps + 0.35 * smoothstep(0.03, 0, below)
    return linear((226, 219, 204)) * ((1 - shade) * mix(1, 0.35, smoothstep(0.4, 1, out)))[:, None]
