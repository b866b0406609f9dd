"""Trained nets + frames -> swapped frames, in small batches, so that memory does not grow with the clip."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, tee

import numpy as np
from scipy import ndimage

import nn
import poisson
import provenance
from colorcorrect import TRANSFERS
from faces import Canvas, expression, manifest, mask, warp
from faces.deflicker import deflicker
from video import Frame

from .align import Faces
from .clips import Selection
from .detect import Tracks
from .presets import Preset
from .run import Run

BATCH = 8
LEARN = 256  # frames of the target from which its usual look is learnt, at most
TURNS = np.linspace(-0.3, 0.3, 13)  # see faces.mask.turn
SEAM = 40.0  # levels, as a distance of colours: where the two faces differ by more on the rim, it is not by light
KEPT = 0.6  # of the differences at the rim of the face before,
ALIKE = 2.0  # levels, on average: where the two differ by so much, only a third of that
FACE = 15.0  # levels: what differs by more at the outline is not a face in one of the two images,
WITHIN = 6.0  # and well within, differences this many times as large belong to the people;
DEEP, SOFT, EDGE = (
    0.3,
    0.02,
    0.025,
)  # in widths of the canvas: how deep that is, what is looked at together, and how wide its shadow is


class Converter:
    """Puts swapped faces into frames.

    swap    aligned faces (N, h, w, 3) uint8 -> (N, 128, 128, 3), 0..1, as stages.trainers.base.Trainer.swap
    rows    the target's manifest by frame number
    faces   the target's aligned faces (h, w, 3) uint8 by frame number, from which its usual look is learnt; without them, or with
            few, the donor's expression is what `swap` makes of it
    height  of the canvas on which faces are blended, in pixels at most; the mask is fixed there, and factored once
    """

    def __init__(
        self,
        swap: Callable[[np.ndarray], np.ndarray],
        rows: dict[int, manifest.Row],
        preset: Preset,
        height: int = 256,
        faces: dict[int, np.ndarray] | None = None,
    ):
        self.swap, self.rows, self.preset = swap, rows, preset
        matrices = [np.array(r.matrix) for r in rows.values() if r.ok]
        self.canvas = Canvas.native(preset.region, matrices, height)
        self.aligned = Canvas(preset.region, preset.aligned)
        self.masks = [self.canvas.mask(yaw=t) for t in TURNS]
        self.turns = turns(rows)
        self.trusts = [self._trust(m) for m in self.masks]
        self.core = self.canvas.mask(
            0.3
        )  # weights for statistics: the middle of the face, little of its rim
        self.transfer_colour = TRANSFERS[preset.colour].for_clip(self.core)
        self.express = self._usual(faces or {}) if preset.express else None
        self._before: np.ndarray | None = (
            None  # differences at the rim of the face before, (h, w, 3)
        )
        self.domain = poisson.Domain(np.maximum.reduce(self.masks) > 0)

    def convert(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Every frame in order; those whose row is not ok are passed through untouched."""
        self._before = None
        drawn = self._drawn(frames)
        for some in batched(deflicker(drawn) if self.preset.smooth else drawn, BATCH):
            yield from self._put(some)
            nn.parallel.trim_memory()

    def _drawn(
        self, frames: Iterable[Frame]
    ) -> Iterator[tuple[Frame, np.ndarray | None, np.ndarray | None]]:
        """Each frame with its aligned face (h, w, 3) and that face as the donor (128, 128, 3), float32, 0..1; None without a face."""
        for some in batched(frames, BATCH):
            to_swap = [f for f in some if f.number in self.rows and self.rows[f.number].ok]
            found = {}
            if to_swap:
                faces = np.stack(
                    [
                        self.aligned.warp(f.image, np.array(self.rows[f.number].matrix))
                        for f in to_swap
                    ]
                )
                found = {
                    f.number: pair
                    for f, *pair in zip(
                        to_swap, faces / np.float32(255), self.swap(faces), strict=True
                    )
                }
            for frame in some:
                yield frame, *found.get(frame.number, (None, None))

    def _put(
        self, some: list[tuple[Frame, np.ndarray | None, np.ndarray | None]]
    ) -> Iterator[Frame]:
        """The drawn faces put into their frames."""
        with_faces = [(frame, face, drawn) for frame, face, drawn in some if face is not None]
        images = {frame.number: frame.image for frame, *_ in some}
        if with_faces:
            to_swap, faces, drawn = (list(of) for of in zip(*with_faces, strict=True))
            turned = np.array([self.turns[f.number] for f in to_swap])
            drawn = np.stack(drawn)
            if self.express:
                drawn = self.express(np.stack(faces), drawn, turned)
            drawn = warp.resize(drawn, self.canvas.size)  # (N, h, w, 3)
            matrices = [np.array(self.rows[f.number].matrix) for f in to_swap]
            # float canvases: rounding them to levels before the solve would show as noise in dark places
            back = np.stack(
                [
                    self.canvas.warp(f.image.astype(np.float32), m)
                    for f, m in zip(to_swap, matrices, strict=True)
                ]
            )
            drawn = np.stack(
                [self.transfer_colour(d, b) for d, b in zip(drawn, back / 255, strict=True)]
            )
            drawn = drawn * 255
            blended = self._blend(drawn, back)
            for i, frame in enumerate(to_swap):
                opacity = self._opacity(turned[i], drawn[i] - back[i])
                images[frame.number] = self.canvas.unwarp_into(
                    frame.image, blended[..., i].clip(0, 255), opacity, matrices[i]
                )
        for frame, *_ in some:
            yield Frame(frame.number, frame.time, images[frame.number])

    def _usual(self, faces: dict[int, np.ndarray]) -> expression.Expression | None:
        """How the target usually looks, and how the nets then draw the donor; None from too few faces."""
        numbers = sorted(faces)
        numbers = [
            numbers[i]
            for i in np.unique(
                np.linspace(0, len(numbers) - 1, min(len(numbers), LEARN)).astype(int)
            )
        ]
        if len(numbers) < expression.FEWEST:
            return None
        own, drawn = [], []
        for i in range(0, len(numbers), BATCH):
            some = np.stack([faces[n] for n in numbers[i : i + BATCH]])
            own.append(expression.brightness(some / np.float32(255)))
            drawn.append(expression.brightness(self.swap(some)))
        return expression.Expression(
            np.concatenate(own),
            np.concatenate(drawn),
            np.array([self.turns[n] for n in numbers]),
            self.preset.region,
        )

    def _opacity(self, turned: float, difference: np.ndarray) -> np.ndarray:
        """The mask (h, w) of a face turned so far, without what is not face. difference (h, w, 3) between the two faces, levels.

        Where they differ widely near the outline, one of them shows hair, a collar, or the wall beside a turned cheek. There, and
        a little beside it, where its edge or shadow shows, the frame stays as it is. The further within, the more they may differ, by eyes and lips.
        """
        at = np.clip((turned - TURNS[0]) / (TURNS[1] - TURNS[0]), 0, len(TURNS) - 1)
        below = min(int(at), len(TURNS) - 2)
        part = np.float32(at - below)
        whole, trust = (
            of[below] * (1 - part) + of[below + 1] * part for of in (self.masks, self.trusts)
        )
        soft = SOFT * self.canvas.size[0]
        unlike = np.abs(ndimage.gaussian_filter(difference, (soft, soft, 0))).mean(-1)
        trusted = np.clip(2 - unlike / trust, 0, 1)
        trusted[
            ndimage.binary_dilation(
                trusted == 0, iterations=max(round(EDGE * self.canvas.size[0]), 1)
            )
        ] = 0
        return whole * ndimage.gaussian_filter(trusted, soft)

    def _trust(self, opacity: np.ndarray) -> np.ndarray:
        """By how many levels (h, w) the faces may differ before one of them is none there."""
        depth = ndimage.distance_transform_edt(opacity > 0) / (DEEP * self.canvas.size[0])
        return (FACE * (1 + (WITHIN - 1) * np.clip(depth, 0, 1))).astype(np.float32)

    def _blend(self, fore: np.ndarray, back: np.ndarray) -> np.ndarray:
        """The new faces in the light of the old ones: both (N, h, w, 3), levels, to (h, w, 3, N); all are solved at once.

        Poisson blending adds to `fore` the membrane spanned by back - fore on the rim. Where the rim leaves one of the faces, for
        hair or the background, that difference has nothing to do with light and would smear the background's colour over the cheek. So it counts
        by Tukey's biweight (Beaton & Tukey 1974) of its distance from the usual difference within the faces: what is far does not count at
        all, and what then remains of a seam lies where the mask's opacity is 0.
        """
        difference = np.moveaxis(back - fore, 0, -1)  # (h, w, 3, N)
        usual = np.tensordot(self.core, difference, 2) / self.core.sum()  # (3, N)
        off = np.where(self.domain.mask[..., None, None], 0, difference - usual)
        far = np.square(off / SEAM).sum(axis=2, keepdims=True)
        off *= np.square(np.maximum(1 - far, 0))
        return (
            np.moveaxis(fore, 0, -1)
            + usual
            + self.domain.solve(self._damped(off) if self.preset.smooth else off)
        )

    def _damped(self, off: np.ndarray) -> np.ndarray:
        """Differences at the rim (h, w, 3, N) of successive faces, each mixed with those before it that are like it.

        Every hair that moves across the rim would else make the whole face flicker. The usual difference is not damped, so light does not lag.
        """
        for k in range(off.shape[-1]):
            if self._before is not None:
                unlike = np.abs(self._before - off[..., k]).mean() / ALIKE
                off[..., k] += np.float32(KEPT * math.exp(-(unlike**2))) * (
                    self._before - off[..., k]
                )
            self._before = off[..., k]
        return off


