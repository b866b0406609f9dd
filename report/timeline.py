"""The manifest as a timeline: what happens to each frame, and why, in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from faces.manifest import Row, time_of

from .folder import RunFolder

NOT_WRITTEN = "not written"  # besides the statuses of the manifest


@dataclass(frozen=True)
class Kind:
    """How a status looks and what it means. Its shape differs, so it can be told without colour."""

    key: str  # of the style sheet
    label: str
    meaning: str  # a sentence; the row's reason follows it
    shape: tuple[tuple[int, int], ...]  # (top, height) of bars, of 24


KINDS = {
    "ok": Kind("ok", "replaced", "The face is replaced", ((0, 24),)),
    "filled": Kind("filled", "filled in", "The face is replaced", ((0, 10), (14, 10))),
    "no face": Kind("none", "no face", "Left as it is", ((20, 4),)),
    "jump": Kind("jump", "jump", "Left as it is", ((8, 8),)),
    "low contrast": Kind("low", "fading", "Left as it is", ((14, 10),)),
    NOT_WRITTEN: Kind("unwritten", "not in the output", "Not in the output", ((11, 2),)),
}


@dataclass(frozen=True)
class Span:
    """Consecutive frames of one status. Places are positions in the timeline, from 0."""

    start: int
    length: int
    kind: Kind
    first: int  # number of the first frame
    last: int
    reason: str  # why, in words; "" for frames that are simply replaced

    @property
    def frames(self) -> str:
        """Its frames as a reader names them."""
        return f"frame {self.first}" if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True)
class Timeline:
    """One face of a clip through time."""

    role: str
    label: str
    spans: list[Span]
    count: int  # frames

    @property
    def counts(self) -> list[tuple[Kind, int]]:
        """How many frames there are of each kind, in the order of KINDS."""
        counted = Counter()
        for span in self.spans:
            counted[span.kind.key] += span.length
        return [(kind, counted[kind.key]) for kind in KINDS.values() if counted[kind.key]]

    @property
    def summary(self) -> str:
        """How many frames there are of each kind."""
        return ", ".join(f"{count} {kind.label}" for kind, count in self.counts)

    @property
    def remarkable(self) -> list[Span]:
        """The spans that have a reason."""
        return [span for span in self.spans if span.reason]


def make_timelines(run: RunFolder, role: str) -> list[Timeline]:
    """A timeline for each face of a clip that is swapped or learnt."""
    tracks = run.manifests.get(role, [])
    names = ["the face"] if len(tracks) == 1 else [f"face {i}" for i in range(len(tracks))]
    return [
        Timeline(role, name, list(_make_spans(run, role, rows)), len(rows))
        for name, rows in zip(names, tracks, strict=True)
    ]


def _make_spans(run: RunFolder, role: str, rows: dict[int, Row]) -> Iterator[Span]:
    def key(row: Row) -> tuple[str, str]:
        if role == "target" and not run.is_written(row.frame):
            return NOT_WRITTEN, ""
        return row.status, "" if row.status == "ok" else _without_numbers(row.reason)

    start = 0
    for (status, _), group in groupby(rows.values(), key):
        frames = list(group)
        kind = KINDS[status]
        reason = "" if status in ("ok", NOT_WRITTEN) else f"{kind.meaning}: {frames[0].reason}."
        yield Span(start, len(frames), kind, frames[0].frame, frames[-1].frame, reason)
        start += len(frames)


def _without_numbers(text: str) -> str:
    """A reason without its measurements, so that equal reasons make one span."""
    return "".join(c for c in text if not c.isdigit())


def for_script(run: RunFolder) -> dict:
    """What the page's script needs of the target's frames; lists are by position."""
    rows = run.manifests["target"][0]
    timelines = make_timelines(run, "target")
    numbers = list(rows)
    written = [run.is_written(number) for number in numbers]
    times = [float(time_of(row)) for row in rows.values()]
    whole = run.settings["frames"] == [0, None]
    first = next((t for t, w in zip(times, written, strict=True) if w), 0.0)
    return {
        "numbers": numbers,
        "times": [round(t, 4) for t in times],
        "offset": 0 if whole else round(first, 4),  # seconds that the output begins later
        "written": [i for i, w in enumerate(written) if w] if not all(written) else None,
        "tracks": [
            {
                "label": timeline.label if len(timelines) > 1 else "",
                "spans": [
                    [s.start, s.length, s.kind.key, s.reason or f"{s.kind.meaning}."]
                    for s in timeline.spans
                ],
            }
            for timeline in timelines
        ],
    }
