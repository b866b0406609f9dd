"""The lids of one instant: where they are, their fold, lashes and wet rim. Half heads; by eye."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..curves import bump, gaussian, mix, smoothstep
from ..performance import Moment
from ..person import Actor, FaceTraits
from .samples import Samples
from .texels import linear, paint_over

IRIS_TRAVEL_X = 0.060  # half heads from looking straight on to gaze_x = 1
IRIS_TRAVEL_Y = 0.040
LID_COVERS_IRIS = 0.20  # share of its radius that the upper lid of a relaxed eye hides
IRIS_HEIGHTS = 0.002, 0.018  # half heads: bounds of the middle of an iris that looks straight on
LID_FOLLOWS = 0.75  # share of the iris' travel up or down that the upper lid goes along
LOWER_LID_FOLLOWS = 0.22
LASH_LENGTH = 0.034  # half heads


@dataclass(frozen=True, eq=False)
class Lids:
    """Where samples lie relative to the eye and its lids, (S,) each."""

    side: np.ndarray  # -1 the left eye of the picture, 1 the right
    dx: np.ndarray  # from the middle of the eye outwards
    dy: np.ndarray  # up
    along: np.ndarray  # -1 the inner corner .. 1 the outer corner
    top: np.ndarray  # edge of the upper lid when the eye looks straight on
    upper: np.ndarray  # edge of the upper lid now
    lower: np.ndarray  # edge of the lower lid
    closed: np.ndarray  # 0..1: how far this eye is closed by a blink


def place_lids(face: FaceTraits, moment: Moment, samples: Samples) -> Lids:
    """The lids follow blinks, the gaze up and down, and what the face does around them."""
    dx = np.abs(samples.x) - face.eye_x
    along, side = dx / face.eye_width, np.sign(samples.x)
    dy = samples.y - face.eye_tilt * along
    middle = np.clip(1 - along * along, 0, 1)  # 1 in the middle of the eye, 0 at its corners
    wink = float(moment.wink)
    blinks = [float(np.clip(moment.blink + max(w, 0.0), 0, 1)) for w in (-wink, wink)]
    closed = np.where(side < 0, np.float32(blinks[0]), np.float32(blinks[1]))
    # The upper lid is highest a little inwards, the lower one lowest a little outwards.
    arch = middle ** mix(0.85, 0.62, smoothstep(-0.9, 0.1, along))
    height = face.eye_height
    top = height * arch * (1.03 - 0.10 * along)
    gaze = IRIS_TRAVEL_Y * float(moment.gaze_y)
    change = 0.012 * moment.brow + 0.022 * moment.wide - 0.006 * moment.smile
    change += LID_FOLLOWS * gaze - 0.008 * moment.squint - 0.008 * max(-moment.inner_brow, 0)
    open_top = np.maximum(top + float(change) * arch, -0.45 * height * arch)
    lower = -0.60 * height * middle**0.75 * (1 + 0.15 * along)
    raised = 0.024 * moment.squint + 0.010 * moment.smile - 0.004 * moment.wide
    lower = lower + float(raised + LOWER_LID_FOLLOWS * min(gaze, 0)) * arch
    # A closing eye meets low: the upper lid does nearly all of the way.
    meet = np.minimum(-0.42 * height * middle**0.75, open_top)
    lower = mix(lower, meet, closed)
    # A squint never shuts the eye: only a blink does.
    upper = np.maximum(mix(open_top, meet, closed), lower + 0.3 * (1 - closed) * height * arch)
    return Lids(side, dx, dy, along, top, upper, lower, closed)


def iris_height(face: FaceTraits) -> float:
    """The height of an iris that looks straight on: the upper lid hides its top."""
    radius = face.complexion.iris_radius
    return float(np.clip(face.eye_height - (1 - LID_COVERS_IRIS) * radius, *IRIS_HEIGHTS))


def paint_creases(actor: Actor, moment: Moment, lids: Lids, samples: Samples) -> None:
    """The fold of the upper lid, the fold below the lower one, and the shade of a closed lid."""
    complexion = actor.face.complexion
    height = complexion.crease_height + 0.008 * float(moment.brow)
    above = lids.dy - mix(lids.upper, lids.top, 0.70) - height * (1 + 0.2 * lids.along)
    within = smoothstep(1.22, 0.75, np.abs(lids.along + 0.02))
    strength = complexion.crease * within * mix(1, 0.45, lids.closed)
    crease = gaussian(above, 0.0095) * strength
    samples.occlusion *= 1 - 0.50 * crease
    # The skin bulges above the crease, and the lid below it: both catch the light.
    bulge = gaussian(above - 0.020, 0.016) + 0.7 * gaussian(above + 0.020, 0.014)
    samples.occlusion *= 1 + 0.10 * bulge * strength
    samples.relief[:, 1] += 0.45 * strength * above / 0.0095 * gaussian(above, 0.0095)
    closed_lid = 0.22 * lids.closed * bump(lids.dx, lids.dy, 0, 0.012, 0.13, 0.055)
    samples.occlusion *= 1 - closed_lid
    below = lids.lower - 0.030 - lids.dy
    pouch = gaussian(below, 0.010) * smoothstep(1.0, 0.5, np.abs(lids.along - 0.05))
    samples.occlusion *= 1 - (0.10 + 0.22 * float(moment.squint) + 0.08 * actor.face.lines) * pouch


def paint_rims(actor: Actor, lids: Lids, samples: Samples) -> None:
    """The lower lid has a thickness: a wet pink rim, bright where it meets the eye."""
    skin = linear(actor.head.skin_colour)
    opened = smoothstep(0.006, 0.020, lids.upper - lids.lower)
    inside = smoothstep(1.02, 0.9, np.abs(lids.along))
    rim = smoothstep(0.009, 0.004, np.abs(lids.dy - lids.lower + 0.002)) * opened * inside
    colour = mix(skin * np.float32([1.05, 0.72, 0.68]), linear((226, 164, 146)), 0.18)
    paint_over(samples.rgb, colour, 0.65 * rim)
    samples.specular += 0.25 * rim


def paint_lashes(actor: Actor, moment: Moment, lids: Lids, samples: Samples) -> None:
    """Dark roots along both lids, and lashes that fan outwards; they point down when closed."""
    complexion = actor.face.complexion
    dark = linear((30, 20, 18)) * np.float32(0.5)
    liner = complexion.eyeliner
    ends = smoothstep(1.08, 0.94, np.abs(lids.along))
    width = mix(0.006, 0.010, smoothstep(-1, 1, lids.along)) * (0.75 + 0.5 * complexion.lashes)
    width = width * (1 + 0.4 * lids.closed) + 0.007 * liner * smoothstep(-0.9, 0.6, lids.along)
    roots = gaussian(lids.dy - lids.upper - 0.003 - 0.004 * liner, width) * ends
    paint_over(samples.rgb, dark, (0.62 + 0.3 * max(liner, complexion.lashes)) * roots)
    _paint_fan(complexion.lashes, lids, samples)
    lower = gaussian(lids.dy - lids.lower + 0.008, 0.006 + 0.003 * liner)
    lower = lower * smoothstep(1.0, 0.75, np.abs(lids.along)) * smoothstep(-1, 0.2, lids.along)
    brown = linear(actor.head.skin_colour) * np.float32([0.38, 0.27, 0.25])
    paint_over(samples.rgb, brown, (0.25 + 0.2 * complexion.lashes + 0.35 * liner) * lower)


def _paint_fan(lashes: float, lids: Lids, samples: Samples) -> None:
    """The lashes of the upper lid, one by one."""
    # Seen from in front, lashes of an open eye rise; those of a closed one hang over the cheek.
    way = 1 - 1.8 * smoothstep(0.3, 0.9, lids.closed)
    out = smoothstep(-0.8, 0.9, lids.along)
    length = LASH_LENGTH * (0.35 + 0.65 * lashes) * (0.25 + 0.75 * out) * np.abs(way)
    rise = (lids.dy - lids.upper) * np.sign(way)
    root = lids.dx - rise * mix(-0.25, 1.1, out)
    stripes = np.abs((root * 62) % 1 - 0.5) * 2  # a lash every 1/62 half head
    lash = smoothstep(0.25, 0.85, stripes) * smoothstep(length, 0.2 * length, rise) * (rise > 0)
    lash = lash * smoothstep(1.06, 0.95, np.abs(root / 0.148)) * (0.25 + 0.6 * lashes)
    paint_over(samples.rgb, linear((30, 20, 18)) * np.float32(0.5), lash)
