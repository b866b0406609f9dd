"""Files that are complete or not there, whatever ends the program."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def atomic_file(path: str | os.PathLike, durable: bool = True) -> Iterator[BinaryIO]:
    """A file to write to, which takes the name `path` only when the block has ended without error.

    It can also be read. Until then, and after a failure, the earlier file at `path` stays. A
    `durable` file is on the disk before it gets its name, so it also survives a power failure;
    files that are easily made again are written faster without. Raises OSError with the name
    `path`.
    """
    path = Path(path)
    aside = path.with_name(f".part-{path.name}")
    try:
        with open(aside, "w+b") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as error:
        error.filename = str(path)  # a failed write names no file
        raise
    finally:
        aside.unlink(missing_ok=True)
