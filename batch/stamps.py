"""The hash of each input, computed once: a table on the disk, by path, size and time of change."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from files import digest, list_by_number

STAMPS_TABLE = "CREATE TABLE IF NOT EXISTS stamps (path TEXT PRIMARY KEY, stamp TEXT, sha256 TEXT)"


class Stamps:
    """A context manager that gives hashes of clips and keeps them in a file.

    A file that cannot be read is begun anew: all that is lost is time. Raises OSError where it
    cannot be written.
    """

    def __init__(self, path: Path):
        self.path = path

    def __enter__(self) -> Stamps:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._open()
        except sqlite3.DatabaseError:
            self.path.unlink(missing_ok=True)
            self._open()
        return self

    def __exit__(self, *_) -> None:
        self._table.commit()
        self._table.close()

    def digest(self, path: Path) -> str:
        """The SHA-256 of a clip or a folder of pictures; see files.digest."""
        name, stamp = str(path.absolute()), _stamp(path)
        known = "SELECT sha256 FROM stamps WHERE path = ? AND stamp = ?"
        if found := self._table.execute(known, (name, stamp)).fetchone():
            return found[0]
        sha256 = digest(path)
        self._table.execute("REPLACE INTO stamps VALUES (?, ?, ?)", (name, stamp, sha256))
        self._table.commit()
        return sha256

    def _open(self) -> None:
        self._table = sqlite3.connect(self.path)
        self._table.execute("PRAGMA cache_size = -256")  # kB in memory
        self._table.execute(STAMPS_TABLE)
        self._table.execute("SELECT count(*) FROM stamps").fetchone()


def _stamp(path: Path) -> str:
    """Sizes and times of change of all files of a clip, as a hash."""
    files = sorted(list_by_number(path)) if path.is_dir() else [path]
    stats = [(file.name, file.stat()) for file in files]
    text = repr([(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats])
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
