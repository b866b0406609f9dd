"""The two clips of a run, opened and checked before any work is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import video

from .settings import Settings

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
    """The selected frames of both clips. Raises video.VideoError for a bad input or output."""
    target, donor = video.open_clip(settings.target), video.open_clip(settings.donor)
    for clip in (target, donor):
        if settings.output.resolve() == clip.path.resolve():
            raise video.OutputError(f"{settings.output} is an input; name another output")
    continued = (settings.folder / "run.json").exists()
    video.check_output(settings.output, ours=continued)
    if settings.truth:
        video.check_writable(settings.truth / "index.csv")
    return {
        "target": Selection(target, *settings.frames, settings.every),
        "donor": Selection(donor),
    }
