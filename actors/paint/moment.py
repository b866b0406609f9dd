"""What has to be painted anew for each picture: eyes and mouth. The rest is in the textures."""

from __future__ import annotations

import numpy as np

from ..performance import Moment
from ..person import Actor
from .eyes import paint_eyes
from .mouth import paint_mouth
from .samples import Samples


def paint_moment(actor: Actor, moment: Moment, samples: Samples) -> None:
    """Paint eyes and mouth into the samples, in place; only the samples near them are touched."""
    ax, y, face = np.abs(samples.x), samples.y, actor.face
    near_eyes = (np.abs(ax - face.eye_x) < 0.22) & (np.abs(y - 0.01) < 0.17)
    near_mouth = (ax < face.mouth_width * 1.1) & (np.abs(y - face.mouth_y) < 0.02)
    for paint, near in ((paint_eyes, near_eyes), (paint_mouth, near_mouth)):
        indices = np.flatnonzero(near)
        if not len(indices):
            continue
        part = samples.take(indices)
        paint(actor, moment, part)
        samples.put(indices, part)
