"""Which of the detected faces is the one to swap: faces are linked to tracks, and a track chosen.

Detections are addressed by frame number. Where only every twelfth frame was looked at, numbers are
twelve apart; limits in frames then count the frames that were looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from .face import Face, iou


@dataclass(frozen=True)
class TrackingLimits:
    """When a detection belongs to a track, and which tracks are swapped; all chosen by eye."""

    patience: int = 10  # frames that a track survives without a detection
    min_overlap: float = 0.3  # intersection over union with the box where the track expects it
    max_steps_ahead: float = 3  # a face is expected to move on by at most so many of its last steps
    min_mean_score: float = 0.95  # of a track that is swapped without having been asked for
    min_frames: int = 3  # of such a track; a shorter one is a glimpse
    min_relative_area: float = 0.25  # of a further track against those chosen


TRACKING = TrackingLimits()


@dataclass
class Track:
    """One face through time: by frame number, in order."""

    faces: dict[int, Face] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The number of its last frame."""
        return next(reversed(self.faces))

    @property
    def mean_score(self) -> float:
        return np.mean([face.score for face in self.faces.values()])

    @property
    def mean_area(self) -> float:
        """In pixels."""
        return np.mean([face.area for face in self.faces.values()])

    @property
    def is_certain(self) -> bool:
        """Whether this is a face for certain: long enough, and with a high mean score."""
        long_enough = len(self.faces) >= TRACKING.min_frames
        return long_enough and bool(self.mean_score >= TRACKING.min_mean_score)

    @property
    def prominence(self) -> float:
        """Sum of score x area: a large face that stays outweighs a passing or a doubtful one."""
        return sum(face.score * face.area for face in self.faces.values())

    def predict_box(self, number: int) -> np.ndarray:
        """The box (4,) in a later frame, if the face moves on as between its last two frames.

        Only its middle moves: measured growth is mostly noise.
        """
        *before, last = list(self.faces)[-2:]
        box = self.faces[last].box
        if not before:
            return box
        shift = box - self.faces[before[0]].box
        middle = (shift[:2] + shift[2:]) / 2
        steps = min((number - last) / (last - before[0]), TRACKING.max_steps_ahead)
        return box + np.tile(middle, 2) * steps


def link(detections: dict[int, list[Face]], starts: Iterable[int] = ()) -> list[Track]:
    """Join the detections of each frame into tracks; the most prominent track comes first.

    In each frame, faces are assigned to tracks so that the sum of their overlaps with the predicted
    boxes is largest. At the frames `starts` a shot begins, which ends all tracks.
    """
    tracks: list[Track] = []
    first_live = 0  # the tracks before it belong to earlier shots
    patience, starts = TRACKING.patience * frame_step(detections), set(starts)
    for number in sorted(detections):
        if number in starts:
            first_live = len(tracks)
        live = [t for t in tracks[first_live:] if number - t.last <= patience]
        tracks += _extend(live, number, list(detections[number]))
    return sorted(tracks, key=lambda t: -t.prominence)


def _extend(live: list[Track], number: int, faces: list[Face]) -> list[Track]:
    """Give the faces of a frame to the tracks that expect them; the rest begin new tracks."""
    overlaps = [[iou(track.predict_box(number), face.box) for face in faces] for track in live]
    overlaps = np.array(overlaps).reshape(len(live), len(faces))
    assigned = set()
    for i, j in zip(*linear_sum_assignment(overlaps, maximize=True), strict=True):
        if overlaps[i, j] > TRACKING.min_overlap:
            live[i].faces[number] = faces[j]
            assigned.add(j)
    return [Track({number: face}) for j, face in enumerate(faces) if j not in assigned]


def choose(
    detections: dict[int, list[Face]],
    which: int | tuple[float, float] | None = None,
    starts: Iterable[int] = (),
) -> dict[int, Face]:
    """The face to swap, by the number of each frame that has it.

    which  the rank of a track by prominence, from 0, or a point (x, y) of the frame that its first
           box covers. None: the most prominent track, and those that continue it after a cut or
           pause: they share no frame with those chosen, are certain, and not much smaller.

    Raises ValueError where there is no such track.
    """
    tracks = link(detections, starts)
    if which is None:
        return _choose_prominent(tracks)
    if isinstance(which, tuple):
        return _choose_at_point(tracks, *which)
    if not 0 <= which < len(tracks):
        raise ValueError(f"there are {len(tracks)} faces, numbered from 0; no number {which}")
    return tracks[which].faces


def _choose_prominent(tracks: list[Track]) -> dict[int, Face]:
    chosen = Track()
    for track in tracks:
        if not chosen.faces or (
            track.mean_score >= TRACKING.min_mean_score
            and not chosen.faces.keys() & track.faces.keys()
            and track.mean_area > TRACKING.min_relative_area * chosen.mean_area
        ):
            chosen.faces |= track.faces
    return chosen.faces


def _choose_at_point(tracks: list[Track], x: float, y: float) -> dict[int, Face]:
    for track in tracks:
        x1, y1, x2, y2 = track.faces[min(track.faces)].box
        if x1 <= x <= x2 and y1 <= y <= y2:
            return track.faces
    raise ValueError(f"no face at {x:g},{y:g} when it is first seen")


def frame_step(numbers: Iterable[int]) -> int:
    """How far apart the frames are that were looked at."""
    return min((b - a for a, b in pairwise(sorted(numbers))), default=1)
