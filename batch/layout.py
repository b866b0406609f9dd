"""The folders of a data set, as programs that load FaceForensics++ expect them.

    original_sequences/actors|clips/cNN/videos/000.mp4
    manipulated_sequences/METHOD/cNN/videos/000_001.mp4     the target's number, the donor's number
    manipulated_sequences/METHOD/masks/videos/000_001.mp4
    manipulated_sequences/METHOD/masks/images/000_001/000000.png
    records/...                                             of each clip, under the clip's own path
    splits/train.json, val.json, test.json                  pairs of numbers

Files are further names (hard links) of those in work/, so they take no space. Where a file system
has no links they are copies. A record has a folder of its own, because some loaders take every file
in `videos` for a clip. The layout is that of the README of github.com/ondyari/FaceForensics.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from files import Claim, atomic_file
from files.claim import CLAIM_NAME
from provenance.record import record_path

from .catalogue import METHOD_NAME, DatasetError, Entry
from .masks import MASK_CLIP, write_mask_clip

SET_NAMES = (
    *("original_sequences", "manipulated_sequences", "records", "splits", "README.md"),
    *("index.csv", "index.parquet", "frames.csv", "frames.parquet", "failures.csv"),
)
CLIP_NAME = re.compile(r"\d{3,}(_\d{3,})?\.mp4(\.json)?")  # of the clips in our folders
MASK_NAME = re.compile(r"\d{6,}\.png")


def claim_folder(folder: Path) -> None:
    """Note that the folder is a data set's, and ours. Raises DatasetError if it is another's."""
    claim = Claim("a data set of swaps in", folder / "work")
    if (folder / CLAIM_NAME).exists():
        obstacle = claim.find_obstacle(folder)
    else:
        obstacle = next((name for name in SET_NAMES if (folder / name).exists()), None)
    if obstacle:
        raise DatasetError(f"{folder} holds {obstacle}, not of this data set; name a new folder")
    claim.take(folder)


def place_clips(
    folder: Path, entry: Entry, clips: Iterable[dict], masks: Iterable[str | None]
) -> None:
    """Give a clip of work/ its names in the set: all compressions, records, and masks.

    folder  of the data set
    clips   what its clips.csv says: dictionaries with file and crf
    masks   of its frames, as paths in the set; of an original, which has none, not looked at

    Raises DatasetError if a file is not in work/, OSError if one cannot be written.
    """
    work = folder / entry.work
    try:
        for clip in clips:
            path = entry.video(clip["crf"])
            link(work / clip["file"], folder / path)
            made = record_path(work / clip["file"])
            if made.exists():
                link(made, folder / place_of_record(path))
        if entry.method:
            _place_masks(folder, entry, {path.rpartition("/")[2] for path in masks})
    except FileNotFoundError as error:
        made = entry.work.removesuffix("/truth")
        raise DatasetError(
            f"{error.filename} is missing; delete {folder / made} and start again"
        ) from None


def place_of_record(path: str) -> str:
    """Where the record of a clip at `path` lies in the set."""
    return f"records/{path}.json"


def _place_masks(folder: Path, entry: Entry, names: set[str]) -> None:
    """Place the masks of these names, and the clip of them; remove those of an earlier clip."""
    work, masks = folder / entry.work, folder / entry.masks
    clip = work.parent / MASK_CLIP
    link(clip if clip.exists() else write_mask_clip(work.parent), folder / entry.mask_clip)
    for name in sorted(names):
        link(work / "mask" / name, masks / name)
    for name in set(os.listdir(masks)) - names:
        if MASK_NAME.fullmatch(name):
            (masks / name).unlink()


def link(source: Path, target: Path) -> None:
    """Give a file another name, or copy it where that is not possible. Raises OSError."""
    if _is_same(source, target):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".part-{target.name}")
    aside.unlink(missing_ok=True)
    try:
        os.link(source, aside)
    except FileNotFoundError:
        raise
    except OSError:  # another disk, too many links, a file system without them
        shutil.copy2(source, aside)
    os.replace(aside, target)


def _is_same(source: Path, target: Path) -> bool:
    """Whether a target is a link to the source, or an unchanged copy of it."""
    try:
        after = os.stat(target)
    except FileNotFoundError:
        return False
    before = os.stat(source)
    return os.path.samestat(before, after) or (
        (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    )


def write_pairs(path: Path, pairs: Iterable[tuple[str, str]]) -> None:
    """Write a list of pairs as JSON, one a line, without holding them all. Raises OSError."""
    path.parent.mkdir(exist_ok=True)
    with atomic_file(path) as file:
        comma = b"[\n"
        for pair in pairs:
            file.write(comma + json.dumps(pair).encode())
            comma = b",\n"
        file.write(b"[]\n" if comma == b"[\n" else b"\n]\n")


def remove_stale(folder: Path, is_known: Callable[[str], bool]) -> int:
    """Remove the clips of an earlier assembly that are in the set no more; returns how many files.

    is_known  whether a path in the set, or the folder of masks that a file lies in, is there now

    Only files with our kind of names, in our folders, are looked at.
    """
    removed = 0
    for file in _list_ours(folder):
        path = file.relative_to(folder).as_posix().removeprefix("records/").removesuffix(".json")
        if not is_known(path.rpartition("/")[0] if path.endswith(".png") else path):
            file.unlink()
            removed += 1
            _remove_empty(file.parent, folder)
    return removed


def _list_ours(folder: Path) -> Iterator[Path]:
    """All files of clips, masks and records in our folders."""
    for root in (folder, folder / "records"):
        for pattern in ("original_sequences/*", f"manipulated_sequences/{METHOD_NAME}*"):
            for videos in sorted(root.glob(f"{pattern}/*/videos")):
                yield from (file for file in videos.iterdir() if CLIP_NAME.fullmatch(file.name))
    for masks in sorted(folder.glob(f"manipulated_sequences/{METHOD_NAME}*/masks/images/*")):
        yield from (file for file in masks.iterdir() if MASK_NAME.fullmatch(file.name))


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
