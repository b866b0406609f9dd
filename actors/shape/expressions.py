"""The blendshapes of the head: where the jaw and the muscles of the face move it.

Most are *action units* of the Facial Action Coding System (Ekman and Friesen 1978), whose numbers
stand beside them. What opens and closes the eyes is painted instead, see paint/eyes.py.
Displacements are in half heads; the numbers are by eye.
"""

from __future__ import annotations

import numpy as np

from ..curves import bump, gaussian, mix, smoothstep
from ..performance import Moment
from ..person import Actor, FaceTraits

JAW_DROP = 0.24  # half heads: how far a wide-open mouth lowers the lower lip
LIP_BAND = 0.012  # half heads: |y - mouth_y| below this is the mouth's inside, where it tears open
HALF_WIDTH_BOTH_SIDES = 0.10  # half heads: over which the left half of a smile ends; by eye


def blendshapes(actor: Actor, angle: np.ndarray, rest: np.ndarray) -> dict[str, np.ndarray]:
    """Displacements (..., 3) of the bare head `rest` for each full expression, see BLENDSHAPES."""
    x, y, face = rest[..., 0], rest[..., 1], actor.face
    front = smoothstep(0.05, 0.5, np.cos(angle))
    corners = bump(np.abs(x), y, face.mouth_width, face.mouth_y, 0.13, 0.12) * front
    drop = _drop_jaw(face, x, y, front)
    back = 0.30 * drop * smoothstep(face.mouth_y + 0.02, face.mouth_y - 0.2, y)
    both = {
        "smile": _smile(face, x, y, corners, front),
        "frown": _frown(face, x, y, corners, front),
        "brow": _raise_brows(x, y, front),
    }
    right = smoothstep(-HALF_WIDTH_BOTH_SIDES, HALF_WIDTH_BOTH_SIDES, x)[..., None]
    halves = {f"{name}_left": (1 - right) * shape for name, shape in both.items()}
    halves |= {f"{name}_right": right * shape for name, shape in both.items()}
    worry, anger = _move_inner_brows(face, x, y, front)
    return halves | {
        "mouth": np.stack([-0.030 * corners * _outwards(x), drop, back], -1),
        "pucker": _pucker(face, x, y, front),
        "press": _press(face, x, y, front),
        "worry": worry,
        "anger": anger,
        "squint": _squint(face, x, y, front),
        "puff": _puff(face, angle, x, y),
        "jaw_side": _shift_jaw(face, angle, x, y),
    }


def expression_weights(moment: Moment) -> dict[str, float]:
    """The strength of each blendshape at a moment, without those that are 0."""
    weights = {
        "mouth": moment.mouth,
        "pucker": moment.pucker,
        "press": moment.press,
        "worry": max(moment.inner_brow, 0.0),
        "anger": max(-moment.inner_brow, 0.0),
        "squint": moment.squint,
        "puff": moment.puff,
        "jaw_side": moment.jaw_side,
    }
    for name in ("smile", "frown", "brow"):
        left, right = moment.sides(getattr(moment, name))
        weights |= {f"{name}_left": left, f"{name}_right": right}
    return {name: weight for name, weight in weights.items() if weight}


def _outwards(x: np.ndarray) -> np.ndarray:
    """-1 on the left of the face, 1 on the right, with a smooth change in the middle."""
    return np.tanh(x / 0.08)


def _pair(x, y, cx: float, cy: float, sx: float, sy: float) -> np.ndarray:
    """A hill on each side of the face; unlike `bump` of |x|, it has no crease in the middle."""
    return bump(x, y, cx, cy, sx, sy) + bump(x, y, -cx, cy, sx, sy)


def _drop_jaw(face: FaceTraits, x: np.ndarray, y: np.ndarray, front: np.ndarray) -> np.ndarray:
    """Vertical displacement of a wide-open mouth (AU26, 27).

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


def _shift_jaw(face: FaceTraits, angle: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The jaw moves to the right, with chin and lower lip and some of the corners (AU30)."""
    wide_front = smoothstep(-0.3, 0.5, np.cos(angle))
    jaw = smoothstep(face.mouth_y + 0.10, face.mouth_y - 0.16, y) * wide_front
    zero = np.zeros_like(x)
    return np.stack([0.075 * jaw, zero, zero], -1)


