"""Aligned faces -> a trained trainer; writes checkpoints, losses and previews."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import nn
from files import contact_sheet
from provenance.record import STATEMENT_REPLACED

from .align import Faces
from .cache import Stage
from .checkpoints import Checkpoints
from .clips import PEOPLE
from .progress import training_progress
from .run import Run
from .trainers import TRAINERS, Step, Trainer

MIN_RATE_FACTOR = 0.1  # of the usual learning rate; training stops before it goes below; by eye
FIRST_PREVIEW = 2.0  # seconds of training until the first preview; by eye
PREVIEW_INTERVAL = 20.0  # seconds from one preview to the next; by eye


# Called after each epoch, when the checkpoint is written; an exception from it stops the training.
AfterEpoch = Callable[[Trainer], None]


def train(run: Run, faces: dict[str, Faces], after_epoch: AfterEpoch) -> Trainer:
    """Train, or continue to, until the preset's rounds or minutes are over.

    Raises nn.train.Diverged if the loss is not finite even at a small learning rate, and
    nn.CheckpointError if there are checkpoints but none can be read.
    """
    settings, preset = run.settings, run.settings.preset
    people = {PEOPLE[role]: _stack_faces(tracks) for role, tracks in faces.items()}
    device = nn.backend.device(settings.device)
    trainer = TRAINERS[preset.net](people, preset, settings.seed, device)
    checkpoints = Checkpoints(run.path / "checkpoints")
    stage = Stage(
        "train",
        _made_from(run),
        ("losses.csv", "previews/*.png", "checkpoints/*.npz"),
        goal={"rounds": preset.rounds, "minutes": preset.minutes},
    )
    if not checkpoints.can_reach(stage.goal) and stage.delete_files(run.path):
        run.note("training begins anew: no checkpoint is left that it could go on from")
    if not run.make(stage, lambda: finish_training(run, trainer, checkpoints, after_epoch)):
        checkpoints.resume(trainer, run.note)
    return trainer


def _stack_faces(tracks: Faces) -> np.ndarray:
    """The faces of all tracks, (N, h, w, 3) uint8."""
    return np.stack([face for faces in tracks for face in faces.values()])


def _made_from(run: Run) -> dict:
    preset = run.settings.preset
    return {
        **{f"align {role}": run.fingerprint(f"align {role}") for role in PEOPLE},
        "net": preset.net,
        "batch": preset.batch,
        "phases": list(preset.phases),
        "colour": preset.colour,
        "seed": run.settings.seed,
    }


def finish_training(
    run: Run, trainer: Trainer, checkpoints: Checkpoints, after_epoch: AfterEpoch
) -> list[Path]:
    """Train from the last checkpoint to the end; returns the newest checkpoint.

    If the loss diverges, training goes back to the last checkpoint and halves the learning rate.
    """
    checkpoints.resume(trainer, run.note)
    epochs = trainer.epochs
    while True:
        try:
            train_on(run, trainer, checkpoints, after_epoch)
            break
        except nn.train.Diverged as error:
            slow_down(run, trainer, checkpoints, error)
    if trainer.epochs > epochs:
        run.tell(f"trained {trainer.seconds:.0f} s in all")
    seconds = round(trainer.seconds, 1)
    run.result(epochs=trainer.epochs, training_seconds=seconds, schedule=trainer.schedule)
    return checkpoints.newest_first()[:1]


def slow_down(
    run: Run, trainer: Trainer, checkpoints: Checkpoints, error: nn.train.Diverged
) -> None:
    """Go back to the last checkpoint and halve the rate. Raises Diverged if it gets too small."""
    factor, epoch = trainer.rate_factor / 2, trainer.epochs + 1
    if factor < MIN_RATE_FACTOR:
        raise nn.train.Diverged(
            f"{error} even with small steps, in epoch {epoch}; the last good state is in "
            f"{checkpoints.newest_first()[0]}. Is a face in the clips a picture of noise?"
        ) from None
    checkpoints.resume(trainer, run.note)
    trainer.rate_factor = factor
    run.note(
        f"{error} in epoch {epoch}; back to the checkpoint after {trainer.epochs}, and on with "
        f"steps {factor:g} times as large"
    )


def train_on(run: Run, trainer: Trainer, checkpoints: Checkpoints, after_epoch: AfterEpoch) -> None:
    """Train to the end, with a progress bar, a checkpoint after each epoch, and previews."""
    preset, previews, step = run.settings.preset, Previews(run, trainer), None
    length = trainer.length(preset.rounds, preset.minutes, run.settings.schedule)
    with training_progress(trainer.progress(length)) as bar:
        for step in trainer.run(length):
            bar.update(step.progress - bar.n)
            loss = f"round {step.round + 1} {step.phase}: {step.epoch_loss:.5f}"
            bar.set_postfix_str(loss, refresh=False)
            if step.finished:
                checkpoints.save(trainer)
                run.append_loss(make_loss_row(step, trainer.seconds))
                after_epoch(trainer)
            previews.write_if_due()
    if step is not None:
        previews.write()


def make_loss_row(step: Step, seconds: float) -> dict:
    """The row of losses.csv for a finished round."""
    row = {"round": step.round + 1, "phase": step.phase, "loss": f"{step.epoch_loss:.6g}"}
    return row | {"seconds": f"{seconds:.1f}"}


class Previews:
    """Writes contact sheets of what the nets draw: FIRST_PREVIEW, then every PREVIEW_INTERVAL."""

    def __init__(self, run: Run, trainer: Trainer):
        self.run, self.trainer = run, trainer
        self.number = len(list((run.path / "previews").glob("*.png")))
        self.due = time.perf_counter() + FIRST_PREVIEW

    def write_if_due(self) -> None:
        """Write a preview if the last one is old enough."""
        if time.perf_counter() > self.due:
            self.write()
            self.due = time.perf_counter() + PREVIEW_INTERVAL

    def write(self) -> None:
        """Write a preview, whole or not at all."""
        rows = self.trainer.preview()
        sheet = contact_sheet(list(rows.values()), list(rows))
        self.run.write_image(f"previews/{self.number:04d}.png", sheet, STATEMENT_REPLACED)
        self.number += 1
