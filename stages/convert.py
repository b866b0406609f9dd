"""Trained nets + frames -> frames with the face replaced and marked.

Frames pass through a chain of generators, a few at a time, so that memory does not grow with the
clip. `replace_face` is that chain, to be read from top to bottom; `convert` runs it for each face.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, tee
from typing import TYPE_CHECKING

import numpy as np

import nn
import poisson
import provenance
from colorcorrect import TRANSFERS
from colorcorrect.transfer import FrameTransfer
from faces import Canvas, manifest, mask, warp
from faces.deflicker import deflicker_over_time
from faces.expression import MIN_EXPRESSION_FRAMES, Expression, brightness
from faces.smooth import smooth_yaw_over_time
from files import pick_evenly
from video import Frame

from .presets import Preset

if TYPE_CHECKING:
    from .align import Faces
    from .clips import Selection
    from .detect import Tracks
    from .run import Run

CONVERT_BATCH = 8  # frames converted together: more need more memory and are no faster
MAX_EXPRESSION_FACES = 256  # faces of the target from which its usual look is learnt
STATISTICS_FEATHER = 0.3  # of the mask for statistics, which count the middle of the face most

Draw = Callable[[np.ndarray], np.ndarray]  # faces (N, h, w, 3) uint8 -> as the donor, see Trainer
FrameFace = tuple[Frame, np.ndarray | None, np.ndarray | None]  # a frame, its face, that face drawn


@dataclass(frozen=True, eq=False)
class ConvertedFrame:
    """A frame before and after."""

    untouched: Frame
    image: np.ndarray  # (H, W, 3) uint8
    matrices: list[np.ndarray]  # (2, 3), frame -> aligned, one for each face that was replaced


@dataclass(frozen=True, eq=False)
class Target:
    """One face of the target clip, by frame number."""

    rows: dict[int, manifest.Row]
    faces: dict[int, np.ndarray] = field(default_factory=dict)  # aligned, (h, w, 3) uint8


@dataclass(frozen=True, eq=False)
class Batch:
    """A few successive frames, and the faces in them; arrays have an entry for each face."""

    frames: list[Frame]
    places: list[int]  # the indices in `frames` of those that have a face
    matrices: list[np.ndarray]  # (2, 3), frame -> aligned
    yaws: np.ndarray  # (N,)
    target: np.ndarray | None = None  # (N, h, w, 3) float32 0..1; None without any face
    drawn: np.ndarray | None = None  # the same faces as the donor's; later on the blending canvas
    back: np.ndarray | None = None  # what the blending canvas shows of the frames, 8-bit levels
    opacity: np.ndarray | None = None  # (N, h, w) 0..1
    blended: np.ndarray | None = None  # 8-bit levels, not rounded


def convert(
    run: Run, clip: Selection, tracks: Tracks, faces: Faces, draw: Draw
) -> Iterator[ConvertedFrame]:
    """Every frame of the clip with its faces replaced, and marked unless the settings say no."""
    settings = run.settings
    untouched, frames = tee(clip)
    for rows, aligned in zip(tracks, faces, strict=True):
        if any(row.ok for row in rows.values()):
            target = Target(rows, aligned)
            frames = replace_face(frames, target, draw, settings.preset, settings.size)
    yield from mark(untouched, frames, tracks, settings.mark)


def replace_face(
    frames: Iterable[Frame], target: Target, draw: Draw, preset: Preset, max_height: int = 256
) -> Iterator[Frame]:
    """The frames with one face replaced. Those whose manifest row is not ok pass unchanged.

    max_height  of the canvas on which faces are blended, in pixels
    """
    matrices = [np.array(row.matrix) for row in target.rows.values() if row.ok]
    canvas = Canvas.native(preset.region, matrices, max_height)
    masks = [canvas.mask(yaw=yaw) for yaw in mask.MASK_YAWS]
    domain = poisson.Domain(np.maximum.reduce(masks) > 0)  # one for all frames: factored once
    weights = canvas.mask(STATISTICS_FEATHER)
    yaws = smooth_yaw_over_time(target.rows)

    faces = draw_faces(frames, target.rows, draw, preset.canvas)
    if preset.smooth:
        faces = deflicker_over_time(faces)
    batches = gather(faces, target.rows, yaws)
    if preset.express and len(target.faces) >= MIN_EXPRESSION_FRAMES:
        batches = transfer_expression(batches, learn_expression(target, draw, yaws, preset))
    batches = put_on_canvas(batches, canvas)
    batches = transfer_colour(batches, TRANSFERS[preset.colour].for_clip(weights))
    batches = find_opacity(batches, masks)
    if preset.smooth:
        batches = blend_damping_rim_over_time(batches, domain, weights)
    else:
        batches = blend(batches, domain, weights)
    yield from paste(batches, canvas)


def draw_faces(
    frames: Iterable[Frame], rows: dict[int, manifest.Row], draw: Draw, canvas: Canvas
) -> Iterator[FrameFace]:
    """Each frame with its aligned face and that face as the donor's, float32 0..1, or None."""
    for batch in batched(frames, CONVERT_BATCH):
        present = [f for f in batch if f.number in rows and rows[f.number].ok]
        drawn = {}
        if present:
            faces = np.stack(
                [canvas.warp(f.image, np.array(rows[f.number].matrix)) for f in present]
            )
            pairs = zip(faces / np.float32(255), draw(faces), strict=True)
            drawn = {frame.number: pair for frame, pair in zip(present, pairs, strict=True)}
        for frame in batch:
            yield frame, *drawn.get(frame.number, (None, None))


