"""The head: a stack of horizontal slices with the features of the face on its front.

Profiles over the height give each slice its half width and how far it reaches forward and back.
Gaussian bumps on the front make brow, nose, lips and chin. All numbers are by eye, in half heads.
"""

from __future__ import annotations

import numpy as np

from ..curves import bump, mix, profile, round_profile, smoothstep
from ..person import Actor, FaceTraits, HeadTraits
from .asymmetry import lopsidedness
from .body import build_body, build_ear
from .expressions import blendshapes
from .grid import Grid
from .hair import build_long_hair, hair_volume

HEAD_COLUMNS = 151  # vertices around the head
HEAD_ROWS = 138  # vertices over the height, evenly spaced by latitude
MOUTH_ROWS = 12  # more rows around the mouth, where expressions bend the surface most


def build_grids(actor: Actor) -> list[Grid]:
    """All surfaces of an actor; the head is the first. Long hair hides the ears."""
    if actor.head.wear.has_headscarf:
        sides = []  # hidden
    elif actor.head.length > 0:
        sides = [build_long_hair(actor)]
    else:
        sides = [build_ear(actor, side) for side in (-1, 1)]
    return [_build_head(actor), build_body(actor), *sides]


def _build_head(actor: Actor) -> Grid:
    u = np.linspace(-1, 1, HEAD_COLUMNS)
    angles = np.pi * mix(u, u**3, 0.5)  # closer together in front
    latitudes = np.linspace(-np.pi / 2, np.pi / 2, HEAD_ROWS + 2)
    heights = np.concatenate(
        [
            np.sin(latitudes) * np.where(latitudes < 0, 1.035, 1.0),
            actor.face.mouth_y + np.linspace(-0.03, 0.03, MOUTH_ROWS),
        ]
    )
    angle, y = np.meshgrid(angles, np.sort(heights)[1:-1])  # without the two poles
    rest = skull(actor, angle, y)
    rest[[0, -1]] = rest[[0, -1]].mean(1, keepdims=True)  # closed under the chin and at the crown
    with_hair = rest + hair_volume(actor, angle, rest) + lopsidedness(actor, angle, rest)
    skinning = np.ones((*angle.shape, 1))
    return Grid("head", angle, rest, with_hair, blendshapes(actor, angle, rest), skinning)


