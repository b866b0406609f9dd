"""The preview: a few frames of the target, swapped by nets that have trained for a short time.

preview.png shows them above one another, before and after. The training then goes on; with
--preview the program stops there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from files import contact_sheet, pick_evenly
from provenance.record import STATEMENT_REPLACED

from .cache import Stage
from .choose import Tracks
from .clips import Selection
from .convert import convert
from .run import Run
from .trainers import Trainer

PREVIEW_NAME = "preview.png"
PREVIEW_SECONDS = 20.0  # of training before it; by eye
PREVIEW_FRAMES = 6
PREVIEW_REACH = 1500  # faces, from the first, of which some are shown: more take long to decode
PREVIEW_CELL_WIDTH = 240  # pixels


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
        preset = self.run.settings.preset
        # The frames are not neighbours, so nothing can be averaged over time.
        settings = replace(self.run.settings, preset=replace(preset, smooth=False))
        shown = list(convert(settings, self._pick_frames(), self.tracks, trainer.swap))
        rows = [frame.untouched.image for frame in shown], [frame.image for frame in shown]
        height, width = rows[0][0].shape[:2]
        cell = PREVIEW_CELL_WIDTH, round(PREVIEW_CELL_WIDTH * height / width)
        sheet = contact_sheet(rows, ["target", "swapped"], cell)
        self.run.write_image(PREVIEW_NAME, sheet, STATEMENT_REPLACED)

    def _pick_frames(self) -> Iterator[np.ndarray]:
        """Some frames whose face is replaced, evenly spaced."""
        numbers = [n for n, row in self.tracks[0].items() if row.ok and n in self.clip]
        numbers = numbers[:PREVIEW_REACH]
        picked = {numbers[i] for i in pick_evenly(len(numbers), PREVIEW_FRAMES)}
        part = self.clip.part((min(picked), max(picked) + 1))
        return (frame for frame in part if frame.number in picked)
