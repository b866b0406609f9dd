"""The checkpoints of a run: the newest three, and the best.

    checkpoints/000012.npz   after so many epochs
    checkpoints/best.npz     after the round with the smallest loss

A file that is damaged is named and left alone, and the one before it is used.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from nn import CheckpointError

from .trainers import Trainer

KEPT_CHECKPOINTS = 3  # two damaged files then cost two epochs, not the whole training; by eye


class Checkpoints:
    """The checkpoints in `folder`, which is made if need be."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def newest_first(self) -> list[Path]:
        """The numbered files."""
        numbered = (path for path in self.folder.glob("*.npz") if path.stem.isdigit())
        return sorted(numbered, key=lambda path: int(path.stem), reverse=True)

    def save(self, trainer: Trainer) -> None:
        """Save the state after an epoch; once the new file is complete, delete the superfluous."""
        file = self.folder / f"{trainer.epochs:06d}.npz"
        trainer.save(file)
        if trainer.is_best:
            self._save_best(file)
        for old in self.newest_first()[KEPT_CHECKPOINTS:]:
            old.unlink()

    def _save_best(self, file: Path) -> None:
        aside = self.folder / "best.npz.part"
        aside.unlink(missing_ok=True)
        try:
            os.link(file, aside)
        except OSError:  # not every file system has links
            shutil.copyfile(file, aside)
        os.replace(aside, self.folder / "best.npz")

    def resume(self, trainer: Trainer, tell: Callable[[str], None]) -> None:
        """Load the newest readable checkpoint; if there are none, save the present state as one.

        `tell` is called about each damaged file. Raises CheckpointError if all are damaged.
        """
        files = self.newest_first()
        if not files:
            self.save(trainer)
        for i, file in enumerate(files):
            try:
                trainer.load(file)
                return
            except CheckpointError as error:
                if file == files[-1]:
                    raise
                tell(f"{error}; going on from {files[i + 1]}")
