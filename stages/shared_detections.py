"""Found faces that several runs share: with --detections DIR a clip is searched once.

DIR/KEY/ has the files of the stage "detect" as a run folder has them, and sha256.json with their
hashes. KEY is a hash of all that they are made from. Nothing in them depends on the role of the
clip. A run with such a folder has the same bytes as one without. Only the note that a clip does
not stand upright is given once, by the run that searches.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import nn
from files import atomic_file, digest, package_versions

from .cache import Stage
from .run import Run

SHARED_FORMAT = 1  # of the folder; goes up whenever the detector finds other faces
SHARED_DIGESTS = "sha256.json"  # of the other files in a shared folder
MACHINE_PARTS = "machine", "blas"  # of the versions, which differ between machines of one cluster


def find_once(run: Run, stage: Stage, search: Callable[[], list[Path]]) -> list[Path]:
    """The files of a detection stage, copied from the shared folder, or else made by `search`.

    What `search` makes is shared from then on. Of two runs that search at the same time the first
    to finish is kept. Returns the file that is checked later: what `search` returns. Raises what
    `search` raises, and OSError where the folder cannot be written.
    """
    if run.settings.detections is None:
        return search()
    folder = run.settings.detections / find_key(stage)
    names = {Path(pattern).name: run.path / pattern for pattern in stage.patterns}
    if _copy(folder, names):
        run.log(f"{stage.name}: the faces were found before, in {folder}")
        return [next(iter(names.values()))]
    found = search()
    _store(folder, [path for path in names.values() if path.exists()])
    return found


def find_key(stage: Stage) -> str:
    """The name of the folder that a stage's files are shared in: 32 hexadecimal digits.

    The number of threads belongs to it: a long clip is searched in as many parts, and a part's
    first and last frame are searched whole.
    """
    versions = {k: v for k, v in package_versions().items() if k not in MACHINE_PARTS}
    made_from = [SHARED_FORMAT, stage.made_from, nn.parallel.thread_count(), versions]
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()[:32]


def _copy(folder: Path, places: dict[str, Path]) -> bool:
    """Copy a folder's files to their places in the run; False if it is missing or damaged."""
    try:
        recorded = json.loads((folder / SHARED_DIGESTS).read_text(encoding="utf-8"))
        for name, sha256 in recorded.items():
            with open(folder / name, "rb") as source, atomic_file(places[name]) as copy:
                shutil.copyfileobj(source, copy)
            if digest(places[name]) != sha256:
                return False
    except (FileNotFoundError, ValueError, RecursionError, AttributeError, KeyError):
        return False
    return bool(recorded)


def _store(folder: Path, paths: list[Path]) -> None:
    """Copy files into a new folder, which takes its name when it is complete."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".part-{folder.name}-", dir=folder.parent))
    aside.chmod(0o755)  # other users' workers read it, too
    try:
        for path in paths:
            shutil.copyfile(path, aside / path.name)
        with atomic_file(aside / SHARED_DIGESTS) as file:
            file.write(json.dumps({path.name: digest(path) for path in paths}).encode())
        if folder.exists() and not _is_whole(folder):
            shutil.rmtree(folder)
        if not folder.exists():
            aside.rename(folder)
    except FileExistsError:  # another run was quicker
        pass
    except OSError:
        if not _is_whole(folder):  # else another run was quicker
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _is_whole(folder: Path) -> bool:
    """Whether a shared folder has all its files, as they were."""
    try:
        recorded = json.loads((folder / SHARED_DIGESTS).read_text(encoding="utf-8"))
        return all(digest(folder / name) == sha256 for name, sha256 in recorded.items())
    except (OSError, ValueError, RecursionError, AttributeError):
        return False
