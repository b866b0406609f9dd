"""The CSV file of jobs: a row a swap. Every row is checked before anything runs.

target, donor                a clip, a folder of pictures, or a rendered actor (see sources.py);
                             a relative path is seen from the CSV file's folder
options                      of pipeline.py, as a shell has them; may be left out
target_person, donor_person  who is to be seen; may be left out, then a clip is its own person
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import video

COLUMNS = "target", "donor", "options", "target_person", "donor_person"
NEEDED_COLUMNS = COLUMNS[:2]


class JobsError(ValueError):
    """A file of jobs that cannot be used; the message names the row and the remedy."""


@dataclass(frozen=True)
class Row:
    """A row as it stands in the file; columns that are left out are empty."""

    number: int  # from 1, the header not counted
    target: str
    donor: str
    options: str = ""
    target_person: str = ""
    donor_person: str = ""


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a file, one at a time; empty lines are passed over.

    Raises video.MissingInput if there is no such file, and JobsError for one that is no such table.
    """
    check_file(path)
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            yield from _parse_rows(path, csv.reader(file, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise JobsError(f"{path} is no CSV file in UTF-8 ({error}); save it as one") from None


def check_file(path: Path) -> None:
    """Raise video.MissingInput if there is no such file."""
    if not path.is_file():
        raise video.MissingInput(
            f"{path} is no file; python -m batch pairs FOLDER writes a file of jobs"
        )


def _parse_rows(path: Path, lines: Iterator[list[str]]) -> Iterator[Row]:
    columns = [name.strip() for name in next(lines, [])]
    _check_columns(path, columns)
    number = 0
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        number += 1
        if len(cells) > len(columns):
            raise JobsError(
                f"{path}, row {number} has {len(cells)} cells for {len(columns)} columns; put a "
                "cell that holds a comma between double quotes"
            )
        values = dict(zip(columns, map(str.strip, cells), strict=False))
        for name in NEEDED_COLUMNS:
            if not values.get(name):
                raise JobsError(f"{path}, row {number} has no {name}; name a clip or actors:N")
        yield Row(number, **values)
    if not number:
        raise JobsError(f"{path} has no rows; write one for each swap")


def _check_columns(path: Path, columns: list[str]) -> None:
    missing = [name for name in NEEDED_COLUMNS if name not in columns]
    unknown = [name or "an empty one" for name in columns if name not in COLUMNS]
    if missing:
        raise JobsError(
            f"{path} has no column {' and no column '.join(missing)}; its first line must be "
            f"{','.join(COLUMNS[:3])}"
        )
    if unknown:
        known = ", ".join(COLUMNS)
        raise JobsError(f"{path} has a column {unknown[0]!r}, which is none of {known}; remove it")
    if len(set(columns)) < len(columns):
        raise JobsError(f"{path} has a column twice in its first line; remove one")
