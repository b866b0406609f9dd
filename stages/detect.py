"""Frames -> manifest rows: find all faces, choose the one to swap, refuse the frames that cannot be believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from faces import Face, align, manifest, select, warp
from mtcnn_np import Detector
from video import Frame


@dataclass(frozen=True, eq=False)
class Seen:
    """What the detector saw in a frame, with each face's contrast (see faces.select)."""

    number: int
    time: Fraction
    faces: list[Face]
    contrasts: list[float]


def detect(frames: Iterable[Frame], detector: Detector, min_size: float) -> Iterator[Seen]:
    """Every face of every frame, once."""
    for frame in frames:
        found = detector.detect(frame.image, min_size)
        contrasts = [select.contrast(aligned(frame.image, align.similarity(f.points))) for f in found]
        yield Seen(frame.number, frame.time, found, contrasts)


def aligned(image: np.ndarray, matrix: np.ndarray, size: tuple[int, int] = align.FACE_SIZE) -> np.ndarray:
    """The face proper on a canvas of `size` (w, h), given the row's matrix.

    What lies beyond the frame repeats its edge: black there would count as colour and contrast of the face.
    """
    return warp.warp(image, align.face_matrix(matrix, size), size, edges="repeat")


def decide(seen: list[Seen], which=None) -> list[manifest.Row]:
    """One row a frame. Raises ValueError if `which` names a face that is not there (see faces.select.choose)."""
    chosen = select.choose({s.number: s.faces for s in seen}, which)
    contrasts = {}
    for s in seen:
        if s.number in chosen:
            contrasts[s.number] = s.contrasts[[f is chosen[s.number] for f in s.faces].index(True)]
    jumps, faint = select.jumps(chosen), select.faint(contrasts)
    rows = []
    for s in seen:
        face = chosen.get(s.number)
        if face is None:
            reason = f"{len(s.faces)} other faces" if s.faces else "no face found"
            rows.append(manifest.row(s.number, s.time, None, "no face", reason))
        elif s.number in jumps:
            rows.append(manifest.row(s.number, s.time, face, "jump", jumps[s.number]))
        elif s.number in faint:
            rows.append(manifest.row(s.number, s.time, face, "faint", faint[s.number]))
        else:
            rows.append(manifest.row(s.number, s.time, face))
    return rows


def extract(frames: Iterable[Frame], rows: dict[int, manifest.Row], size: tuple[int, int]) -> Iterator[tuple[int, np.ndarray]]:
    """(frame number, face (h, w, 3) uint8) of each frame whose row is ok; `rows` by frame number."""
    for frame in frames:
        row = rows.get(frame.number)
        if row is not None and row.ok:
            yield frame.number, aligned(frame.image, np.array(row.matrix), size)
