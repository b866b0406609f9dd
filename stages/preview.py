"""The preview: a few frames of the target, swapped by nets that have trained for a short time.

preview.png shows them above one another, before and after. The training then goes on; with
--preview the program stops there.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from faces import align
from files import contact_sheet, pick_evenly
from provenance.record import STATEMENT_REPLACED

from .cache import Stage
from .choose import Tracks
from .clips import Selection
from .convert import convert_frames
from .run import Run
from .trainers import Trainer

PREVIEW_NAME = "preview.png"
PREVIEW_SECONDS = 20.0  # of training before it; by eye
PREVIEW_FRAMES = 6
PREVIEW_REACH = 600  # faces, from the first, of which some are shown: more take long to decode
PREVIEW_CELL = 240  # pixels, side of a picture
PREVIEW_SURROUNDINGS = 2.0  # side of what a picture shows, in heights of the face; by eye


class PreviewOnly(Exception):
    """The preview is there, and the user asked for no more."""


class Preview:
    """Makes the preview of a run once; `clip` and `tracks` are what the run writes."""

    def __init__(self, run: Run, clip: Selection, tracks: Tracks):
        self.run, self.clip, self.tracks = run, clip, tracks

    def show_if_due(self, trainer: Trainer) -> None:
        """Show it if the training has lasted long enough. Raises PreviewOnly as `show_once`."""
        if trainer.seconds >= PREVIEW_SECONDS:
            self.show_once(trainer)

    def show_once(self, trainer: Trainer) -> None:
        """Show it unless it is there already. Raises PreviewOnly if the user asked for no more."""
        made_from = {name: self.run.fingerprint(name) for name in ("choose target", "train")}
        made_from["frames"] = [self.clip.first, self.clip.last, self.clip.every]
        stage = Stage("preview", made_from, (PREVIEW_NAME,))
        path = self.run.path / PREVIEW_NAME
        if self.run.make(stage, lambda: self._write(trainer)):
            self.run.tell(f"preview: {path}, after {trainer.seconds:.0f} s of training")
        if self.run.settings.preview:
            raise PreviewOnly(f"only the preview was asked for; see {path}")

    def _write(self, trainer: Trainer) -> None:
        preset, picked = self.run.settings.preset, self._pick_frames()
        part = self.clip.part((picked[0], picked[-1] + 1))
        frames = (frame for frame in part if frame.number in picked)
        # The frames are not neighbours, so nothing can be averaged over time.
        settings = replace(self.run.settings, preset=replace(preset, smooth=False))
        shown = list(convert_frames(settings, self.tracks, trainer.swap, frames))
        places = [crop_around(frame.matrices[0], frame.image.shape) for frame in shown]
        before = [f.untouched.image[place] for f, place in zip(shown, places, strict=True)]
        after = [f.image[place] for f, place in zip(shown, places, strict=True)]
        cell = PREVIEW_CELL, PREVIEW_CELL
        sheet = contact_sheet([before, after], ["target", "swapped"], cell)
        self.run.write_image(PREVIEW_NAME, sheet, STATEMENT_REPLACED)

    def _pick_frames(self) -> list[int]:
        """The numbers of some frames in which a face is replaced, evenly spaced, rising.

        There is at least one: see `too_few.refuse_too_few`.
        """
        replaced = {n for rows in self.tracks for n, row in rows.items() if row.ok}
        numbers = sorted(n for n in replaced if n in self.clip)[:PREVIEW_REACH]
        return [numbers[i] for i in pick_evenly(len(numbers), PREVIEW_FRAMES)]


def crop_around(to_aligned: np.ndarray, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The rows and columns of a frame of `shape` (H, W, 3) that show a face and its surroundings.

    to_aligned  (2, 3), frame -> aligned face
    """
    face = align.WHOLE_FACE
    back = align.invert(to_aligned)
    middle = back[:, :2] @ np.add(face.corner, np.divide(face.size, 2)) + back[:, 2]  # x, y
    side = PREVIEW_SURROUNDINGS * face.size[1] / align.scale_of(to_aligned)
    columns, rows = (
        slice(int(max(at - side / 2, 0)), int(min(at + side / 2, length)))
        for at, length in zip(middle, shape[1::-1], strict=True)
    )
    return rows, columns
