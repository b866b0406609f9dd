"""The statement in a file's metadata, and the record OUT.mp4.json beside OUT.mp4.

The record says how the output was made. Neither proves anything, because anybody can rewrite them.
A signature in the output (provenance/sign.py) says the same, so that a change is noticed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from files import atomic_file, digest, list_by_number, package_versions

from .mark import MARK_PSNR
from .pattern import MARK_KEY, MARK_VERSION

STATEMENT_REPLACED = (
    "Synthetic media: a face in this clip was replaced by a computer program; "
    "it does not show what happened"
)
STATEMENT_MARKED = (
    f"each replaced face carries the invisible mark, version {MARK_VERSION}; "
    "python -m provenance finds it"
)
STATEMENT_UNMARKED = (
    "no invisible mark: --no-mark left it out, for research; "
    "without these words and the record nothing shows that the clip is made"
)
MAX_RECORD_BYTES = 1 << 24  # a larger file is refused; the record of ten hours is smaller


class RecordError(ValueError):
    """A record that cannot be read; the message names the file and the remedy."""


@dataclass(frozen=True)
class Record:
    """What a record says of an output, besides the output's name and hash.

    statement  the comment in the output's metadata
    frames     their number in the output
    settings   what the output was made with, including the seeds
    replaced   numbers of the output's frames, from 0, in which a face was replaced
    marked     whether those faces carry the mark; None if none was replaced
    inputs     the files that it was made from, by role; names and hashes are recorded, no folders
    """

    statement: str
    frames: int
    settings: dict
    replaced: Iterable[int] = ()
    marked: bool | None = None
    inputs: dict[str, Path] = field(default_factory=dict)


def record_path(output: Path) -> Path:
    """Where the record of a clip, a picture or a folder lies."""
    if output.name in ("", ".."):  # as in "." or "../..", which have no name of their own
        output = output.resolve()
    return output.parent / f"{output.name}.json"


def write(output: Path, record: Record) -> None:
    """Write the record of a complete output; the same output and record give the same bytes."""
    content = {
        "statement": record.statement,
        "synthetic": True,
        "signed": False,
        "output": _name_and_hash(output) | {"frames": record.frames},
        "inputs": {role: _name_and_hash(path) for role, path in record.inputs.items()},
        "replaced_frames": to_ranges(record.replaced),
        "mark": _describe_mark(record.marked),
        "settings": record.settings,
        "versions": package_versions(),
    }
    _save(output, content)


def _save(output: Path, content: dict) -> None:
    with atomic_file(record_path(output)) as file:
        file.write(json.dumps(content, indent=1).encode() + b"\n")


def load(output: Path) -> dict:
    """What `write` has just written of an output; `read` is for records by anybody."""
    return json.loads(record_path(output).read_text(encoding="utf-8"))


def note_signature(output: Path, unsigned_sha256: str, signer: dict[str, str]) -> None:
    """Say in the record of an output that it has been signed since, and what it was before.

    unsigned_sha256  the hash before: a replay compares that, as no two signatures are the same
    signer           who signed (Credentials.describe)
    """
    content = load(output)
    hashes = _name_and_hash(output) | {"unsigned_sha256": unsigned_sha256}
    content |= {"signed": True, "signature": signer, "output": content["output"] | hashes}
    _save(output, content)


def read(output: Path) -> dict | None:
    """The record beside an output, or for a picture that of its folder; None if there is none.

    Anybody may have written the file, so every value that is used is checked. Adds

    path   of the record
    fits   whether the output is, byte for byte, the one that the record describes: for a folder
           all its pictures under their names, none missing and none added
    frame  of a picture: its number in the folder that the record describes; else None

    Raises RecordError.
    """
    if record_path(output).is_file():
        return _read(record_path(output), output) | {"frame": None}
    folder = output.absolute().parent
    pictures = list_by_number(folder) if output.is_file() else []
    if output.absolute() not in pictures or not record_path(folder).is_file():
        return None
    return _read(record_path(folder), folder) | {"frame": pictures.index(output.absolute())}


def _read(file: Path, output: Path) -> dict:
    """The record in a file, and whether it `fits` an output. Raises RecordError."""
    try:
        if file.stat().st_size > MAX_RECORD_BYTES:
            raise ValueError(f"more than {MAX_RECORD_BYTES} bytes")
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["synthetic"] is not True:
            raise ValueError("it does not say that the output is synthetic")
        replaced = [(int(first), int(last)) for first, last in content["replaced_frames"]]
        hashed = digest(output) if output.exists() else None  # an output that is gone fits nothing
        fits = content["output"]["sha256"] == hashed
        if output.is_dir():  # earlier versions recorded pictures of other runs as their own
            fits = fits and content["output"]["frames"] == len(list_by_number(output))
        return content | {"replaced_frames": replaced, "fits": fits, "path": str(file)}
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise RecordError(
            f"{file} is no record of ours ({error}); delete it, or put the right one there"
        ) from None


def to_ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """The first and the last of each run of consecutive numbers."""
    ranges: list[tuple[int, int]] = []
    for n in sorted(numbers):
        if ranges and ranges[-1][1] == n - 1:
            ranges[-1] = ranges[-1][0], n
        else:
            ranges.append((n, n))
    return ranges


def _name_and_hash(path: Path) -> dict[str, str]:
    return {"name": path.name, "sha256": digest(path)}


def _describe_mark(marked: bool | None) -> dict | None:
    if marked is None:
        return None
    if not marked:
        return {"embedded": False, "why": STATEMENT_UNMARKED}
    return {"embedded": True, "version": MARK_VERSION, "key": MARK_KEY, "psnr": MARK_PSNR}
