"""The checkpoints of a run: the newest three, such as checkpoints/000012.npz after 12 epochs.

A file that is damaged is named and left alone, and the one before it is used.
"""

from __future__ import annotations

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
        for old in self.newest_first()[KEPT_CHECKPOINTS:]:
            old.unlink()

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
