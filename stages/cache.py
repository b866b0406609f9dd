"""Finished stages: what each was made from, and whether its files are still as they were.

run.json has an entry for each stage, and `Run.make` skips a stage whose entry still holds. What a
stage was made from includes the fingerprints of the stages before it. So when a setting changes,
the stages that depend on it are made anew, and the others are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from files import digest


@dataclass(frozen=True)
class Stage:
    """A part of a run that is done once. Its dictionaries hold JSON values."""

    name: str  # its key in run.json
    made_from: dict  # everything that its files depend on
    patterns: tuple[str, ...] = ()  # glob patterns of its files in the run folder
    goal: dict | None = None  # how far to go; with another goal, the work continues from its files

    def describe(self) -> dict:
        """The entry in run.json while the stage is unfinished."""
        return {"made_from": self.made_from} | ({"goal": self.goal} if self.goal else {})

    def describe_files(self, folder: Path, checked: Iterable[Path]) -> dict:
        """The entry in run.json of the finished stage, with the SHA-256 of the `checked` files."""
        sha256 = {_relative_name(path, folder): digest(path) for path in checked}
        return self.describe() | {"files": self._count(folder), "sha256": sha256}

    def is_intact(self, folder: Path, entry: dict) -> bool:
        """Whether `entry` is that of this stage, finished, and its files have not changed since."""
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

    def delete_files(self, folder: Path) -> int:
        """Delete the stage's files, in the order of its patterns; returns how many there were."""
        files = [path for pattern in self.patterns for path in folder.glob(pattern)]
        for path in files:
            path.unlink()
        return len(files)

    def _count(self, folder: Path) -> dict[str, int]:
        return {pattern: len(list(folder.glob(pattern))) for pattern in self.patterns}


def _relative_name(path: Path, folder: Path) -> str:
    """A path as run.json has it: relative if it is in the run folder, so that this may be moved."""
    path, folder = path.absolute(), folder.absolute()
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)
