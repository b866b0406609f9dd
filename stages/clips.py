"""The two clips of a run, opened and checked before any work is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import video

from .settings import FrameRange, Settings

PEOPLE = {"target": "a", "donor": "b"}  # the nets' name for the person in each clip


@dataclass(frozen=True)
class Selection:
    """The frames of a clip that a run uses: range(first, last, every)."""

    source: video.Clip
    first: int = 0
    last: int | None = None  # not included; None: to the end
    every: int = 1

    def __iter__(self) -> Iterator[video.Frame]:
        return self.source.between(self.first, self.last, self.every)

    def __contains__(self, number: int) -> bool:
        """Whether a frame of this number is selected."""
        before_end = self.last is None or number < self.last
        return self.first <= number and before_end and (number - self.first) % self.every == 0

    def part(self, frames: FrameRange) -> Selection:
        """Those of its frames that lie in a range."""
        first = max(self.first, frames[0])
        first += (self.first - first) % self.every
        ends = [end for end in (self.last, frames[1]) if end is not None]
        return replace(self, first=first, last=min(ends, default=None))

    @property
    def is_whole(self) -> bool:
        """Whether it spans the clip from start to end."""
        return self.first == 0 and self.last is None

    @property
    def count(self) -> int | None:
        """How many frames, estimated from the container; None if that does not say."""
        if not self.source.frames:
            return None
        last = min(self.last or self.source.frames, self.source.frames)
        return len(range(self.first, last, self.every))


def open_clips(settings: Settings) -> dict[str, Selection]:
    """The frames of both clips in which faces are detected: they are written or learnt from.

    Raises video.VideoError for a clip that cannot be read.
    """
    target, donor = video.open_clip(settings.target), video.open_clip(settings.donor)
    return {
        "target": select_target(target, settings),
        "donor": Selection(donor, *settings.donor_frames),
    }


def select_target(clip: video.Clip, settings: Settings) -> Selection:
    """The smallest selection that contains the frames to write and those to learn from."""
    ranges = settings.frames, settings.learn_frames
    first, ends = min(first for first, _ in ranges), [last for _, last in ranges]
    first += (settings.frames[0] - first) % settings.every
    last = None if None in ends else max(ends)
    return Selection(clip, first, last, settings.every)


def select_learnt(clips: dict[str, Selection], settings: Settings) -> dict[str, Selection]:
    """The frames of both clips that the nets learn from."""
    return clips | {"target": clips["target"].part(settings.learn_frames)}
