"""No face is the same on both sides: the displacements that make one lopsided.

They come after the painting, which knows only |x|: paint lies on the surface and follows. Lengths
are in half heads; the numbers are by eye.
"""

from __future__ import annotations

import numpy as np

from ..curves import bump, gaussian, smoothstep
from ..person import Actor


def lopsidedness(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Displacements (..., 3) of the bare head `rest`.

    The right eye, brow and corner of the mouth lie higher than the left ones, the nose and the jaw
    point to the right, by the actor's traits, which may be negative.
    """
    x, y, face = rest[..., 0], rest[..., 1], actor.face
    eyes, brows, nose, mouth, jaw = face.lopsided
    front = smoothstep(-0.1, 0.5, np.cos(angle))
    below_brow = gaussian(y - 0.02, 0.17) * np.tanh(x / 0.15)
    brow = bump(np.abs(x), y, 0.28, face.brow_height + 0.02, 0.2, 0.08) * np.tanh(x / 0.1)
    lips = gaussian(y - face.mouth_y, 0.13) * np.tanh(x / 0.25) * gaussian(x, 0.45)
    up = 0.011 * eyes * below_brow + 0.014 * brows * brow + 0.012 * mouth * lips
    ridge = bump(x, y, 0, face.nose_y - 0.03, 0.20, 0.20)
    right = 0.016 * nose * ridge + 0.022 * jaw * smoothstep(-0.35, -0.95, y)
    return np.stack([right, up, np.zeros_like(x)], -1) * front[..., None]
