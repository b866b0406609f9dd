"""The pictures that two nets learn from: moments of an actor, and the true swaps of them.

A true swap is what the colour net has to give: the donor's face in the target's light and colours.
The mask is what the other net has to find: where the face can be seen. Both are known only for
rendered people.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from faces import align

from .background import render_background
from .casts import CAST_CANVAS, CAST_PICTURE_SIZE, draw_moment
from .in_front import render_in_front
from .kept import load_kept, render_missing
from .performance import Moment
from .person import sample_actor
from .photo import photograph
from .render import Model, encode

SWAP_FILES = "swap"  # how the files' names begin
FIRST_SWAP_SEED = 60_000  # of the first actor: far from all others
SWAP_STREAM = 0x7300  # keeps the random numbers of swaps apart from others
SWAP_MOMENTS = 8  # of a pair of actors; by choice
DONOR_MOMENTS = 4  # of the donor in a light of his own; by choice
HIDDEN_SHARE = 0.4  # of moments in which something is in front of the face; by choice
CAMERA_SHARE = 0.6  # of pictures that a camera took; the others stay as rendered; by choice
HELD_OUT_PAIRS = 20  # the last ones, which training does not see
POINT_ERROR = 1.0  # pixels: standard deviation of the points, as a detector has it; by eye


@dataclass(frozen=True)
class TrueSwaps:
    """Aligned faces (P, M, 128, 128, 3) uint8 of P pairs of actors, in M moments each."""

    target: np.ndarray  # the one actor
    swap: np.ndarray  # in the same moments, with the face of the other
    mask: np.ndarray  # (P, M, 128, 128) uint8: where the face is, of the one or the other
    donor: np.ndarray  # (P, D, 128, 128, 3): the other actor, in moments and a light of his own


def render_swaps(count: int, folder: Path, processes: int) -> Iterator[int]:
    """Render the first `count` pairs that `folder` lacks into it; yields the number of each."""
    return render_missing(SWAP_FILES, render_pair, count, folder, processes)


def load_swaps(count: int, folder: Path) -> TrueSwaps:
    """The first `count` pairs. Raises nn.CheckpointError where a file is damaged."""
    return TrueSwaps(**load_kept(SWAP_FILES, count, folder))


def render_pair(number: int) -> dict[str, np.ndarray]:
    """The number-th pair, from 0: arrays of the shapes in TrueSwaps, without their first axis.

    The same number gives the same pictures.
    """
    rng = np.random.default_rng([number, SWAP_STREAM])
    target, donor = (sample_actor(FIRST_SWAP_SEED + 2 * number + k) for k in range(2))
    pair = Model(target), Model(target.with_face_of(donor))
    rows = [_render_swap(*pair, moment, rng) for moment in _draw_moments(SWAP_MOMENTS, rng)]
    model = Model(donor)
    faces = [_render_face(model, moment, rng) for moment in _draw_moments(DONOR_MOMENTS, rng)]
    arrays = map(np.stack, zip(*rows, strict=True))
    return dict(zip(("target", "swap", "mask"), arrays, strict=True)) | {"donor": np.stack(faces)}


def _draw_moments(count: int, rng: np.random.Generator) -> list[Moment]:
    """Moments in one light, as those of a clip are."""
    first = draw_moment(rng)
    light = {"light": first.light, "ambient": first.ambient}
    return [replace(draw_moment(rng), **light) for _ in range(count)]


def _render_swap(model: Model, swapped: Model, moment: Moment, rng: np.random.Generator):
    """A moment's row of TrueSwaps: target and swap (128, 128, 3), and mask (128, 128), uint8."""
    room = render_background(CAST_PICTURE_SIZE, int(rng.integers(1 << 30)))
    layers = [each.render(moment, CAST_PICTURE_SIZE) for each in (model, swapped)]
    mask = np.maximum(*(layer.mask for layer in layers))
    target, other = (layer.over(room) for layer in layers)
    swap = target + (other - target) * mask[..., None]
    points = model.points(moment, CAST_PICTURE_SIZE)
    if rng.random() < HIDDEN_SHARE:
        half_head, skin = moment.zoom * CAST_PICTURE_SIZE[1], model.actor.head.skin_colour
        front = render_in_front(CAST_PICTURE_SIZE, points[2], half_head, skin, rng)
        target, swap, mask = front.over(target), front.over(swap), mask * (1 - front.cover)
    to_canvas = align.similarity(points + rng.normal(0, POINT_ERROR, points.shape))
    faces = [CAST_CANVAS.warp(picture, to_canvas) for picture in _take(target, swap, rng)]
    levels = CAST_CANVAS.warp(np.ceil(mask * 255).astype(np.uint8)[..., None], to_canvas)
    return *faces, levels[..., 0]


def _take(target: np.ndarray, swap: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """Both pictures, in linear light, as one camera took them; or as they are. uint8."""
    camera = int(rng.integers(1 << 30))
    if rng.random() >= CAMERA_SHARE:
        return [encode(target), encode(swap)]
    return [
        photograph(picture, np.random.default_rng(camera), exposed_for=target)
        for picture in (target, swap)
    ]


def _render_face(model: Model, moment: Moment, rng: np.random.Generator) -> np.ndarray:
    """The aligned face of an actor, (128, 128, 3) uint8, as a camera took it."""
    room = render_background(CAST_PICTURE_SIZE, int(rng.integers(1 << 30)))
    picture = photograph(model.render(moment, CAST_PICTURE_SIZE).over(room), rng)
    return CAST_CANVAS.warp(picture, align.similarity(model.points(moment, CAST_PICTURE_SIZE)))
