"""Trained nets + frames -> frames with the face replaced and marked.

`convert` runs `replace_face` for each face: a chain of generators, to be read from top to bottom.
Frames pass through it a few at a time, so that memory does not grow with the clip. The steps of the
chain are in `convert_steps`.
"""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Iterator
from functools import partial
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
from .clips import Selection
from .convert_parts import ConvertedFrame, convert_in_parts
from .convert_steps import Draw, apply_step
from .presets import Preset

if TYPE_CHECKING:
    from .choose import Tracks
    from .settings import Settings

ALL_NUMBERS = range(sys.maxsize)  # of frames


def convert(
    settings: Settings, clip: Selection, tracks: Tracks, draw: Draw
) -> Iterator[ConvertedFrame]:
    """Every frame of the clip with its faces replaced, and marked unless `settings.mark` is off."""
    if settings.device == "gpu":  # which a forked process cannot use
        return convert_frames(settings, tracks, draw, clip)
    return convert_in_parts(clip, partial(convert_frames, settings, tracks, draw))


def convert_frames(
    settings: Settings,
    tracks: Tracks,
    draw: Draw,
    frames: Iterable[Frame],
    wanted: Container[int] = ALL_NUMBERS,
) -> Iterator[ConvertedFrame]:
    """`convert` of the wanted ones of these frames, in this process."""
    untouched, frames = tee(frames)
    for rows in tracks:
        if any(row.ok for row in rows.values()):
            frames = replace_face(frames, rows, draw, settings.preset, settings.size, wanted)
    pairs = (pair for pair in zip(untouched, frames, strict=True) if pair[0].number in wanted)
    yield from mark(pairs, tracks, settings.mark)


def replace_face(
    frames: Iterable[Frame],
    rows: dict[int, Row],
    draw: Draw,
    preset: Preset,
    max_height: int = 256,
    wanted: Container[int] = ALL_NUMBERS,
) -> Iterator[Frame]:
    """The frames with one face replaced. Those whose manifest row is not ok pass unchanged.

    max_height  pixels, of the canvas on which faces are blended
    wanted      numbers of frames; the others serve to average over time, and pass unchanged
    """
    matrices = [np.array(row.matrix) for row in rows.values() if row.ok]
    canvas = Canvas.native(preset.region, matrices, max_height)
    domain = poisson.Domain(canvas.reach() > 0)  # one for all frames, factored once
    transfer = TRANSFERS[preset.colour].for_clip(canvas)

    faces = steps.draw_faces(frames, rows, draw, preset.canvas)
    if preset.smooth:
        faces = deflicker_over_time(faces)
    batches = steps.gather(faces, rows, wanted)
    batches = apply_step(batches, steps.put_on_canvas, canvas)
    batches = apply_step(batches, steps.find_visible, canvas)
    batches = apply_step(batches, steps.transfer_colour, transfer)
    batches = apply_step(batches, steps.blend, domain, canvas)
    batches = apply_step(batches, steps.paste, canvas)
    yield from chain.from_iterable(batch.frames for batch in batches)


def mark(
    pairs: Iterable[tuple[Frame, Frame]], tracks: Tracks, marked: bool
) -> Iterator[ConvertedFrame]:
    """Join frames before and after conversion; embed the invisible mark in faces, if `marked`."""
    for before, after in pairs:
        image, number = after.image, before.number
        matrices = [np.array(rows[number].matrix) for rows in tracks if rows[number].ok]
        for matrix in matrices if marked else []:
            image = provenance.mark.embed(image, before.image, matrix)
        yield ConvertedFrame(before, image, matrices)
