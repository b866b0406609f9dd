"""The end of a demo: a comparison, and no more on the disk than is needed to do nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from .cache import Stage
from .checkpoints import Checkpoints
from .run import Run, Watcher
from .settings import Settings


def finish_demo(
    settings: Settings,
    truth: str,
    compare: Callable[[Path, Path], Iterable[Path]],
    watcher: Watcher | None = None,
) -> None:
    """Compare the swap with the truth unless that is done, and keep the weights only.

    truth    hash of what the swap is compared with
    compare  takes the run folder and the swap, returns the files that it wrote
    """
    with Run(settings, watcher) as run:
        made_from = {"swap": run.record["results"]["output"]["sha256"], "truth": truth}
        stage = Stage("compare", made_from)
        run.make(stage, lambda: compare(settings.folder, settings.output))
        _keep_weights(run)


def _keep_weights(run: Run) -> None:
    """Replace the checkpoints by the weights, and record that the training is still finished."""
    stages = run.record["stages"]
    entry = stages["train"]
    weights = Checkpoints(run.path / "checkpoints").keep_weights(entry["goal"])
    stage = Stage("train", entry["made_from"], tuple(entry["files"]), entry["goal"])
    stages["train"] = stage.describe_files(run.path, [weights])
    run.save()
