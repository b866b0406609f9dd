"""The teeth: one by one, with gums, gaps and their own shades. Half heads; by eye."""

from __future__ import annotations

import numpy as np

from ..curves import mix, smoothstep
from ..performance import Moment
from ..person import FaceTraits
from .noise import noise
from .texels import linear

# Where one upper tooth ends and the next begins, from the middle line outwards: two incisors, the
# eye tooth and two more, narrower to the eye as the arch turns back.
UPPER_EDGES = np.float32([0, 0.070, 0.122, 0.166, 0.200, 0.228])
UPPER_LENGTHS = np.float32([0, -0.007, -0.002, -0.010, -0.014])  # beyond that of the first
LOWER_EDGES = np.float32([0, 0.042, 0.086, 0.132, 0.170, 0.205])
GUM = (196, 108, 104)  # sRGB


def upper_teeth(face: FaceTraits, moment: Moment, opening) -> tuple[np.ndarray, np.ndarray]:
    """Colours (S, 3) and area (S,) of the upper teeth; a smile shows more of them."""
    complexion = face.complexion
    x = np.abs(opening.x) - 0.004 * complexion.tooth_gap
    number, across, own = _find_tooth(x, opening.x, UPPER_EDGES, complexion.pattern)
    shown = 0.036 + 0.036 * float(moment.smile) - 0.020 * float(moment.frown + moment.pucker)
    end = shown + UPPER_LENGTHS[number] + 0.010 * complexion.tooth_irregular * own
    end = end - 0.009 * np.abs(across) ** 3  # rounded corners
    area = smoothstep(0.004, -0.004, opening.below - end) * smoothstep(1.0, 0.85, opening.out)
    colour = _tooth_colour(face, across, own, opening.light)
    if complexion.tooth_gap:
        between = smoothstep(0, -0.003, x)[:, None]
        colour = mix(colour, linear((70, 26, 26)), between)
    edge = 1 - 0.12 * smoothstep(0.014, 0.0, end - opening.below)  # translucent, so a little darker
    gum_line = 0.026 * complexion.gums * float(moment.smile) + 0.006 * (np.abs(across) ** 2 - 1)
    gum = smoothstep(0.003, -0.003, opening.below - gum_line)
    colour = mix(colour * edge[:, None], linear(GUM) * opening.light[:, None], gum[:, None])
    return colour, area


def lower_teeth(face: FaceTraits, moment: Moment, opening) -> tuple[np.ndarray, np.ndarray]:
    """Colours and area of the lower teeth: their upper ends show above the lower lip."""
    complexion = face.complexion
    number, across, own = _find_tooth(
        np.abs(opening.x), opening.x, LOWER_EDGES, complexion.pattern + 0.5
    )
    height = 0.014 + 0.012 * float(moment.mouth) - 0.012 * float(moment.smile + moment.pucker)
    end = height + 0.006 * complexion.tooth_irregular * own - 0.003 * np.abs(across) ** 3
    end = end - 0.05 * np.clip(opening.out - 0.55, 0, 1)
    area = smoothstep(0.004, -0.004, opening.above - end) * smoothstep(0.80, 0.60, opening.out)
    return _tooth_colour(face, across, own, 0.60 * opening.light), area


def _find_tooth(x: np.ndarray, signed: np.ndarray, edges: np.ndarray, pattern: float):
    """Number, place across (-1..1) and a random number (-1..1) of the tooth at each distance x."""
    number = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, len(edges) - 2)
    left, right = edges[number], edges[number + 1]
    across = np.clip(2 * (x - left) / (right - left) - 1, -1, 1)
    own = noise(number * 0.173 + 0.41 * (signed < 0) + pattern, np.full(x.shape, np.float32(0.37)))
    return number, across, np.clip(2 * own, -1, 1)


def _tooth_colour(face: FaceTraits, across: np.ndarray, own: np.ndarray, light) -> np.ndarray:
    """Rounded, so darker at the sides; each with a shade of its own, (S, 3)."""
    complexion = face.complexion
    white = mix(np.float32([232, 229, 222]), np.float32([214, 190, 140]), complexion.tooth_yellow)
    side = np.abs(across)
    shade = 1 - 0.10 * side**2 - 0.34 * smoothstep(0.86, 1.0, side)
    shade = shade * (1 + 0.09 * complexion.tooth_irregular * own)
    return linear(white) * (shade * light)[:, None]
