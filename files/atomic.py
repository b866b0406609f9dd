"""Files that are complete or not there, whatever ends the program."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def atomic_file(path: str | os.PathLike, durable: bool = True) -> Iterator[BinaryIO]:
    """A file to write to that takes its place at `path` only when the block has ended well.

    Until then, and after a failure, whatever stood at `path` stays. With `durable` it also survives
    a power failure: it is on the disk before it gets its name. What is easily made again does
    without, and is written faster. Raises OSError, which names the file: a failed write by itself
    does not know where it went.
    """
    path = Path(path)
    aside = path.with_name(f".part-{path.name}")
    try:
        with open(aside, "wb") as file:
            yield file
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        aside.unlink(missing_ok=True)
