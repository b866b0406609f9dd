"""Choose the face to swap: link the detections of a clip to tracks, then take one or more of them.

Detections are addressed by frame number. Limits in frames count the frames that were searched: with
`--every 12` their numbers are twelve apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import scipy

from .face import Face, iou


@dataclass(frozen=True)
class TrackingLimits:
    """When a detection belongs to a track, and which tracks are swapped; all by eye."""

    patience: int = 10  # frames that a track survives without a detection
    min_overlap: float = 0.3  # intersection over union of its box with the box that is predicted
    max_steps_ahead: float = 3  # limit of the predicted motion, as a multiple of the last motion
    min_mean_score: float = 0.95  # of a track that is swapped although the user did not name it
    min_frames: int = 3  # of a track that --all-faces swaps; a false detection is shorter
    min_relative_area: float = 0.25  # mean area of a further track, relative to those chosen before


TRACKING = TrackingLimits()


@dataclass
class Track:
    """One face through time: its detections by frame number, in order."""

    faces: dict[int, Face] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The number of its last frame."""
        return next(reversed(self.faces))

    @property
    def mean_score(self) -> float:
        """Of its faces, 0..1."""
        return np.mean([face.score for face in self.faces.values()])

    @property
    def mean_area(self) -> float:
        """Mean area of its boxes, in square pixels."""
        return np.mean([face.area for face in self.faces.values()])

    @property
    def is_certain(self) -> bool:
        """Whether it is long enough, and its mean score high enough, to be a face for certain."""
        scores_high = bool(self.mean_score >= TRACKING.min_mean_score)
        return len(self.faces) >= TRACKING.min_frames and scores_high

    @property
    def prominence(self) -> float:
        """Sum of area x score^8: high for a large face that stays; a false one scores .7 to .9."""
        return sum(face.area * face.score**8 for face in self.faces.values())

    def predict_box(self, number: int) -> np.ndarray:
        """The box (4,) in a later frame, if the face goes on moving as between its last two frames.

        The predicted box keeps its size, since measured growth is mostly noise.
        """
        box = self.faces[self.last].box
        if len(self.faces) == 1:
            return box
        before, last = list(self.faces)[-2:]
        shift = box - self.faces[before].box
        middle = (shift[:2] + shift[2:]) / 2  # the shift of the box's middle
        steps = min((number - last) / (last - before), TRACKING.max_steps_ahead)
        return box + np.tile(middle, 2) * steps


def link(detections: dict[int, list[Face]], starts: Iterable[int] = ()) -> list[Track]:
    """Link the detections of all frames to tracks; the most prominent track comes first.

    In each frame, faces are assigned to tracks so that the sum of their overlaps with the predicted
    boxes is largest. `starts` are the frames with which a shot begins: they end all tracks.
    """
    tracks: list[Track] = []
    first_live = 0  # tracks before this index belong to earlier shots
    patience, starts = TRACKING.patience * frame_step(detections), set(starts)
    for number in sorted(detections):
        if number in starts:
            first_live = len(tracks)
        live = [t for t in tracks[first_live:] if number - t.last <= patience]
        tracks += _extend(live, number, list(detections[number]))
    return sorted(tracks, key=lambda t: -t.prominence)


def _extend(live: list[Track], number: int, faces: list[Face]) -> list[Track]:
    """Add the faces of a frame to the live tracks; gives new tracks, of the faces that fit none."""
    overlaps = [[iou(track.predict_box(number), face.box) for face in faces] for track in live]
    overlaps = np.array(overlaps).reshape(len(live), len(faces))
    assigned = set()
    for i, j in zip(*scipy.optimize.linear_sum_assignment(overlaps, maximize=True), strict=True):
        if overlaps[i, j] > TRACKING.min_overlap:
            live[i].faces[number] = faces[j]
            assigned.add(j)
    return [Track({number: face}) for j, face in enumerate(faces) if j not in assigned]


def choose(
    detections: dict[int, list[Face]],
    which: int | tuple[float, float] | None = None,
    starts: Iterable[int] = (),
) -> dict[int, Face]:
    """The face to swap, by frame number, in the frames that have it.

    which   rank of a track by prominence, from 0, or a point (x, y) in its first box. None takes
            the most prominent track, and the tracks that continue it after a cut or pause: those
            that share no frame with it, score high and are not much smaller.
    starts  frames with which a shot begins

    Raises ValueError where there is no such track.
    """
    tracks = link(detections, starts)
    if which is None:
        return _choose_prominent(tracks)
    if isinstance(which, tuple):
        return _choose_at_point(tracks, *which)
    if not 0 <= which < len(tracks):
        count = f"{len(tracks)} people were" if len(tracks) != 1 else "one person was"
        raise ValueError(f"there is no person {which}, {count} found, numbered from 0")
    return tracks[which].faces


def _choose_prominent(tracks: list[Track]) -> dict[int, Face]:
    """The faces of the first track, and of those that continue it; see `choose`."""
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
    """The distance between the numbers of successive frames that were searched."""
    return min((b - a for a, b in pairwise(sorted(numbers))), default=1)
