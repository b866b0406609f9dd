"""What the options of a job say of its place in the data set: its frames, and its method."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from functools import lru_cache

from stages.command import list_options
from stages.options import parse
from stages.settings import ALL_FRAMES, FrameRange

from .jobs import Source

# The options that say how a swap is made. All others say of which frames and faces, where, or with
# which seed; two swaps that differ only in those are of one method.
METHOD_OPTIONS = (
    *("--preset", "--rounds", "--minutes", "--batch", "--colour"),
    *("--size", "--all-faces", "--no-mark"),
)


@dataclass(frozen=True)
class Chosen:
    """What options ask for."""

    frames: FrameRange  # of the target: those that are written
    every: int  # use every N-th of them
    method: str  # those of METHOD_OPTIONS that are not at their defaults, in a fixed order

    def original(self, source: Source) -> str:
        """The folder in work/originals of a clip, of which these frames are used."""
        if self.frames == ALL_FRAMES and self.every == 1:
            return source.key
        first, last = self.frames
        return f"{source.key}-{first}-{'end' if last is None else last}-{self.every}"


@lru_cache(maxsize=64)
def read_chosen(options: tuple[str, ...]) -> Chosen:
    """What the options of pipeline.py ask for. Wrong ones end the program with code 2."""
    settings = parse(["target", "donor", *options])
    usual = _list_usual()
    words = [
        word
        for option in list_options(settings.as_record())
        if option[0] in METHOD_OPTIONS and option not in usual
        for word in option
    ]
    return Chosen(settings.frames, settings.every, shlex.join(words))


@lru_cache(maxsize=1)
def _list_usual() -> list[list[str]]:
    """All options at their defaults."""
    return list_options(parse(["target", "donor"]).as_record())
