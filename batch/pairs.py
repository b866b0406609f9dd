"""python -m batch pairs FOLDER: a file of jobs with all pairs of the people in a folder.

FOLDER/anna/*.mp4    clips of Anna: videos, or folders of pictures
FOLDER/bob.mp4       a clip of Bob
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product
from pathlib import Path

import video
from files import IMAGE_SUFFIXES, atomic_file, is_left_by_system, list_by_number

from .jobs_file import COLUMNS, JobsError
from .splits import deal_people

CLIP_SUFFIXES = {".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".gif"}  # of clips in a folder


@dataclass(frozen=True)
class Pairs:
    """What was written, for the message."""

    people: int
    rows: int
    left_out: int  # pairs of clips whose people are in two groups
    groups: tuple[int, ...]  # people in each


def find_people(folder: Path) -> dict[str, list[Path]]:
    """The clips of each person, both sorted by name.

    Raises video.MissingInput for a folder without clips, and JobsError for fewer than two people.
    """
    if not folder.is_dir():
        raise video.MissingInput(f"{folder} is no folder; name one with a folder for each person")
    people: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or is_left_by_system(path):
            continue
        if _is_clip(path):
            people.setdefault(path.stem, []).append(path)
        elif path.is_dir() and (clips := sorted(filter(_is_clip, path.iterdir()))):
            people.setdefault(path.name, []).extend(clips)
    if len(people) < 2:
        found = f"clips of {next(iter(people))} only" if people else "no clips"
        raise JobsError(f"{folder} has {found}; a swap needs two people, each with a folder of own")
    return people


def write_pairs(folder: Path, output: Path, options: str, groups: list[list[str]] | None) -> Pairs:
    """Write a row for each ordered pair of clips of two people who are in one group.

    groups  of people; None: all are in one

    Raises what `find_people` raises, and OSError.
    """
    people = find_people(folder)
    groups = groups or [sorted(people)]
    rows = [row for group in groups for row in _pair(people, group, output.parent, options)]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    output.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(output) as file:
        file.write(text.getvalue().encode())
    total = sum(len(people[a]) * len(people[b]) for a, b in permutations(people, 2))
    return Pairs(len(people), len(rows), total - len(rows), tuple(map(len, groups)))


def deal(folder: Path, seed: int) -> list[list[str]]:
    """The people of a folder in groups for train, val and test. Raises as `find_people`."""
    return [group for group in deal_people(find_people(folder), seed) if group]


def _pair(
    people: dict[str, list[Path]], group: list[str], seen_from: Path, options: str
) -> Iterator[list[str]]:
    """The rows of all ordered pairs within a group; paths are seen from the file's folder."""
    for target, donor in permutations(group, 2):
        for a, b in product(people[target], people[donor]):
            clips = [os.path.relpath(path, seen_from) for path in (a, b)]
            yield [*clips, options, target, donor]


def _is_clip(path: Path) -> bool:
    """Whether a path is a video, or a folder of pictures that are numbered."""
    if path.name.startswith(".") or is_left_by_system(path):
        return False
    if path.is_dir():  # a folder of a person may hold a portrait beside the clips
        others = (p for p in path.iterdir() if p.suffix.lower() not in IMAGE_SUFFIXES)
        return bool(list_by_number(path)) and not any(p.is_dir() or _is_clip(p) for p in others)
    return path.suffix.lower() in CLIP_SUFFIXES
