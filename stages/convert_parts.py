"""Conversion in several processes: each converts every n-th section of the clip.

Threads gain little here, since they wait for each other's interpreter lock between thousands of
short calls. So this process only decodes and encodes. The others decode as well, convert their
sections, and send the rectangle of each frame that has changed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

import nn
from faces.deflicker import DEFLICKER_REACH
from video import Frame

from .clips import Selection

SECTION_FRAMES = 32  # with fewer, more frames around them are drawn twice; by choice


@dataclass(frozen=True, eq=False)
class ConvertedFrame:
    """A frame before and after conversion."""

    untouched: Frame
    image: np.ndarray  # (H, W, 3) uint8
    matrices: list[np.ndarray]  # (2, 3), frame -> aligned, one for each face that was replaced


# (frames, which numbers are wanted) -> the wanted ones, converted
ConvertFrames = Callable[[Iterable[Frame], Container[int]], Iterator[ConvertedFrame]]
# (rows, columns) that have changed, their pixels (h, w, 3) uint8, and ConvertedFrame.matrices
Change = tuple[tuple[slice, slice], np.ndarray, list[np.ndarray]]


@dataclass(frozen=True)
class Sections:
    """The numbers of those frames of a clip that lie in every `parts`-th section.

    around  how many frames before and after a section belong to it
    """

    clip: Selection
    index: int  # of the first section
    parts: int
    around: int = 0

    @property
    def stop(self) -> int:
        """All numbers are below it."""
        return sys.maxsize if self.clip.last is None else self.clip.last

    def __contains__(self, number: int) -> bool:
        reach = self.around * self.clip.every
        return number in self.clip and any(
            near in self.clip and find_part(self.clip, near, self.parts) == self.index
            for near in (number - reach, number, number + reach)
        )


def find_part(clip: Selection, number: int, parts: int) -> int:
    """Which process converts a frame."""
    return (number - clip.first) // clip.every // SECTION_FRAMES % parts


def convert_in_parts(clip: Selection, convert: ConvertFrames) -> Iterator[ConvertedFrame]:
    """All frames of the clip, converted. Raises nn.parallel.TeamError if a process ends early."""
    parts = nn.parallel.thread_count()
    if parts == 1 or not nn.parallel.CAN_FORK or (clip.count or 0) < 2 * SECTION_FRAMES:
        yield from convert(nn.parallel.trim_memory(clip), clip)
        return

    def convert_sections(index: int) -> Iterator[Change]:
        # Faces are averaged over time, so those around a section must be drawn, too.
        needed = Sections(clip, index, parts, DEFLICKER_REACH)
        frames = nn.parallel.trim_memory(clip.source.select(needed))
        return map(find_change, convert(frames, Sections(clip, index, parts)))

    with nn.parallel.start_producers(convert_sections, parts, SECTION_FRAMES) as changes:
        for frame in clip:
            yield apply_change(frame, next(changes[find_part(clip, frame.number, parts)]))


def find_change(frame: ConvertedFrame) -> Change:
    """The smallest rectangle with all pixels that differ from the untouched frame's."""
    before, after = frame.untouched.image, frame.image
    if after is before:
        return (slice(0), slice(0)), after[:0, :0], frame.matrices
    rows = _span((before != after).reshape(len(after), -1).any(1))
    columns = _span((before[rows] != after[rows]).any((0, 2)))
    return (rows, columns), after[rows, columns], frame.matrices


def _span(changed: np.ndarray) -> slice:
    """From the first to the last that is True; empty if none is."""
    places = np.flatnonzero(changed)
    return slice(int(places[0]), int(places[-1]) + 1) if len(places) else slice(0)


def apply_change(frame: Frame, change: Change) -> ConvertedFrame:
    """The converted frame, from the untouched one."""
    place, pixels, matrices = change
    image = frame.image
    if pixels.size:
        image = image.copy()
        image[place] = pixels
    return ConvertedFrame(frame, image, matrices)
