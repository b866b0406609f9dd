"""The blendshapes of the head: where a wide-open mouth, a broad smile and raised brows move it.

Displacements are in half heads; the numbers are by eye.
"""

from __future__ import annotations

import numpy as np

from ..curves import bump, gaussian, mix, smoothstep
from ..person import Actor, FaceTraits

JAW_DROP = 0.24  # half heads: how far a wide-open mouth lowers the lower lip
LIP_BAND = 0.012  # half heads: |y - mouth_y| below this is the mouth's inside, where it tears open


def blendshapes(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> dict[str, np.ndarray]:
    """Displacements (..., 3) of the bare head `rest` for each full expression, see BLENDSHAPES."""
    x, y, face = rest[..., 0], rest[..., 1], actor.face
    front = smoothstep(0.05, 0.5, np.cos(angle))
    corners = bump(np.abs(x), y, face.mouth_width, face.mouth_y, 0.13, 0.12) * front
    drop = _drop_jaw(face, x, y, front)
    back = 0.30 * drop * smoothstep(face.mouth_y + 0.02, face.mouth_y - 0.2, y)
    return {
        "mouth": np.stack([-0.030 * corners * _outwards(x), drop, back], -1),
        "smile": _smile(x, y, corners, front),
        "brow": _raise_brows(x, y, front),
    }


def _outwards(x: np.ndarray) -> np.ndarray:
    """-1 on the left of the face, 1 on the right, with a smooth change in the middle."""
    return np.tanh(x / 0.08)


def _drop_jaw(face: FaceTraits, x: np.ndarray, y: np.ndarray, front: np.ndarray) -> np.ndarray:
    """Vertical displacement of a wide-open mouth.

    The jaw takes chin and lower lip along, and hardly the upper lip. Between them, inside LIP_BAND,
    the surface is stretched: it becomes the inside of the mouth.
    """
    mouth_y = face.mouth_y
    middle = np.maximum(1 - (x / face.mouth_width) ** 2, 0)  # 1 in the middle, 0 at the corners
    below = np.clip((mouth_y - y) / LIP_BAND, -1, 1) * 0.5 + 0.5
    chin = 0.85 * gaussian(x, 0.55)
    lower = mix(0.42 + 0.52 * middle, chin, smoothstep(mouth_y - 0.05, mouth_y - 0.22, y))
    upper = (0.42 * (1 - middle) - 0.06 * middle) * gaussian(y - mouth_y, 0.13)
    return -JAW_DROP * np.exp(-((np.abs(x) / 0.52) ** 4)) * front * mix(upper, lower, below)


def _smile(x: np.ndarray, y: np.ndarray, corners: np.ndarray, front: np.ndarray) -> np.ndarray:
    """The corners of the mouth move outwards, up and back; the cheeks swell."""
    ax = np.abs(x)
    return np.stack(
        [
            0.036 * corners * _outwards(x),
            0.075 * corners + 0.030 * bump(ax, y, 0.36, -0.28, 0.16, 0.14) * front,
            -0.020 * corners + 0.035 * bump(ax, y, 0.38, -0.24, 0.13, 0.10) * front,
        ],
        -1,
    )


def _raise_brows(x: np.ndarray, y: np.ndarray, front: np.ndarray) -> np.ndarray:
    up = 0.075 * bump(np.abs(x), y, 0.26, 0.24, 0.30, 0.13) * front
    return np.stack([np.zeros_like(x), up, np.zeros_like(x)], -1)
