"""Detection in several processes: each searches a part of the clip.

Threads gain little here, since they wait for each other's interpreter lock between thousands of
short calls. So each core has a process of its own, which decodes the clip up to the end of its
part. A part is searched like a clip: its first and its last frame are searched whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import nn
from video import Frame, with_cuts

from .clips import Selection
from .decide import Detections

MIN_PART_FRAMES = 120  # fewer in a part gain less than another process costs; by choice
MAX_PARTS = 8  # since each process takes memory; docs/reliability.md, "Memory"
CUT_CONTEXT_FRAMES = 24  # before a part, which tell whether a shot begins with it; by choice

# (frame, whether a shot begins with it), successive frames -> their faces
Search = Callable[[Iterator[tuple[Frame, bool]]], Iterator[Detections]]


def search_in_parts(frames: Selection, search: Search) -> Iterator[Detections]:
    """The faces of all frames, in any order. Raises nn.parallel.TeamError if one ends early."""
    if nn.parallel.thread_count() == 1 or (frames.count or 0) < 2 * MIN_PART_FRAMES:
        yield from search(with_cuts(nn.parallel.trim_memory(frames)))
        return

    def search_part(index: int, parts: int) -> Iterator[Detections | str]:
        part = select_part(frames, index, parts)
        context = frames.part((part.first - CUT_CONTEXT_FRAMES * frames.every, part.last))
        pairs = with_cuts(nn.parallel.trim_memory(context))
        yield from search(pair for pair in pairs if pair[0].number >= part.first)
        yield from frames.source.notes  # on damage that this process met

    for found in nn.parallel.gather(search_part, MAX_PARTS):
        if isinstance(found, str):
            frames.source.note(found)
        else:
            yield found


def select_part(frames: Selection, index: int, parts: int) -> Selection:
    """One of `parts` equal parts of the frames. Their count is an estimate, so the last is open."""
    indices = nn.parallel.slices(frames.count, parts)[index]
    first, end = (frames.first + frames.every * i for i in (indices.start, indices.stop))
    return frames.part((first, end if index < parts - 1 else None))
