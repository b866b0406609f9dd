"""The eyes of one instant.

Both eyes are painted at once, by the distance from the middle line of the face.
"""

from __future__ import annotations

import numpy as np

from ..curves import smoothstep
from ..performance import Moment
from ..person import Actor
from .eyeball import eyeball_colour
from .lids import paint_creases, paint_lashes, paint_rims, place_lids
from .samples import Samples
from .texels import paint_over


def paint_eyes(actor: Actor, moment: Moment, samples: Samples) -> None:
    """Paint the eyes into the samples around them."""
    lids = place_lids(actor.face, moment, samples)
    paint_creases(actor, moment, lids, samples)
    opening = (
        smoothstep(-0.005, 0.005, lids.upper - lids.dy)
        * smoothstep(-0.005, 0.005, lids.dy - lids.lower)
        * smoothstep(0.0, 0.008, lids.upper - lids.lower)
        * (np.abs(lids.along) < 1)
    )
    paint_over(samples.rgb, eyeball_colour(actor.face, moment, lids), opening)
    np.maximum(samples.unshaded, 0.85 * opening, out=samples.unshaded)
    samples.specular *= 1 - opening
    samples.relief *= (1 - opening)[:, None]
    brighter = np.minimum(1, samples.occlusion + 0.25)
    samples.occlusion += (brighter - samples.occlusion) * opening
    paint_rims(actor, lids, samples)
    paint_lashes(actor, moment, lids, samples)
