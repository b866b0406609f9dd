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


class Converter:
    """Puts swapped faces into frames.

    swap    aligned faces (N, h, w, 3) uint8 -> (N, 128, 128, 3), 0..1, as stages.train.Trainer.swap
    rows    the target's manifest by frame number
    height  of the canvas on which faces are blended, in pixels at most; the mask is fixed there, and factored once
    """

    def __init__(self, swap: Callable[[np.ndarray], np.ndarray], rows: dict[int, manifest.Row], preset: Preset, height: int = 256):
        self.swap, self.rows, self.preset = swap, rows, preset
        matrices = [np.array(r.matrix) for r in rows.values() if r.ok]
        self.size = align.native_size(matrices, height)
        self.opacity = mask.face_mask(self.size)
        self.core = mask.face_mask(self.size, feather=0.3)  # weights for statistics: the middle of the face, little of its rim
        self.domain = poisson.Domain(self.opacity > 0)
        self.rim = ndimage.binary_dilation(self.domain.mask) & ~self.domain.mask

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
            inputs = np.stack([aligned(f.image, matrices[f.number], self.preset.aligned) for f in to_swap])
            drawn = warp.resize(self.swap(inputs), self.size)  # (N, h, w, 3)
            canvases = [align.face_matrix(matrices[f.number], self.size) for f in to_swap]
            # float canvases: rounding them to levels before the solve would show as noise in dark places
            back = np.stack([warp.warp(f.image.astype(np.float32), m, self.size, edges="repeat") for f, m in zip(to_swap, canvases, strict=True)])
            if self.preset.match:
                drawn = [statistics.reinhard(d, b / 255, self.core) for d, b in zip(drawn, back, strict=True)]
            blended = self._blend(np.stack(drawn, axis=-1) * 255, np.stack(back, axis=-1))
            for i, frame in enumerate(to_swap):
                images[frame.number] = warp.unwarp_into(frame.image, blended[..., i].clip(0, 255), self.opacity, canvases[i])
        for frame in frames:
            yield Frame(frame.number, frame.time, images[frame.number])

    def _blend(self, fore: np.ndarray, back: np.ndarray) -> np.ndarray:
        """The new faces (h, w, 3, N) in the light of the old ones, levels; all are solved at once.

        Poisson blending adds to `fore` the membrane spanned by back - fore on the rim. Where the rim leaves the face, for
        the background beside a turned head, that difference has nothing to do with light and would smear the background's
        darkness over the cheek. So it is held within `TRUST` times its usual spread; what then remains of a seam there
        lies where the mask's opacity is 0.
        """
        difference = back - fore
        on_rim = difference[self.rim]  # (R, 3, N)
        middle = np.median(on_rim, axis=0)
        spread = np.maximum(np.median(np.abs(on_rim - middle), axis=0), 2.0)
        held = np.clip(difference, middle - TRUST * spread, middle + TRUST * spread)
        return fore + self.domain.solve(held)