def skull(actor: Actor, angle: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The bare head at rest, (..., 3), at angles about the vertical axis and heights -1.035..1."""
    width, front, back = _slices(actor.head, y)
    sine, cosine = np.sin(angle), np.cos(angle)
    x = width * np.sign(sine) * np.abs(sine) ** 0.92
    z = np.where(cosine > 0, front, back) * np.sign(cosine) * np.abs(cosine) ** 0.92
    return np.stack([x, y, z + smoothstep(0.05, 0.5, cosine) * _relief(actor.face, x, y)], -1)


def _slices(head: HeadTraits, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Half the width of the head at heights y, and how far it reaches forward and back."""
    jaw, chin, cheekbones, temples = head.jaw, head.chin_width, head.cheekbones, head.temples
    full = 1 + 0.055 * head.heavy
    width = round_profile(y, [
        (-1.04, 0), (-1, 0.22 * chin), (-0.9, 0.36 * jaw * chin * full),
        (-0.72, 0.49 * mix(1, jaw, 0.8) * mix(1, chin, 0.45) * full),
        (-0.45, 0.605 * mix(1, jaw, 0.5) * full), (-0.1, 0.685 * cheekbones),
        (0.2, 0.715 * mix(cheekbones, temples, 0.6)), (0.5, 0.685 * temples),
        (0.75, 0.555 * temples), (0.9, 0.38), (1, 0),
    ])  # fmt: skip
    front = round_profile(y, [
        (-1.04, 0.20), (-0.98, 0.55), (-0.88, 0.66), (-0.5, 0.70), (-0.2, 0.71), (0.1, 0.72),
        (0.4, 0.72), (0.65, 0.62), (0.85, 0.42), (1, 0),
    ])  # fmt: skip
    back = round_profile(y, [
        (-1.04, 0), (-0.9, 0.1), (-0.6, 0.42), (-0.2, 0.74), (0.2, 0.88), (0.6, 0.75),
        (0.85, 0.42), (1, 0),
    ], 0.08)  # fmt: skip
    return head.width * width, front, back


def _relief(face: FaceTraits, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How far the features of the face stand out of the skull (below 0: are sunk into it)."""
    forehead = bump(x, y, 0, 0.45, 0.4, 0.2)
    relief = _nose(face, x, y) + _eyes_and_cheeks(face, np.abs(x), y) + _mouth(face, x, y)
    return relief + _chin(face, x, y) + 0.02 * forehead


def _eyes_and_cheeks(face: FaceTraits, ax: np.ndarray, y: np.ndarray) -> np.ndarray:
    eye_x = face.eye_x
    socket, eyeball = bump(ax, y, eye_x, 0.06, 0.17, 0.10), bump(ax, y, eye_x, 0, 0.12, 0.09)
    inner_corner = bump(ax, y, eye_x - 0.17, 0.02, 0.05, 0.08)
    brow_ridge, cheek = bump(ax, y, 0.25, 0.19, 0.24, 0.06), bump(ax, y, 0.40, -0.20, 0.17, 0.14)
    hollow = bump(ax, y, 0.42, face.mouth_y + 0.12, 0.15, 0.18)  # between cheekbone and jaw
    bags = bump(ax, y, eye_x, -0.125, 0.12, 0.03)
    jowls = bump(ax, y, 0.33, face.mouth_y - 0.17, 0.10, 0.10)
    relief = face.ridge * brow_ridge + face.cheeks * cheek - 0.03 * inner_corner
    relief -= (0.095 + face.eye_depth) * socket - (0.06 + 0.5 * face.eye_depth) * eyeball
    relief += 0.032 * face.fullness * hollow
    return relief + face.lines * (0.014 * bags + 0.022 * jowls)


def _mouth(face: FaceTraits, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The lips on the arch of the teeth; full lips stand out more than thin ones."""
    mouth_y, mouth_width = face.mouth_y, face.mouth_width
    upper, lower = face.lip_upper / 0.055, face.lip_lower / 0.078  # relative to average lips
    teeth = bump(x, y, 0, mouth_y, 0.26, 0.17)
    upper_lip = bump(x, y, 0, mouth_y + 0.045 * upper, mouth_width * 0.85, 0.035 * upper)
    lower_lip = bump(x, y, 0, mouth_y - 0.06 * lower, mouth_width * 0.75, 0.04 * lower)
    lip_line = bump(x, y, 0, mouth_y, mouth_width * 0.75, 0.020)
    under_lip = bump(x, y, 0, mouth_y - 0.155, 0.16, 0.045)
    philtrum = bump(x, y, 0, mouth_y + 0.12, 0.03, 0.05)
    relief = 0.07 * teeth + 0.038 * upper * upper_lip + 0.052 * lower * lower_lip
    return relief - 0.03 * lip_line - 0.035 * under_lip - 0.012 * philtrum


def _chin(face: FaceTraits, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    chin = bump(x, y, 0, -0.88, 0.17 * face.chin_breadth, 0.09)
    cleft = bump(x, y, 0, -0.88, 0.022, 0.06)
    return face.chin * chin - 0.018 * face.cleft * cleft


def _nose(face: FaceTraits, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How far the nose stands out: bridge and tip as a ridge of varying breadth, and the wings."""
    tip, length, width = face.nose_y, face.nose_length, face.nose_width
    middle = 0.5 * (0.06 + tip)  # of the bridge: hooked noses stand out here, snub ones are sunk
    half_way = 0.5 * (0.05 + length) + face.nose_hook
    droop = 0.5 * face.nose_hook  # a hooked nose's tip points down, a snub one's up
    height = profile(y, [
        (0.14, 0), (0.06, 0.05 + face.nose_root), (middle, half_way), (tip, length),
        (tip - 0.05, length * 0.95 + droop), (tip - 0.13, 0.04), (tip - 0.17, 0),
    ])  # fmt: skip
    breadth = width * profile(y, [
        (0.15, 0.070), (0, 0.062), (tip + 0.12, 0.066), (tip, 0.098 * face.nose_bulb),
        (tip - 0.2, 0.11),
    ])  # fmt: skip
    bridge = height * np.exp(-(np.abs(x / breadth) ** 2.2))
    ball = bump(x, y, 0, tip - 0.02, 0.075 * width * face.nose_bulb, 0.055)
    wings = bump(np.abs(x), y, 0.108 * width, tip - 0.06, 0.046 * width, 0.050)
    crease = bump(np.abs(x), y, 0.165 * width, tip - 0.04, 0.025, 0.06)  # behind the wings
    return bridge + 0.018 * ball + 0.080 * wings - 0.012 * crease
