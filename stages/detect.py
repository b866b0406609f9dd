"""Frames -> manifest rows: find all faces, choose the one to swap, refuse the frames that cannot be believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

import nn
from faces import Canvas, Face, align, manifest, select, smooth_matrices
from mtcnn_np import Detector, follow
from video import Frame, with_cuts

PICTURED = 12
CONTRAST_CANVAS = Canvas(align.INNER_FACE, align.INNER_FACE.size)  # a pixel a unit
TRIMMED = 10  # frames after which freed memory goes back to the system


@dataclass(frozen=True, eq=False)
class Seen:
    """What the detector saw in a frame, with each face's contrast (see faces.select), and whether a shot begins with it."""

    number: int
    time: Fraction
    faces: list[Face]
    contrasts: list[float]
    cut: bool = False
    pictures: list[np.ndarray] | None = None  # the aligned faces, of every PICTURED-th frame


def detect(
    frames: Iterable[Frame], detector: Detector, min_size: float, every: int = 1
) -> Iterator[Seen]:
    """Every face of every frame, once; each `every`-th frame is searched whole, and those between where faces are expected."""
    for count, found in enumerate(follow(with_cuts(frames), detector, min_size, every)):
        if count % TRIMMED == 0:
            nn.parallel.trim_memory()
        frame = found.frame
        pictures = [
            CONTRAST_CANVAS.warp(frame.image, align.similarity(f.points)) for f in found.faces
        ]
        contrasts = [select.contrast(p) for p in pictures]
        yield Seen(
            frame.number,
            frame.time,
            found.faces,
            contrasts,
            found.cut,
            pictures if frame.number % PICTURED == 0 else None,
        )


def decide(seen: list[Seen], which=None, smooth: bool = True) -> list[manifest.Row]:
    """One row a frame. Raises ValueError if `which` names a face that is not there (see faces.select.choose).

    smooth: the matrices are smoothed over time, and frames filled in for which the frames around say where the face is.
    """
    starts = [s.number for s in seen if s.cut]
    return _rows(
        seen, select.choose({s.number: s.faces for s in seen}, which, starts), starts, smooth
    )


def decide_all(seen: list[Seen], smooth: bool = True) -> list[list[manifest.Row]]:
    """`decide` for every face that is surely one, the most prominent first: a list of rows each."""
    starts = [s.number for s in seen if s.cut]
    tracks = select.link({s.number: s.faces for s in seen}, starts)
    return [_rows(seen, t.faces, starts, smooth) for t in tracks if t.sure]


def tracks(seen: list[Seen]) -> list[tuple[str, list[np.ndarray]]]:
    """(what to know of it, some pictures (90, 70, 3)) of each track, in the order in which `which` counts them."""
    found = []
    for k, track in enumerate(
        select.link({s.number: s.faces for s in seen}, [s.number for s in seen if s.cut])
    ):
        pictures = [
            p
            for s in seen
            if s.pictures
            for f, p in zip(s.faces, s.pictures, strict=True)
            if track.faces.get(s.number) is f
        ]
        score = np.mean([f.score for f in track.faces.values()])
        text = f"{k}: {len(track.faces)} frames, {min(track.faces)} to {max(track.faces)}, mean score {score:.3f}"
        found.append(
            (
                text,
                [pictures[i] for i in np.unique(np.linspace(0, len(pictures) - 1, 8).astype(int))]
                if pictures
                else [],
            )
        )
    return found


def _rows(
    seen: list[Seen], chosen: dict[int, Face], starts: list[int], smooth: bool
) -> list[manifest.Row]:
    contrasts = {}
    for s in seen:
        if s.number in chosen:
            contrasts[s.number] = s.contrasts[[f is chosen[s.number] for f in s.faces].index(True)]
    jumps, faint = select.jumps(chosen), select.low_contrast(contrasts)
    believed = {
        n: align.similarity(f.points)
        for n, f in chosen.items()
        if n not in jumps and n not in faint
    }
    if smooth:
        step = min((b.number - a.number for a, b in zip(seen, seen[1:], strict=False)), default=1)
        believed = smooth_matrices(believed, [*starts, *faint], step)
    rows = []
    for s in seen:
        face, matrix = chosen.get(s.number), believed.get(s.number)
        if s.number in faint:
            rows.append(manifest.row(s.number, s.time, face, "low contrast", faint[s.number]))
        elif s.number in jumps and matrix is None:
            rows.append(manifest.row(s.number, s.time, face, "jump", jumps[s.number]))
        elif matrix is None:
            reason = f"{len(s.faces)} other faces" if s.faces else "no face found"
            rows.append(manifest.row(s.number, s.time, None, "no face", reason))
        elif face is None or s.number in jumps:
            reason = (
                jumps.get(s.number, "the face was not seen")
                + "; its place is taken from the frames around"
            )
            rows.append(manifest.row(s.number, s.time, None, "filled", reason, matrix))
        else:
            rows.append(manifest.row(s.number, s.time, face, matrix=matrix))
    return rows


def extract(
    frames: Iterable[Frame],
    rows: dict[int, manifest.Row],
    canvas: Canvas,
) -> Iterator[tuple[int, np.ndarray]]:
    """(frame number, face (h, w, 3) uint8) of each frame in which the face was seen; `rows` by frame number."""
    for frame in frames:
        row = rows.get(frame.number)
        if row is not None and row.status == "ok":
            yield frame.number, canvas.warp(frame.image, np.array(row.matrix))
