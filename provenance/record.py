"""The statement in a file's metadata, and the record beside it: OUT.mp4.json says what OUT.mp4 is and how it was made.

Neither is signed: they inform whoever wants to know, and do not prove anything against somebody who rewrites them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from files import atomic_file, digest, package_versions

from .mark import KEY, PSNR, VERSION

REPLACED = "Synthetic media: a face in this clip was replaced by a computer program; it does not show what happened"
MARKED = f"each replaced face carries the invisible mark, version {VERSION}; python -m provenance finds it"
UNMARKED = "no invisible mark: --no-mark left it out, for research; without these words and the record nothing shows that the clip is made"
LARGEST = 1 << 24  # bytes of a record that is read


class RecordError(ValueError):
    """A record that cannot be read; the message names the file and the remedy."""


def beside(output: Path) -> Path:
    """Where the record of a clip, a picture or a folder lies."""
    return output.with_name(output.name + ".json")


def write(
    output: Path,
    statement: str,
    frames: int,
    settings: dict,
    replaced: Iterable[int] = (),
    marked: bool | None = None,
    inputs: dict[str, Path] | None = None,
) -> None:
    """Write the record of an output that is complete; the same program, output and settings give the same record.

    settings  what it was made with, the seeds among them
    replaced  numbers of the frames, counted in the output from 0, in which a face was replaced
    marked    whether those faces carry the mark; None where none was replaced
    inputs    the files that it was made from, by role; their names and hashes are recorded, not where they lie
    """
    text = {
        "statement": statement,
        "synthetic": True,
        "signed": False,
        "output": {"name": output.name, "sha256": digest(output), "frames": frames},
        "inputs": {
            role: {"name": path.name, "sha256": digest(path)}
            for role, path in (inputs or {}).items()
        },
        "replaced_frames": ranges(replaced),
        "mark": None
        if marked is None
        else {"embedded": True, "version": VERSION, "key": KEY, "psnr": PSNR}
        if marked
        else {"embedded": False, "why": UNMARKED},
        "settings": settings,
        "versions": package_versions(),
    }
    with atomic_file(beside(output)) as file:
        file.write(json.dumps(text, indent=1).encode() + b"\n")


def read(output: Path) -> dict | None:
    """The record beside an output, with `fits`: whether the output is, byte for byte, what it speaks of. None without one.

    Anybody may have written it: what is used of it here is checked. Raises RecordError.
    """
    file = beside(output)
    if not file.is_file():
        return None
    try:
        if file.stat().st_size > LARGEST:
            raise ValueError(f"more than {LARGEST} bytes")
        text = json.loads(file.read_text(encoding="utf-8"))
        if text["synthetic"] is not True:
            raise ValueError("it does not say that the output is synthetic")
        replaced = [(int(first), int(last)) for first, last in text["replaced_frames"]]
        return text | {
            "replaced_frames": replaced,
            "fits": text["output"]["sha256"] == digest(output),
        }
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise RecordError(
            f"{file} is no record of ours ({error}); delete it, or put the right one there"
        ) from None


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers as runs: the first and the last of each."""
    found: list[tuple[int, int]] = []
    for n in sorted(numbers):
        if found and found[-1][1] == n - 1:
            found[-1] = found[-1][0], n
        else:
            found.append((n, n))
    return found
