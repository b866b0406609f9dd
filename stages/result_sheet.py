"""result.png: a contact sheet of some frames before and after the swap."""

from __future__ import annotations

import numpy as np

from files import contact_sheet, pick_evenly
from provenance.record import STATEMENT_REPLACED

from .convert import ConvertedFrame
from .run import Run

SHEET_FRAMES = 12  # in result.png
SHEET_CELL_WIDTH = 240  # pixels


class ResultSheet:
    """Collects some of `count` frames, evenly spaced, while they are written."""

    def __init__(self, count: int):
        self.picked, self.count = set(pick_evenly(count, SHEET_FRAMES)), 0
        self.before: list[np.ndarray] = []  # (H, W, 3) uint8
        self.after: list[np.ndarray] = []

    def add(self, frame: ConvertedFrame) -> None:
        """Take the next frame of the output if it is one of those shown."""
        if self.count in self.picked:
            self.before.append(frame.untouched.image)
            self.after.append(frame.image)
        self.count += 1

    def write(self, run: Run) -> None:
        """Write it: two rows, before and after the swap, and two more for the second half."""
        height, width = self.before[0].shape[:2]
        half = -(-len(self.before) // 2)
        rows = [self.before[:half], self.after[:half], self.before[half:], self.after[half:]]
        cell = SHEET_CELL_WIDTH, round(SHEET_CELL_WIDTH * height / width)
        sheet = contact_sheet([row for row in rows if row], cell=cell)
        run.write_image("result.png", sheet, STATEMENT_REPLACED)
