"""Detections -> manifest rows: which face is swapped, and in which frames it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from faces import Face, align, reject, select, smooth_matrices
from faces.manifest import Row


@dataclass(frozen=True, eq=False)
class Detections:
    """The faces of a frame, and whether a shot begins with it."""

    number: int
    time: Fraction
    faces: list[Face]
    contrasts: list[list[float]]  # of each face, 8-bit levels: see reject.measure_contrasts
    cut: bool = False
    pictures: list[np.ndarray] | None = None  # of some frames: each face aligned, (90, 70, 3) uint8


@dataclass(frozen=True)
class Evidence:
    """What is known of one person's face in a clip, by frame number."""

    chosen: dict[int, Face]  # the detections of this person
    jumps: dict[int, str]  # those far from the frames around, with the reason in words
    low_contrast: dict[int, str]  # those of a face that fades, with the reason in words
    matrices: dict[int, np.ndarray]  # frame -> aligned, (2, 3), without these; with filled gaps


def decide(
    clip: list[Detections], which: int | tuple[float, float] | None = None, smooth: bool = True
) -> list[Row]:
    """A row for each frame, about the face to swap.

    which   see faces.select.choose; raises ValueError if there is no such face
    smooth  whether to smooth the matrices over time and to fill in short gaps
    """
    chosen = select.choose({d.number: d.faces for d in clip}, which, _starts(clip))
    return _rows(clip, chosen, smooth)


def decide_all(clip: list[Detections], smooth: bool = True) -> list[list[Row]]:
    """`decide` for each track that is certainly a face, the most prominent first."""
    return [_rows(clip, track.faces, smooth) for track in link(clip) if track.is_certain]


def _starts(clip: list[Detections]) -> list[int]:
    """The numbers of the frames with which a shot begins."""
    return [d.number for d in clip if d.cut]


def link(clip: list[Detections]) -> list[select.Track]:
    """The people of a clip, the most prominent first: what each one's number refers to."""
    return select.link({d.number: d.faces for d in clip}, _starts(clip))


def _rows(clip: list[Detections], chosen: dict[int, Face], smooth: bool) -> list[Row]:
    """A row for each frame, about the face of the chosen detections."""
    contrasts = {
        d.number: quarters
        for d in clip
        for face, quarters in zip(d.faces, d.contrasts, strict=True)
        if chosen.get(d.number) is face
    }
    jumps, low_contrast = reject.find_jumps(chosen), reject.find_low_contrast(contrasts)
    matrices = {
        number: align.similarity(face.points)
        for number, face in chosen.items()
        if number not in jumps and number not in low_contrast
    }
    if smooth:
        step = select.frame_step(d.number for d in clip)
        matrices = smooth_matrices(matrices, [*_starts(clip), *low_contrast], step)
    evidence = Evidence(chosen, jumps, low_contrast, matrices)
    return [_decide_frame(frame, evidence) for frame in clip]


def _decide_frame(frame: Detections, evidence: Evidence) -> Row:
    """Whether the face of this frame is replaced, and if not, why."""
    number, time = frame.number, frame.time
    face, matrix = evidence.chosen.get(number), evidence.matrices.get(number)
    jump, low_contrast = evidence.jumps.get(number), evidence.low_contrast.get(number)
    if low_contrast is not None:
        return Row.rejected(number, time, face, "low contrast", low_contrast)
    if matrix is not None and face is not None and jump is None:
        return Row.with_face(number, time, face, matrix)
    if matrix is not None:
        reason = f"{jump or 'the face was not seen'}; its place is taken from the frames around"
        return Row.filled(number, time, matrix, reason)
    if jump is not None:
        return Row.rejected(number, time, face, "jump", jump)
    reason = f"{len(frame.faces)} other faces" if frame.faces else "no face found"
    return Row.without_face(number, time, reason)
