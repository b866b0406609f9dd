"""Detections -> manifest rows: whose face is swapped, and in which frames it can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from faces import Face, align, manifest, reject, select, smooth_matrices
from files import pick_evenly

PICTURES_PER_TRACK = 8  # in tracks.png


@dataclass(frozen=True, eq=False)
class Detections:
    """The faces of a frame, and whether a shot begins with it."""

    number: int
    time: Fraction
    faces: list[Face]
    contrasts: list[float]  # of each face, see faces.reject.measure_contrast
    cut: bool = False
    pictures: list[np.ndarray] | None = None  # the aligned faces, (90, 70, 3) uint8, of some frames


@dataclass(frozen=True)
class Evidence:
    """What is known of one person's face in a clip, each by frame number."""

    chosen: dict[int, Face]  # the detection that is this person's
    jumps: dict[int, str]  # why it is not believed: it is not where the frames around have it
    low_contrast: dict[int, str]  # why it is not believed: the face fades
    matrices: dict[int, np.ndarray]  # frame -> aligned face, (2, 3); also of gaps filled in


def decide(
    clip: list[Detections], which: int | tuple[float, float] | None = None, smooth: bool = True
) -> list[manifest.Row]:
    """One row a frame for the face to swap. Raises ValueError if `which` names none that is there.

    which   see faces.select.choose
    smooth  the matrices are smoothed over time, and short gaps filled in
    """
    chosen = select.choose({d.number: d.faces for d in clip}, which, _starts(clip))
    return _rows(clip, chosen, smooth)


def decide_all(clip: list[Detections], smooth: bool = True) -> list[list[manifest.Row]]:
    """`decide` for every face that is surely one, the most prominent first: a list of rows each."""
    return [_rows(clip, track.faces, smooth) for track in _link(clip) if track.is_certain]


def describe_tracks(clip: list[Detections]) -> list[tuple[str, list[np.ndarray]]]:
    """(what is known of it, some pictures (90, 70, 3)) of each track, in the order of `which`."""
    described = []
    for k, track in enumerate(_link(clip)):
        pictures = [
            picture
            for d in clip
            if d.pictures
            for face, picture in zip(d.faces, d.pictures, strict=True)
            if track.faces.get(d.number) is face
        ]
        score = np.mean([face.score for face in track.faces.values()])
        span = f"{len(track.faces)} frames, {min(track.faces)} to {max(track.faces)}"
        some = [pictures[i] for i in pick_evenly(len(pictures), PICTURES_PER_TRACK)]
        described.append((f"{k}: {span}, mean score {score:.3f}", some))
    return described


def _starts(clip: list[Detections]) -> list[int]:
    """The frames with which a shot begins."""
    return [d.number for d in clip if d.cut]


def _link(clip: list[Detections]) -> list[select.Track]:
    return select.link({d.number: d.faces for d in clip}, _starts(clip))


def _rows(clip: list[Detections], chosen: dict[int, Face], smooth: bool) -> list[manifest.Row]:
    evidence = _weigh(clip, chosen, smooth)
    return [decide_frame(frame, evidence) for frame in clip]


def _weigh(clip: list[Detections], chosen: dict[int, Face], smooth: bool) -> Evidence:
    """Which of the chosen detections to believe, and where the face is according to them."""
    contrasts = {
        d.number: contrast
        for d in clip
        for face, contrast in zip(d.faces, d.contrasts, strict=True)
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
    return Evidence(chosen, jumps, low_contrast, matrices)


def decide_frame(frame: Detections, evidence: Evidence) -> manifest.Row:
    """The row of a frame: swap the face, fill in its place, or why the frame stays as it is."""
    number, time = frame.number, frame.time
    face, matrix = evidence.chosen.get(number), evidence.matrices.get(number)
    jump = evidence.jumps.get(number)
    if number in evidence.low_contrast:
        return manifest.Row.rejected(
            number, time, face, "low contrast", evidence.low_contrast[number]
        )
    if matrix is not None and face is not None and jump is None:
        return manifest.Row.with_face(number, time, face, matrix)
    if matrix is not None:
        reason = f"{jump or 'the face was not seen'}; its place is taken from the frames around"
        return manifest.Row.filled(number, time, matrix, reason)
    if jump is not None:
        return manifest.Row.rejected(number, time, face, "jump", jump)
    reason = f"{len(frame.faces)} other faces" if frame.faces else "no face found"
    return manifest.Row.without_face(number, time, reason)
