"""The checkpoints of a run: the newest three, such as checkpoints/000012.npz after 12 epochs.

A damaged file stays where it is; a note names it, and training goes on from the one before it.
A finished demo keeps only checkpoints/weights.npz: a third of a checkpoint, without the optimiser's
state, which further training would need.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from nn import CheckpointError, checkpoint

from .trainers import Trainer

KEPT_CHECKPOINTS = 3  # two damaged files then cost two epochs, not the whole training; by eye
WEIGHTS_NAME = "weights.npz"
ADAM_MOMENTS = re.compile(r"adam\.\w+\.[mv]\..*")  # names of arrays, see trainers/base.py


class Checkpoints:
    """The checkpoints in `folder`, which is made if need be."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def newest_first(self) -> list[Path]:
        """The numbered files; without any, the weights alone if they were kept."""
        numbered = (path for path in self.folder.glob("*.npz") if path.stem.isdigit())
        weights = [path for path in [self.folder / WEIGHTS_NAME] if path.exists()]
        return sorted(numbered, key=lambda path: int(path.stem), reverse=True) or weights

    def save(self, trainer: Trainer) -> None:
        """Save the state after an epoch; once the new file is complete, delete the superfluous."""
        file = self.folder / f"{trainer.epochs:06d}.npz"
        trainer.save(file)
        for old in self.newest_first()[KEPT_CHECKPOINTS:]:
            old.unlink()

    def keep_weights(self, goal: dict) -> Path:
        """Keep only the weights of a training that has reached its `goal`; returns their file.

        A kill in between leaves enough to do this again.
        """
        weights = self.folder / WEIGHTS_NAME
        newest, *older = self.newest_first()
        if newest != weights:
            arrays, counters = checkpoint.read_arrays(newest)
            kept = {name: a for name, a in arrays.items() if not ADAM_MOMENTS.fullmatch(name)}
            checkpoint.write_arrays(weights, kept, counters | {"goal": goal})
            for file in (*reversed(older), newest):
                file.unlink()
        return weights

    def can_reach(self, goal: dict) -> bool:
        """Whether training can go on to a goal from these files; weights alone reach their own."""
        files = self.newest_first()
        if not files or files[0].name != WEIGHTS_NAME:
            return bool(files)
        try:
            return checkpoint.read_arrays(files[0])[1].get("goal") == goal
        except CheckpointError:
            return False

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