def gather(
    faces: Iterable[FrameFace], rows: dict[int, manifest.Row], yaws: dict[int, float]
) -> Iterator[Batch]:
    """The frames in batches, and the faces in arrays."""
    for some in batched(faces, CONVERT_BATCH):
        frames = [frame for frame, *_ in some]
        places = [i for i, (_, face, _) in enumerate(some) if face is not None]
        numbers = [frames[i].number for i in places]
        matrices = [np.array(rows[n].matrix) for n in numbers]
        batch = Batch(frames, places, matrices, np.array([yaws[n] for n in numbers]))
        if places:
            target, drawn = (np.stack([some[i][k] for i in places]) for k in (1, 2))
            batch = replace(batch, target=target, drawn=drawn)
        yield batch


def learn_expression(
    target: Target, draw: Draw, yaws: dict[int, float], preset: Preset
) -> Expression:
    """How the target's face usually looks, and how the nets draw it as the donor's."""
    numbers = sorted(target.faces)
    numbers = [numbers[i] for i in pick_evenly(len(numbers), MAX_EXPRESSION_FACES)]
    own, drawn = [], []
    for some in batched(numbers, CONVERT_BATCH):
        faces = np.stack([target.faces[n] for n in some])
        own.append(brightness(faces / np.float32(255)))
        drawn.append(brightness(draw(faces)))
    yaws = np.array([yaws[n] for n in numbers])
    return Expression(np.concatenate(own), np.concatenate(drawn), yaws, preset.region)


def transfer_expression(batches: Iterable[Batch], express: Expression) -> Iterator[Batch]:
    """Gives the drawn faces the expression of the target's."""
    for batch in batches:
        if batch.places:
            batch = replace(batch, drawn=express(batch.target, batch.drawn, batch.yaws))
        yield batch


def put_on_canvas(batches: Iterable[Batch], canvas: Canvas) -> Iterator[Batch]:
    """Scales the drawn faces to the blending canvas, and adds what it shows of the frames."""
    for batch in batches:
        if batch.places:
            drawn = warp.resize(batch.drawn, canvas.size)  # (N, h, w, 3)
            # Floats: rounding to levels before blending would show as noise in dark places.
            images = [batch.frames[i].image.astype(np.float32) for i in batch.places]
            pairs = zip(images, batch.matrices, strict=True)
            back = np.stack([canvas.warp(image, matrix) for image, matrix in pairs])
            batch = replace(batch, drawn=drawn, back=back)
        yield batch


def transfer_colour(batches: Iterable[Batch], transfer: FrameTransfer) -> Iterator[Batch]:
    """Gives the drawn faces the colours of those that they replace."""
    for batch in batches:
        if batch.places:
            pairs = zip(batch.drawn, batch.back / 255, strict=True)
            batch = replace(batch, drawn=np.stack([transfer(d, b) for d, b in pairs]))
        yield batch


def find_opacity(batches: Iterable[Batch], masks: list[np.ndarray]) -> Iterator[Batch]:
    """Where faces are put in: within the mask at their yaw, where the two faces agree."""
    allowed = [poisson.allowed_difference(at_yaw) for at_yaw in masks]
    for batch in batches:
        if batch.places:
            differences = batch.drawn * 255 - batch.back
            opacity = [
                poisson.keep_disagreements(
                    mask.interpolate_at_yaw(masks, yaw),
                    difference,
                    mask.interpolate_at_yaw(allowed, yaw),
                )
                for yaw, difference in zip(batch.yaws, differences, strict=True)
            ]
            batch = replace(batch, opacity=np.stack(opacity))
        yield batch


def blend(
    batches: Iterable[Batch], domain: poisson.Domain, weights: np.ndarray, damp: bool = False
) -> Iterator[Batch]:
    """Blends the drawn faces into what the canvas shows of the frames."""
    previous = None  # the rim of the face before
    for batch in batches:
        if batch.places:
            fore = batch.drawn * 255
            mean, rim = poisson.split_difference(fore, batch.back, weights, domain.mask)
            if damp:
                rim = poisson.damp_rim_over_time(rim, previous)
                previous = rim[..., -1]
            batch = replace(batch, blended=poisson.blend_faces(fore, mean, rim, domain))
        yield batch


def blend_damping_rim_over_time(
    batches: Iterable[Batch], domain: poisson.Domain, weights: np.ndarray
) -> Iterator[Batch]:
    """`blend`, where each face's rim is mixed with those of the faces before it."""
    return blend(batches, domain, weights, damp=True)


def paste(batches: Iterable[Batch], canvas: Canvas) -> Iterator[Frame]:
    """Puts the blended faces into their frames, and gives all frames."""
    for batch in batches:
        images = [frame.image for frame in batch.frames]
        for k, i in enumerate(batch.places):
            patch = batch.blended[k].clip(0, 255)
            images[i] = canvas.unwarp_into(images[i], patch, batch.opacity[k], batch.matrices[k])
        for frame, image in zip(batch.frames, images, strict=True):
            yield Frame(frame.number, frame.time, image)
        nn.parallel.trim_memory()


def mark(
    untouched: Iterable[Frame], frames: Iterable[Frame], tracks: Tracks, marked: bool
) -> Iterator[ConvertedFrame]:
    """Puts the invisible mark into the replaced faces, if `marked`; gives all that is known."""
    for before, after in zip(untouched, frames, strict=True):
        image, number = after.image, before.number
        matrices = [np.array(rows[number].matrix) for rows in tracks if rows[number].ok]
        for matrix in matrices if marked else ():
            image = provenance.mark.embed(image, before.image, matrix)
        yield ConvertedFrame(before, image, matrices)


def batched(items: Iterable, size: int) -> Iterator[list]:
    """Lists of `size` items, the last one shorter."""
    items = iter(items)
    while some := list(islice(items, size)):
        yield some
