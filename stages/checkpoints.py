"""The checkpoints of a run: the last three, and the best.

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

KEPT_CHECKPOINTS = 3  # besides the best one


class Checkpoints:
    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def last(self) -> list[Path]:
        """The numbered ones, the newest first."""
        return sorted(
            (p for p in self.folder.glob("*.npz") if p.stem.isdigit()),
            key=lambda p: int(p.stem),
            reverse=True,
        )

    def save(self, trainer: Trainer) -> None:
        """After an epoch; older ones than the last three go when the new one is complete."""
        file = self.folder / f"{trainer.epochs:06d}.npz"
        trainer.save(file)
        if trainer.is_best:
            aside = self.folder / "best.npz.part"
            aside.unlink(missing_ok=True)
            try:
                os.link(file, aside)
            except OSError:  # not every file system has links
                shutil.copyfile(file, aside)
            os.replace(aside, self.folder / "best.npz")
        for old in self.last()[KEPT_CHECKPOINTS:]:
            old.unlink()

    def load(self, trainer: Trainer, tell: Callable[[str], None]) -> None:
        """Go on from the newest that can be read, and tell which ones are damaged.

        Raises CheckpointError where there are some, and none can be read.
        """
        files = self.last()
        for file, before in zip(files, [*files[1:], None], strict=True):
            try:
                trainer.load(file)
                return
            except CheckpointError as error:
                if before is None:
                    raise
                tell(f"{error}; going on from {before}")
