"""What a data set is made of: clips, and the swaps between them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A clip that jobs name: a file, a folder of pictures, or a rendered actor."""

    text: str  # as the CSV file has it, such as "anna.mp4" or "actors:7"
    person: str  # who is to be seen; two sources of one person share it
    key: str  # 16 hexadecimal digits: a hash of the content, or of what an actor is rendered from


@dataclass(frozen=True)
class Job:
    """A swap: the donor's face is put into the target."""

    row: int  # of the CSV file, from 1, the header not counted
    target: Source
    donor: Source
    options: tuple[str, ...]  # of pipeline.py
    key: str  # 16 hexadecimal digits: a hash of all that the swap is made from
