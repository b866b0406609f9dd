"""Trained nets + frames -> swapped frames, in small batches, so that memory does not grow with the clip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from scipy import ndimage

import poisson
from colorcorrect import statistics
from faces import align, manifest, mask, warp
from video import Frame

from .detect import aligned
from .presets import Preset

BATCH = 8
TRUST = 2.5
TURNS = np.linspace(-0.3, 0.3, 13)  # see faces.mask.turn
DRAWN_BACK = 3.0  # in hundredths of the width of the image of REFERENCE_POINTS


class Converter:
    """Puts swapped faces into frames.

    swap    aligned faces (N, h, w, 3) uint8 -> (N, 128, 128, 3), 0..1, as stages.train.Trainer.swap
    rows    the target's manifest by frame number
    height  of the canvas on which faces are blended, in pixels at most; the mask is fixed there, and factored once
    """

    def __init__(self, swap: Callable[[np.ndarray], np.ndarray], rows: dict[int, manifest.Row], preset: Preset, height: int = 256):
        self.swap, self.rows, self.preset = swap, rows, preset
        matrices = [np.array(r.matrix) for r in rows.values() if r.ok]
        self.size = align.native_size(matrices, height, preset.region)
        self.masks = [mask.face_mask(self.size, region=preset.region, turned=t) for t in TURNS]
        self.turns = turns(rows)
        self.core = mask.face_mask(self.size, 0.3, preset.region)  # weights for statistics: the middle of the face, little of its rim
        self.domain = poisson.Domain(np.maximum.reduce(self.masks) > 0)
        self.rim = ndimage.binary_dilation(self.domain.mask) & ~self.domain.mask
        self.rim_x = preset.region.corner[0] + (np.nonzero(self.rim)[1] + 0.5) / self.size[0] * preset.region.size[0] - mask.MIDDLE  # (R,)

    def convert(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """Every frame in order; those whose row is not ok are passed through untouched."""
        batch: list[Frame] = []
        for frame in frames:
            batch.append(frame)
            if len(batch) == BATCH:
                yield from self._batch(batch)
                batch = []
        yield from self._batch(batch)

    def _batch(self, frames: list[Frame]) -> Iterator[Frame]:
        matrices = {f.number: np.array(self.rows[f.number].matrix) for f in frames
                    if f.number in self.rows and self.rows[f.number].ok}
        to_swap = [f for f in frames if f.number in matrices]
        images = {f.number: f.image for f in frames}
        if to_swap:
            inputs = np.stack([aligned(f.image, matrices[f.number], self.preset.aligned, self.preset.region) for f in to_swap])
            drawn = warp.resize(self.swap(inputs), self.size)  # (N, h, w, 3)
            canvases = [align.face_matrix(matrices[f.number], self.size, self.preset.region) for f in to_swap]
            # float canvases: rounding them to levels before the solve would show as noise in dark places
            back = np.stack([warp.warp(f.image.astype(np.float32), m, self.size, edges="repeat") for f, m in zip(to_swap, canvases, strict=True)])
            if self.preset.match:
                drawn = [statistics.reinhard(d, b / 255, self.core) for d, b in zip(drawn, back, strict=True)]
            turned = np.array([self.turns[f.number] for f in to_swap])
            blended = self._blend(np.stack(drawn, axis=-1) * 255, np.stack(back, axis=-1), turned)
            for i, frame in enumerate(to_swap):
                images[frame.number] = warp.unwarp_into(frame.image, blended[..., i].clip(0, 255), self._opacity(turned[i]), canvases[i])
        for frame in frames:
            yield Frame(frame.number, frame.time, images[frame.number])

    def _opacity(self, turned: float) -> np.ndarray:
        """The mask (h, w) of a face turned so far, between the two nearest that were made beforehand."""
        at = np.clip((turned - TURNS[0]) / (TURNS[1] - TURNS[0]), 0, len(TURNS) - 1)
        below = min(int(at), len(TURNS) - 2)
        part = np.float32(at - below)
        return self.masks[below] * (1 - part) + self.masks[below + 1] * part

    def _blend(self, fore: np.ndarray, back: np.ndarray, turned: np.ndarray) -> np.ndarray:
        """The new faces (h, w, 3, N) in the light of the old ones, levels; all are solved at once. turned (N,), see faces.mask.turn.

        Poisson blending adds to `fore` the membrane spanned by back - fore on the rim. Where the rim leaves the face, for
        the background beside a turned head, that difference has nothing to do with light and would smear the background's
        colour over the cheek. There the middle of the rest is taken; elsewhere it is held within `TRUST` times its usual spread. What
        then remains of a seam lies where the mask's opacity is 0.
        """
        difference = back - fore
        on_rim = difference[self.rim]  # (R, 3, N)
        beside = np.stack([self._beside(t) for t in turned], -1)[:, None]  # (R, 1, N)
        middle = np.nanmedian(np.where(beside, np.nan, on_rim), axis=0)
        spread = np.maximum(np.nanmedian(np.where(beside, np.nan, np.abs(on_rim - middle)), axis=0), 2.0)
        difference = np.clip(difference, middle - TRUST * spread, middle + TRUST * spread)
        difference[self.rim] = np.where(beside, middle, difference[self.rim])
        return fore + self.domain.solve(difference)

    def _beside(self, turned: float) -> np.ndarray:
        """Which pixels of the rim (R,) lie beside the face: where the outline of a turned one has drawn back from them."""
        return (self.rim_x * turned > 0) & (np.abs(self.rim_x) * (1 - mask.narrowing(turned, self.preset.region)) > DRAWN_BACK)


def turns(rows: dict[int, manifest.Row]) -> dict[int, float]:
    """How far each face is turned by frame number, smoothed over a few frames; where only a place is known, as in between."""
    numbers = [n for n, r in rows.items() if r.ok]
    known = [n for n in numbers if rows[n].points is not None]
    at = np.interp(numbers, known, [mask.turn(np.array(rows[n].points)) for n in known]) if known else np.zeros(len(numbers))
    return dict(zip(numbers, ndimage.gaussian_filter1d(at, 2.0, mode="nearest").tolist(), strict=True)) if numbers else {}