def batched(items: Iterable, size: int) -> Iterator[list]:
    """Lists of `size` items, the last one shorter."""
    items = iter(items)
    while some := list(islice(items, size)):
        yield some


def turns(rows: dict[int, manifest.Row]) -> dict[int, float]:
    """How far each face is turned by frame number, smoothed over a few frames; where only a place is known, as in between."""
    numbers = [n for n, r in rows.items() if r.ok]
    known = [n for n in numbers if rows[n].points is not None]
    at = (
        np.interp(numbers, known, [mask.estimate_yaw(np.array(rows[n].points)) for n in known])
        if known
        else np.zeros(len(numbers))
    )
    return (
        dict(zip(numbers, ndimage.gaussian_filter1d(at, 2.0, mode="nearest").tolist(), strict=True))
        if numbers
        else {}
    )


@dataclass(frozen=True, eq=False)
class ConvertedFrame:
    """A frame as it was, as it became, and where its faces are: matrices frame -> aligned, (2, 3)."""

    untouched: Frame
    image: np.ndarray
    matrices: list[np.ndarray]


def convert(
    run: Run,
    clip: Selection,
    tracks: Tracks,
    faces: Faces,
    draw: Callable[[np.ndarray], np.ndarray],
) -> Iterator[ConvertedFrame]:
    """Every frame of the clip with its faces replaced and marked. `draw` as `Converter` has it."""
    settings = run.settings
    untouched, frames = tee(clip)
    for rows, its_faces in zip(tracks, faces, strict=True):
        if any(row.ok for row in rows.values()):
            frames = Converter(draw, rows, settings.preset, settings.size, its_faces).convert(
                frames
            )
    for before, after in zip(untouched, frames, strict=True):
        image, number = after.image, before.number
        matrices = [np.array(rows[number].matrix) for rows in tracks if rows[number].ok]
        for matrix in matrices if settings.mark else ():
            image = provenance.mark.embed(image, before.image, matrix)
        yield ConvertedFrame(before, image, matrices)
