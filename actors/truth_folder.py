"""The folder of a rendered clip's truth: whose it is, and whether it is complete."""

from __future__ import annotations

import json
from pathlib import Path

import video
from files import Claim, atomic_file, digest

ROWS, SWAP = "truth.jsonl", "swap.mkv"
PICTURES = "mask", "visible"  # folders
TRUTH_FILES = ROWS, SWAP, f"{SWAP}.json"
TRUTH_DIGESTS = "sha256.json"  # of the clip and of all files; written last


def check_truth_folder(folder: Path, clip: Path) -> None:
    """Raise video.OutputError if the truth of `clip` may not be written into `folder`.

    An empty folder is free, and so is one with the earlier truth of a clip of this name, whole or
    half written. Everything else is refused.
    """
    place, other = folder.resolve(), clip.resolve()
    if place == other or place in other.parents or other in place.parents:
        raise video.OutputError(f"{folder} and {clip} lie in each other; name another --truth")
    video.check_claim(_claim(clip), folder)


def begin_truth(folder: Path, clip: Path) -> None:
    """Make the folder, without any earlier truth of the clip. Raises video.OutputError."""
    check_truth_folder(folder, clip)
    try:
        _claim(clip).take(folder)
        for name in (TRUTH_DIGESTS, *TRUTH_FILES, f".part-{SWAP}"):
            (folder / name).unlink(missing_ok=True)
        for name in PICTURES:
            (folder / name).mkdir(exist_ok=True)
            for picture in (folder / name).glob("[0-9]*.png"):
                picture.unlink()
    except OSError as error:
        raise video.OutputError(
            f"{error.filename} cannot be written: {error.strerror}; choose another place"
        ) from None


def finish_truth(folder: Path, clip: Path) -> None:
    """Record that the truth is complete, and which files belong to it."""
    with atomic_file(folder / TRUTH_DIGESTS) as file:
        file.write(json.dumps(_hash_files(folder, clip), indent=1).encode() + b"\n")


def is_intact(folder: Path, clip: Path) -> bool:
    """Whether the truth is complete, the clip's own, and as it was when it was rendered."""
    try:
        recorded = json.loads((folder / TRUTH_DIGESTS).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return recorded == _hash_files(folder, clip)


def _claim(clip: Path) -> Claim:
    return Claim("the truth of the rendered clip", clip)


def _hash_files(folder: Path, clip: Path) -> dict[str, str]:
    paths = {"clip": clip, **{name: folder / name for name in (*TRUTH_FILES, *PICTURES)}}
    return {name: digest(path) for name, path in paths.items() if path.exists()}
