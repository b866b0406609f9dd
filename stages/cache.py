"""Finished stages: what each was made from, and whether its files are still as they were.

run.json has an entry for each stage, and `Run.make` skips a stage whose entry still holds. A stage
names the fingerprints of the stages before it among what it is made from. So when an ingredient
changes, the stages that depend on it are made anew, and the others are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from files import digest


@dataclass(frozen=True)
class Stage:
    """A part of a run that is done once."""

    name: str  # its key in run.json
    made_from: dict  # everything that its files depend on, as JSON holds it
    patterns: tuple[str, ...] = ()  # glob patterns of its files in the run folder
    goal: dict | None = None  # how far to go, as JSON holds it; towards another it goes on

    def describe(self) -> dict:
        """The entry in run.json while the stage is at work."""
        return {"made_from": self.made_from} | ({"goal": self.goal} if self.goal else {})

    def describe_files(self, folder: Path, checked: Iterable[Path]) -> dict:
        """The entry in run.json once it is done; `checked` are the files whose content matters."""
        sha256 = {_name(path, folder): digest(path) for path in checked}
        return self.describe() | {"files": self._count(folder), "sha256": sha256}

    def is_intact(self, folder: Path, entry: dict) -> bool:
        """Whether `entry` says that this is finished, and its files are still as they were."""
        sha256 = entry.get("sha256")
        return (
            entry.get("made_from") == self.made_from
            and entry.get("goal") == self.goal
            and entry.get("files") == self._count(folder)
            and isinstance(sha256, dict)
            and all(
                (folder / name).exists() and digest(folder / name) == was
                for name, was in sha256.items()
            )
        )

    def delete_files(self, folder: Path) -> None:
        for pattern in self.patterns:
            for path in folder.glob(pattern):
                path.unlink()

    def _count(self, folder: Path) -> dict[str, int]:
        return {pattern: len(list(folder.glob(pattern))) for pattern in self.patterns}


def _name(path: Path, folder: Path) -> str:
    """A path as run.json has it: relative if it is in the folder, which may be moved."""
    path, folder = path.absolute(), folder.absolute()
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)
