"""Folders that belong to one owner, so that nobody else's files are taken for them or replaced."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from .atomic import atomic_file
from .pictures import is_left_by_system

CLAIM_NAME = "belongs_to.json"  # the file that names the owner; written before any other


@dataclass(frozen=True)
class Claim:
    """What a folder holds, for which clip or run folder, and what that was made from.

    The owner is recorded by its name and by a hash of where it lies, seen from the folder. So the
    claim still holds after both were moved together, and it tells nobody where they lie.
    """

    holds: str  # such as "the truth of the swap"
    owner: Path
    source: str = ""  # hashes of the inputs

    def find_obstacle(self, folder: Path) -> str | None:
        """What the folder holds that is not this owner's, in words; None if there is nothing.

        Files of no user (`is_left_by_system`) do not count. Raises OSError.
        """
        if not folder.exists():
            return None
        names = sorted(p.name for p in folder.iterdir() if not is_left_by_system(p))
        if not names or (found := _read_claim(folder)) == self._content(folder):
            return None
        return f"{found['holds']} {found['of']}" if found else f"other files ({names[0]})"

    def take(self, folder: Path) -> None:
        """Make the folder and write the claim into it. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_file(folder / CLAIM_NAME) as file:
            file.write(json.dumps(self._content(folder), indent=1).encode() + b"\n")

    def _content(self, folder: Path) -> dict[str, str]:
        owner = os.path.realpath(self.owner)
        try:
            place = os.path.relpath(owner, os.path.realpath(folder))
        except ValueError:  # on another drive of Windows
            place = owner
        text = "\0".join([self.holds, place, self.source])
        key = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        return {"holds": self.holds, "of": self.owner.name, "key": key}


def _read_claim(folder: Path) -> dict | None:
    """The claim that a folder holds; None if there is none, or none that can be read."""
    try:
        found = json.loads((folder / CLAIM_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.keys() == {"holds", "of", "key"} else None
