"""The steps of a conversion, each on a batch of frames, in the order of `convert.replace_face`."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

import numpy as np

import nn
import poisson
from colorcorrect import visible
from colorcorrect.transfer import FrameTransfer, weigh_pixels
from faces import Canvas
from faces.manifest import Row
from video import Frame

CONVERT_BATCH = 8  # frames converted together: more need more memory and are no faster

# faces (N, h, w, 3) uint8 -> drawn as the donor's, (N, 128, 128, 3) float32 0..1; see Trainer.swap
Draw = Callable[[np.ndarray], np.ndarray]
# a frame, its aligned face, and that face drawn as the donor's; None without a face
FrameFace = tuple[Frame, np.ndarray | None, np.ndarray | None]


@dataclass(frozen=True, eq=False)
class Batch:
    """A few successive frames, and the N faces in them, one or none in each frame."""

    frames: list[Frame]
    indices: list[int]  # in `frames`, of those that have a face
    matrices: list[np.ndarray]  # (2, 3), frame -> aligned
    # Each array below is None until its step is done, and in a batch without faces.
    drawn: np.ndarray | None = None  # drawn as the donor's, float32 0..1; later on the canvas
    # The arrays below are on the blending canvas (h, w). Levels are 0..255 and not rounded.
    back: np.ndarray | None = None  # (N, h, w, 3) levels, the frames
    visible: np.ndarray | None = None  # (N, h, w) 0..1, how much a pixel shows of a face
    fore: np.ndarray | None = None  # (N, h, w, 3) levels, the drawn faces, recoloured
    blended: np.ndarray | None = None  # (N, h, w, 3) levels


def batched(items: Iterable, size: int) -> Iterator[list]:
    """Lists of `size` items, the last one shorter."""
    items = iter(items)
    while some := list(islice(items, size)):
        yield some


def draw_faces(
    frames: Iterable[Frame], rows: dict[int, Row], draw: Draw, canvas: Canvas
) -> Iterator[FrameFace]:
    """Align the face of each frame whose row is ok, and draw it as the donor's; float32 0..1."""
    for batch in batched(frames, CONVERT_BATCH):
        present = [f for f in batch if f.number in rows and rows[f.number].ok]
        faces = {f.number: canvas.warp(f.image, np.array(rows[f.number].matrix)) for f in present}
        drawn = dict(zip(faces, draw(np.stack([*faces.values()])), strict=True)) if faces else {}
        for frame in batch:
            if frame.number in faces:
                yield frame, faces[frame.number] / np.float32(255), drawn[frame.number]
            else:
                yield frame, None, None


def gather(
    faces: Iterable[FrameFace], rows: dict[int, Row], wanted: Container[int]
) -> Iterator[Batch]:
    """Gather frames in batches, and the faces of the wanted ones in arrays."""
    for some in batched(faces, CONVERT_BATCH):
        frames = [frame for frame, *_ in some]
        indices = [i for i, f in enumerate(frames) if f.number in wanted and some[i][1] is not None]
        batch = Batch(frames, indices, [np.array(rows[frames[i].number].matrix) for i in indices])
        if indices:
            batch = replace(batch, drawn=np.stack([some[i][2] for i in indices]))
        yield batch


def apply_step(batches: Iterable[Batch], step: Callable[..., Batch], *args) -> Iterator[Batch]:
    """Apply a step to each batch that has faces; the others pass unchanged.

    `map` frees a batch before the next one is made. A loop with `yield` would hold two.
    """
    return map(lambda batch: step(batch, *args) if batch.indices else batch, batches)


def for_each_face(function: Callable[..., np.ndarray], batch: Batch, *more) -> list[np.ndarray]:
    """function(frame (H, W, 3), an item of each of `more`, matrix) for each face, in threads."""
    images = [batch.frames[i].image for i in batch.indices]
    faces = zip(images, *more, batch.matrices, strict=True)
    return nn.parallel.run([partial(function, *face) for face in faces])


def put_on_canvas(batch: Batch, canvas: Canvas) -> Batch:
    """Scale the drawn faces to the blending canvas, and warp the frames onto it."""

    def warp(image: np.ndarray, to_aligned: np.ndarray) -> np.ndarray:
        # As floats, since rounding before blending would show as noise in dark places.
        return canvas.warp(image.astype(np.float32), to_aligned)

    back = np.stack(for_each_face(warp, batch))
    return replace(batch, drawn=canvas.resize(batch.drawn), back=back)


def find_visible(batch: Batch, canvas: Canvas) -> Batch:
    """Find where the face can be seen: there the new one is pasted."""
    faces = np.stack(for_each_face(visible.VISIBLE_CANVAS.warp, batch))
    return replace(batch, visible=visible.find_visible(faces / np.float32(255), canvas))


def transfer_colour(batch: Batch, transfer: FrameTransfer) -> Batch:
    """Give the drawn faces the colours of the faces that they replace."""
    return replace(batch, fore=transfer(batch.drawn, batch.back / 255, batch.visible) * 255)


def blend(batch: Batch, domain: poisson.Domain, canvas: Canvas) -> Batch:
    """Put the new faces into the light of the frames."""
    weights = weigh_pixels(canvas, batch.visible)
    mean, rim = poisson.split_difference(batch.fore, batch.back, weights, domain.mask)
    return replace(batch, blended=poisson.blend_faces(batch.fore, mean, rim, domain))


def paste(batch: Batch, canvas: Canvas) -> Batch:
    """Paste the blended faces into their frames."""
    frames, patches = list(batch.frames), batch.blended.clip(0, 255)
    images = for_each_face(canvas.unwarp_into, batch, patches, batch.visible)
    for i, image in zip(batch.indices, images, strict=True):
        frames[i] = replace(frames[i], image=image)
    return replace(batch, frames=frames)
