"""Files that are whole or not there, whatever ends the program."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: str | os.PathLike, safe: bool = True) -> Iterator[BinaryIO]:
    """A file to write to, which stands at `path` once the block has ended well; till then, and otherwise, what stood there stays.

    safe  also from the power going: it is on the disk before it gets its name. What is easily made again can do without, and is written faster.
    Raises OSError, which names the file; a failed write of its own does not know where it went.
    """
    path = Path(path)
    aside = path.with_name(f".part-{path.name}")
    try:
        with open(aside, "wb") as file:
            yield file
            if safe:
                file.flush()
                os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        aside.unlink(missing_ok=True)
