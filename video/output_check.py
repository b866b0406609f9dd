"""Whether an output can be written, found out before any work is done and without a trace."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from files import Claim, is_left_by_system

from .comment import says_synthetic
from .errors import OutputError
from .pictures import check_replaceable
from .writer import find_writer

# Bytes of a name. File systems allow 255; what is written beside an output has a longer name.
MAX_NAME_BYTES = 220


def check_output(path: str | Path, ours: bool = False) -> None:
    """Raise OutputError if a clip, or a folder of pictures, may not be written at `path`.

    What is there already may be replaced if this program made it: a clip that says so, and a folder
    of pictures only if it is `ours`, an earlier output of the same run.
    """
    path = Path(path)
    check_name(path)
    place = Path(os.path.realpath(path))  # where a symbolic link points
    if place.is_symlink():
        raise OutputError(f"{path} is a circle of symbolic links; name another output")
    check_writable(place)
    if place.exists():
        _check_existing(path, place, ours)


def check_writable(path: str | Path) -> None:
    """Raise OutputError if a file or a folder cannot be made at `path`; its parents may be absent.

    A file that is there and may be written passes.
    """
    path = Path(path).absolute()
    with _as_output_errors(path):
        _try_first_existing(path, path.parents)
        if path.is_file() and not (os.access(path, os.W_OK) and path.stat().st_mode & stat.S_IWUSR):
            raise OutputError(f"{path} is write-protected; choose another place")


def check_writable_folder(folder: str | Path) -> None:
    """Raise OutputError if no file can be written into a folder; it and its parents may be absent.

    What the folder holds does not matter.
    """
    folder = Path(folder).absolute()
    with _as_output_errors(folder):
        if folder.exists() and not folder.is_dir():
            raise OutputError(f"{folder} is a file; name a new folder")
        _try_first_existing(folder, [folder, *folder.parents])


def check_claim(claim: Claim, folder: Path) -> None:
    """Raise OutputError if a folder may not be written, or holds what is not the claim's."""
    check_writable_folder(folder)
    try:
        obstacle = claim.find_obstacle(folder)
    except OSError as error:
        raise OutputError(f"{folder} cannot be read: {error.strerror}; name a new one") from None
    if obstacle:
        raise OutputError(f"{folder} holds {obstacle}; name a new folder")


@contextmanager
def _as_output_errors(path: Path) -> Iterator[None]:
    """Turn an error of the file system into an OutputError that names the path."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}; choose another place"
        ) from None


def _try_first_existing(path: Path, places: Iterable[Path]) -> None:
    """Write a temporary file into the first of the places that exists, for an output at `path`."""
    folder = next(place for place in places if os.path.lexists(place))
    if not folder.is_dir():
        raise OutputError(f"{path} cannot be written: {folder} is a file; choose another place")
    with tempfile.TemporaryFile(dir=folder):
        pass


def check_name(path: Path) -> None:
    """Raise OutputError if no output can have this name; looks at nothing on the disk."""
    find_writer(path)  # raises OutputError for an unknown suffix
    if path.name in ("", ".."):
        raise OutputError(f"{path} is a folder that is in use; name a new one in it")
    if not path.suffix and path.name.startswith(".") and _is_suffix(path.name):
        raise OutputError(f"{path} is only a suffix; put a name in front of it")
    if any(len(os.fsencode(part)) > MAX_NAME_BYTES for part in path.parts):
        raise OutputError(f"{path}: a name has at most {MAX_NAME_BYTES} bytes; shorten it")


def _is_suffix(name: str) -> bool:
    try:
        find_writer(Path(f"clip{name}"))
    except OutputError:
        return False
    return True


def _check_existing(path: Path, place: Path, ours: bool) -> None:
    """Raise OutputError if what is at `place` is of the wrong kind or somebody else's."""
    if not (place.is_dir() or place.is_file()):
        raise OutputError(f"{path} is a device or a pipe; name a file or a folder")
    if place.is_dir():
        if path.suffix:
            raise OutputError(f"{path} is a folder; name a file in it")
        if not (ours or all(map(is_left_by_system, place.iterdir()))):
            raise OutputError(
                f"{path} is a folder that is not empty, or was changed since; "
                "name a new one, or delete it"
            )
        check_replaceable(place)
    elif not path.suffix:
        raise OutputError(f"{path} is a file; name a folder, or a clip such as {path}.mp4")
    elif place.stat().st_size and not ours and not says_synthetic(place):
        raise OutputError(f"{path} exists and was not made by this program; name another output")
