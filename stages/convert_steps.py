"""The steps of a conversion, a few frames at a time; `convert.replace_face` is their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice

import numpy as np

import nn
import poisson
from colorcorrect.transfer import FrameTransfer
from faces import Canvas, mask, warp
from faces.expression import Expression
from faces.manifest import Row
from video import Frame

CONVERT_BATCH = 8  # frames converted together: more need more memory and are no faster

Draw = Callable[[np.ndarray], np.ndarray]  # faces (N, h, w, 3) uint8 -> as the donor, see Trainer
FrameFace = tuple[Frame, np.ndarray | None, np.ndarray | None]  # a frame, its face, that face drawn


@dataclass(frozen=True, eq=False)
class Batch:
    """A few successive frames, and the faces in them; arrays have an entry for each face."""

    frames: list[Frame]
    places: list[int]  # the indices in `frames` of those that have a face
    matrices: list[np.ndarray]  # (2, 3), frame -> aligned
    yaws: np.ndarray  # (N,)
    # The arrays below are None in a batch without faces, and until their step has been done.
    target: np.ndarray | None = None  # aligned faces (N, h, w, 3) float32 0..1
    drawn: np.ndarray | None = None  # those faces as the donor's; at last on the blending canvas
    fore: np.ndarray | None = None  # drawn faces on that canvas, in 8-bit levels, not rounded
    back: np.ndarray | None = None  # what that canvas shows of the frames, likewise
    opacity: np.ndarray | None = None  # (N, h, w) 0..1
    mean_difference: np.ndarray | None = None  # (3, N), see poisson.split_difference
    rim: np.ndarray | None = None  # (h, w, 3, N), likewise
    blended: np.ndarray | None = None  # (N, h, w, 3) 8-bit levels, not rounded


def batched(items: Iterable, size: int) -> Iterator[list]:
    """Lists of `size` items, the last one shorter."""
    items = iter(items)
    while some := list(islice(items, size)):
        yield some


def draw_faces(
    frames: Iterable[Frame], rows: dict[int, Row], draw: Draw, canvas: Canvas
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
    faces: Iterable[FrameFace], rows: dict[int, Row], yaws: dict[int, float]
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


def each(batches: Iterable[Batch], step: Callable[..., Batch], *arguments) -> Iterator[Batch]:
    """A step of one batch, done to all that have faces; the others pass.

    `map` keeps no batch while the next one is made, as a loop with yield would: that saves memory.
    """
    return map(lambda batch: step(batch, *arguments) if batch.places else batch, batches)


def transfer_expression(batch: Batch, express: Expression) -> Batch:
    """Gives the drawn faces the expression of the target's."""
    return replace(batch, drawn=express(batch.target, batch.drawn, batch.yaws))


def put_on_canvas(batch: Batch, canvas: Canvas) -> Batch:
    """Scales the drawn faces to the blending canvas, and adds what it shows of the frames."""
    back = [  # floats: rounding to levels before blending would show as noise in dark places
        canvas.warp(batch.frames[i].image.astype(np.float32), matrix)
        for i, matrix in zip(batch.places, batch.matrices, strict=True)
    ]
    return replace(batch, drawn=warp.resize(batch.drawn, canvas.size), back=np.stack(back))


def transfer_colour(batch: Batch, transfer: FrameTransfer) -> Batch:
    """Gives the drawn faces the colours of those that they replace."""
    pairs = zip(batch.drawn, batch.back / 255, strict=True)
    return replace(batch, fore=np.stack([transfer(drawn, face) for drawn, face in pairs]) * 255)


def find_opacity(batch: Batch, masks: list[np.ndarray], allowed: list[np.ndarray]) -> Batch:
    """Where faces are put in: within the mask at their yaw, and where the two faces agree.

    masks    (h, w) at each of faces.mask.MASK_YAWS
    allowed  (h, w) likewise, see poisson.allowed_difference
    """
    opacity = [
        poisson.keep_disagreements(
            mask.interpolate_at_yaw(masks, yaw), fore - back, mask.interpolate_at_yaw(allowed, yaw)
        )
        for yaw, fore, back in zip(batch.yaws, batch.fore, batch.back, strict=True)
    ]
    return replace(batch, opacity=np.stack(opacity))


def find_rim(batch: Batch, domain: poisson.Domain, weights: np.ndarray) -> Batch:
    """What the frames differ by from the new faces: on average, and on the rim."""
    mean, rim = poisson.split_difference(batch.fore, batch.back, weights, domain.mask)
    return replace(batch, mean_difference=mean, rim=rim)


def damp_rim_over_time(batches: Iterable[Batch]) -> Iterator[Batch]:
    """Mixes each face's rim with those of the faces before it, against flicker."""
    previous = None

    def damp(batch: Batch) -> Batch:
        nonlocal previous
        rim = poisson.damp_rim_over_time(batch.rim, previous)
        previous = rim[..., -1]
        return replace(batch, rim=rim)

    return each(batches, damp)


def blend(batch: Batch, domain: poisson.Domain) -> Batch:
    """Puts the new faces into the light of the frames."""
    blended = poisson.blend_faces(batch.fore, batch.mean_difference, batch.rim, domain)
    return replace(batch, blended=blended)


def paste(batches: Iterable[Batch], canvas: Canvas) -> Iterator[Frame]:
    """Puts the blended faces into their frames, and gives all frames."""
    return chain.from_iterable(map(partial(paste_batch, canvas=canvas), batches))


def paste_batch(batch: Batch, canvas: Canvas) -> Iterator[Frame]:
    """`paste` for one batch."""
    images = [frame.image for frame in batch.frames]
    for k, i in enumerate(batch.places):
        patch = batch.blended[k].clip(0, 255)
        images[i] = canvas.unwarp_into(images[i], patch, batch.opacity[k], batch.matrices[k])
    for frame, image in zip(batch.frames, images, strict=True):
        yield Frame(frame.number, frame.time, image)
    nn.parallel.trim_memory()