def _smile(
    face: FaceTraits, x: np.ndarray, y: np.ndarray, corners: np.ndarray, front: np.ndarray
) -> np.ndarray:
    """The corners of the mouth move outwards, up and back; the cheeks swell (AU12).

    The lips between the corners are stretched: they become thinner, and the upper one rises.
    """
    ax = np.abs(x)
    middle = bump(x, y, 0, face.mouth_y, 0.15, 0.09) * front
    thinner = -0.18 * (y - face.mouth_y) * middle
    return np.stack(
        [
            0.048 * corners * _outwards(x),
            0.064 * corners
            + 0.010 * middle
            + thinner
            + 0.030 * bump(ax, y, 0.36, -0.28, 0.16, 0.14) * front,
            -0.022 * corners
            - 0.012 * middle
            + 0.035 * bump(ax, y, 0.38, -0.24, 0.13, 0.10) * front,
        ],
        -1,
    )


def _frown(
    face: FaceTraits, x: np.ndarray, y: np.ndarray, corners: np.ndarray, front: np.ndarray
) -> np.ndarray:
    """The corners of the mouth move down; the chin bulges and lifts the lips (AU15, 17)."""
    middle = bump(x, y, 0, face.mouth_y - 0.02, 0.12, 0.10) * front
    chin = bump(x, y, 0, face.mouth_y - 0.19, 0.15, 0.07) * front
    return np.stack(
        [0.010 * corners * _outwards(x), 0.012 * middle - 0.046 * corners, 0.022 * chin], -1
    )


def _pucker(face: FaceTraits, x: np.ndarray, y: np.ndarray, front: np.ndarray) -> np.ndarray:
    """The lips are drawn together from the sides, grow fuller and come forward (AU18, 22)."""
    mouth_y, width = face.mouth_y, face.mouth_width
    around = bump(x, y, 0, mouth_y, 1.35 * width, 0.20) * front
    lips = bump(x, y, 0, mouth_y, 0.8 * width, 0.11) * front
    return np.stack([-0.52 * x * around, 0.30 * (y - mouth_y) * lips, 0.085 * lips], -1)


def _press(face: FaceTraits, x: np.ndarray, y: np.ndarray, front: np.ndarray) -> np.ndarray:
    """The lips are rolled in and look thinner (AU24, 28)."""
    lips = bump(x, y, 0, face.mouth_y, 1.15 * face.mouth_width, 0.085) * front
    x_outwards = 0.05 * x * lips
    return np.stack([x_outwards, -0.48 * (y - face.mouth_y) * lips, -0.030 * lips], -1)


def _raise_brows(x: np.ndarray, y: np.ndarray, front: np.ndarray) -> np.ndarray:
    """The whole brow moves up (AU1 and 2)."""
    up = 0.075 * bump(np.abs(x), y, 0.26, 0.24, 0.30, 0.13) * front
    return np.stack([np.zeros_like(x), up, np.zeros_like(x)], -1)


def _move_inner_brows(
    face: FaceTraits, x: np.ndarray, y: np.ndarray, front: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Worry: the inner ends of the brows up (AU1). Anger: down and together (AU4)."""
    inner, outer, height = face.eye_x - 0.15, face.eye_x + 0.17, face.brow_height
    ends = _pair(x, y, inner, height + 0.01, 0.13, 0.11) * front
    tails = _pair(x, y, outer, height, 0.14, 0.10) * front
    zero = np.zeros_like(x)
    worry = np.stack([-0.008 * _outwards(x) * ends, 0.060 * ends - 0.018 * tails, zero], -1)
    between = bump(x, y, 0, height - 0.02, 0.09, 0.10) * front
    down = -0.046 * ends - 0.006 * tails
    anger = np.stack([-0.030 * _outwards(x) * ends, down, 0.014 * between], -1)
    return worry, anger


def _squint(face: FaceTraits, x: np.ndarray, y: np.ndarray, front: np.ndarray) -> np.ndarray:
    """The cheeks and the lower lids rise (AU6, 7); paint/eyes.py narrows the aperture."""
    cheeks = _pair(x, y, face.eye_x + 0.05, -0.19, 0.17, 0.11) * front
    lids = _pair(x, y, face.eye_x, -0.08, 0.14, 0.05) * front
    beside = _pair(x, y, face.eye_x + 0.22, 0.0, 0.08, 0.12) * front
    return np.stack(
        [-0.014 * beside * _outwards(x), 0.034 * cheeks + 0.010 * lids, 0.024 * cheeks], -1
    )


def _puff(face: FaceTraits, angle: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Air blows up the cheeks and the lips (AU34)."""
    wide_front = smoothstep(-0.25, 0.4, np.cos(angle))
    cheeks = _pair(x, y, 0.43, face.mouth_y + 0.06, 0.20, 0.20) * wide_front
    lips = bump(x, y, 0, face.mouth_y, 0.9 * face.mouth_width, 0.14) * wide_front
    return np.stack(
        [0.085 * cheeks * _outwards(x), np.zeros_like(x), 0.075 * cheeks + 0.025 * lips], -1
    )
