"""Where everything of a data set lies. All names are content keys, so work is found again."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

RENDERED_SUFFIX = ".mp4"  # of a rendered actor's clip


@dataclass(frozen=True)
class Places:
    """The folder of a data set, as every machine sees it."""

    folder: Path  # absolute

    @property
    def work(self) -> Path:
        """All that jobs make; may be deleted when the set is finished."""
        return self.folder / "work"

    @property
    def detections(self) -> Path:
        """Found faces that jobs share; see stages/shared_detections.py."""
        return self.work / "detections"

    @property
    def swaps(self) -> Path:
        """A folder for each job, by its key."""
        return self.work / "swaps"

    def swap(self, key: str) -> Path:
        """The folder of the job with this key."""
        return self.swaps / key

    def rendered(self, key: str) -> Path:
        """The clip of a rendered actor."""
        return self.work / "clips" / f"{key}{RENDERED_SUFFIX}"

    def original(self, key: str) -> Path:
        """The folder of a target's untouched clip, coded as its swaps are."""
        return self.work / "originals" / key

    def lock(self, name: str) -> Path:
        """The lock of a piece of work, so that no two machines do it at the same time."""
        return self.work / "locks" / name

    def remove_leftovers(self) -> None:
        """Remove locks, and what killed processes left half-written; all jobs have ended."""
        shutil.rmtree(self.work / "locks", ignore_errors=True)
        for path in self.detections.glob(".part-*"):
            shutil.rmtree(path, ignore_errors=True)

    def sent(self, key: str, name: str) -> Path:
        """The copy of a clip that the workers cannot see where it lies; it keeps its name."""
        return self.work / "inputs" / key / name
