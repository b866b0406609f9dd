"""Notes about the numbers of the pictures in a folder: a lost picture shifts all that follow."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

from files import IMAGE_SUFFIXES

NUMBERS_SHOWN = 3  # in a note; the first ones


def describe_numbers(folder: Path, files: list[Path]) -> list[str]:
    """What is odd about the numbers in the names of `files`, in sentences.

    The last number of a name counts, and names with other words around it are another series.
    """
    series: dict[tuple[str, str], list[int]] = defaultdict(list)
    for file in files:
        if found := re.fullmatch(r"(.*?)(\d+)(\D*)", file.stem):
            series[found[1], found[3]].append(int(found[2]))
    missing = [number for numbers in series.values() for number in _find_missing(numbers)]
    twice = [n for numbers in series.values() for n in sorted(set(numbers)) if numbers.count(n) > 1]
    lost = [path.name for path in sorted(folder.glob("*")) if _is_dead_link(path)]
    return [
        f"{folder}: {text}"
        for names, text in (
            (missing, f"no picture has the number {_list(missing)}; those after it move up"),
            (twice, f"several pictures have the number {_list(twice)}; each is a frame"),
            (lost, f"the link {_list(lost)} leads to no file; left out"),
        )
        if names
    ]


def _find_missing(numbers: list[int]) -> list[int]:
    """The first number that is missing in each gap.

    Numbers in equal steps, such as those of every fifth frame, have no gap.
    """
    numbers = sorted(set(numbers))
    step = math.gcd(*(b - a for a, b in pairwise(numbers)))
    return [a + step for a, b in pairwise(numbers) if b - a > step]


def _is_dead_link(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES and path.is_symlink() and not path.exists()


def _list(names: list) -> str:
    shown = ", ".join(map(str, names[:NUMBERS_SHOWN]))
    return shown if len(names) <= NUMBERS_SHOWN else f"{shown}, ..."
