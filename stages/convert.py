"""Trained nets + frames -> frames with the face replaced and marked.

`convert` runs `replace_face` for each face: a chain of generators, to be read from top to bottom.
Frames pass through it a few at a time, so that memory does not grow with the clip. The steps of the
chain are in `convert_steps`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, tee
from typing import TYPE_CHECKING

import numpy as np

import poisson
import provenance
from colorcorrect import TRANSFERS
from faces import Canvas
from faces.deflicker import deflicker_over_time
from faces.manifest import Row
from video import Frame

from . import convert_steps as steps
from .convert_steps import Draw, apply_step
from .presets import Preset

if TYPE_CHECKING:
    from .choose import Tracks
    from .settings import Settings


@dataclass(frozen=True, eq=False)
class ConvertedFrame:
    """A frame before and after conversion."""

    untouched: Frame
    image: np.ndarray  # (H, W, 3) uint8
    matrices: list[np.ndarray]  # (2, 3), frame -> aligned, one for each face that was replaced


def convert(
    settings: Settings, clip: Iterable[Frame], tracks: Tracks, draw: Draw
) -> Iterator[ConvertedFrame]:
    """Every frame of the clip with its faces replaced, and marked unless `settings.mark` is off."""
    untouched, frames = tee(clip)
    for rows in tracks:
        if any(row.ok for row in rows.values()):
            frames = replace_face(frames, rows, draw, settings.preset, settings.size)
    yield from mark(untouched, frames, tracks, settings.mark)


def replace_face(
    frames: Iterable[Frame], rows: dict[int, Row], draw: Draw, preset: Preset, max_height: int = 256
) -> Iterator[Frame]:
    """The frames with one face replaced. Those whose manifest row is not ok pass unchanged.

    max_height  pixels, of the canvas on which faces are blended
    """
    matrices = [np.array(row.matrix) for row in rows.values() if row.ok]
    canvas = Canvas.native(preset.region, matrices, max_height)
    domain = poisson.Domain(canvas.reach() > 0)  # one for all frames, factored once
    transfer = TRANSFERS[preset.colour].for_clip(canvas)

    faces = steps.draw_faces(frames, rows, draw, preset.canvas)
    if preset.smooth:
        faces = deflicker_over_time(faces)
    batches = steps.gather(faces, rows)
    batches = apply_step(batches, steps.put_on_canvas, canvas)
    batches = apply_step(batches, steps.find_visible, canvas)
    batches = apply_step(batches, steps.transfer_colour, transfer)
    batches = apply_step(batches, steps.blend, domain, canvas)
    batches = apply_step(batches, steps.paste, canvas)
    yield from chain.from_iterable(batch.frames for batch in batches)


def mark(
    untouched: Iterable[Frame], frames: Iterable[Frame], tracks: Tracks, marked: bool
) -> Iterator[ConvertedFrame]:
    """Pair frames before and after conversion; embed the invisible mark in faces, if `marked`."""
    for before, after in zip(untouched, frames, strict=True):
        image, number = after.image, before.number
        matrices = [np.array(rows[number].matrix) for rows in tracks if rows[number].ok]
        for matrix in matrices if marked else []:
            image = provenance.mark.embed(image, before.image, matrix)
        yield ConvertedFrame(before, image, matrices)
