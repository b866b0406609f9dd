"""Which of the detected faces is the one to swap, and which frames to leave alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from files import luma

from .face import Face, iou

# Frames are counted as they were looked at: where only every twelfth was, the next frame is twelve numbers on.
PATIENCE = 10  # frames that a track survives without being seen
OVERLAP = 0.3  # intersection over union, from which a face is where its track expects it
FAR = 3  # times its last step at most that a face is expected to go on
SURE = 0.95  # mean score from which a track is taken unasked
JUMP = 0.5  # of the box's side: farther from where the frames around have it, a detection is not believed
GROWTH = 1.6  # times larger or smaller than in the frames around, likewise
WINDOW = 3  # frames on each side that count as around
FAINT = 0.75  # of its usual contrast: below, a face is fading away
USUAL = 60  # frames on each side that say what is usual


@dataclass
class Track:
    """One face through time, addressed by frame number."""

    faces: dict[int, Face] = field(default_factory=dict)

    @property
    def last(self) -> int:
        return next(reversed(self.faces))  # they were put in in order

    def expected(self, number: int) -> np.ndarray:
        """The box (4,) in a later frame if the face goes on as between the last two frames that have it."""
        *before, last = list(self.faces)[-2:]
        box = self.faces[last].box
        if not before:
            return box
        shift = box - self.faces[before[0]].box
        middle = (shift[:2] + shift[2:]) / 2  # it moves; growth is mostly noise
        return box + np.tile(middle, 2) * min((number - last) / (last - before[0]), FAR)

    @property
    def sure(self) -> bool:
        """Whether this is surely a face: more than a glimpse, and by its mean score."""
        return len(self.faces) >= 3 and bool(
            np.mean([face.score for face in self.faces.values()]) >= SURE
        )

    @property
    def weight(self) -> float:
        """Summed score x area: a large face that stays wins over a passing one and over a doubtful one."""
        return sum(face.score * face.area for face in self.faces.values())


def link(detections: dict[int, list[Face]], starts: Iterable[int] = ()) -> list[Track]:
    """Join detections, by frame number, into tracks; heaviest track first.

    Each track expects its face where steady motion would take it, and faces go to tracks so that they overlap most in all. A
    shot that begins, at the numbers `starts`, ends all tracks: nobody is followed across a cut.
    """
    tracks: list[Track] = []
    ended = 0  # tracks of shots before
    patience, starts = PATIENCE * _step(detections), set(starts)
    for number in sorted(detections):
        if number in starts:
            ended = len(tracks)
        live = [t for t in tracks[ended:] if number - t.last <= patience]
        free = list(detections[number])
        overlap = np.array([[iou(t.expected(number), f.box) for f in free] for t in live]).reshape(
            len(live), len(free)
        )
        taken = set()
        for i, j in zip(*linear_sum_assignment(overlap, maximize=True), strict=True):
            if overlap[i, j] > OVERLAP:
                live[i].faces[number] = free[j]
                taken.add(j)
        tracks += [Track({number: f}) for j, f in enumerate(free) if j not in taken]
    return sorted(tracks, key=lambda t: -t.weight)


def choose(
    detections: dict[int, list[Face]],
    which: int | tuple[float, float] | None = None,
    starts: Iterable[int] = (),
) -> dict[int, Face]:
    """The face to swap in each frame that has it, by frame number.

    By default the heaviest track and, since a cut or a pause ends a track, every further one that shares no frame with
    those chosen, is as sure (mean score .95) and comparable in size. `which` asks for one track: the n-th heaviest,
    from 0, or the first that covers a point (x, y) of the frame. Raises ValueError where there is no such track.
    """
    tracks = link(detections, starts)
    if which is None:
        chosen: dict[int, Face] = {}
        for track in tracks:
            faces = list(track.faces.values())
            sure = np.mean([f.score for f in faces]) >= SURE
            if not chosen or (
                sure
                and not chosen.keys() & track.faces.keys()
                and np.mean([f.area for f in faces])
                > 0.25 * np.mean([f.area for f in chosen.values()])
            ):
                chosen |= track.faces
        return chosen
    if isinstance(which, tuple):
        x, y = which
        for track in tracks:
            x1, y1, x2, y2 = track.faces[min(track.faces)].box
            if x1 <= x <= x2 and y1 <= y <= y2:
                return track.faces
        raise ValueError(f"no face at {x:g},{y:g} when it is first seen")
    if not 0 <= which < len(tracks):
        raise ValueError(f"there are {len(tracks)} faces, numbered from 0; no number {which}")
    return tracks[which].faces


def jumps(faces: dict[int, Face]) -> dict[int, str]:
    """Frames whose face is implausibly far from, or of another size than, the frames around; with the reason.

    A face is believed where the median of the frames around has it, which follows steady motion, or where at least half of
    them have it, which holds up to a cut from both sides. So only what comes and goes at once is refused.
    """
    refused = {}
    step = _step(faces)
    for number, face in faces.items():
        around = [
            faces[n]
            for n in range(number - WINDOW * step, number + WINDOW * step + 1, step)
            if n in faces
        ]
        if len(around) < 3:
            continue
        centres = np.array([f.points.mean(axis=0) for f in around])
        sizes = np.array([f.interocular for f in around])
        side = float(np.median([np.sqrt(f.area) for f in around]))
        centre = face.points.mean(axis=0)
        moved = float(np.abs(centre - np.median(centres, axis=0)).max())
        near = np.abs(centres - centre).max(axis=1) <= JUMP * side
        ratio = face.interocular / max(float(np.median(sizes)), 1e-6)
        alike = (sizes < GROWTH * face.interocular) & (sizes * GROWTH > face.interocular)
        if moved > JUMP * side and near.mean() < 0.5:
            refused[number] = f"the face is {moved:.0f} px from where the frames around have it"
        elif not 1 / GROWTH < ratio < GROWTH and alike.mean() < 0.5:
            refused[number] = f"the face is {ratio:.2f} times the size that the frames around have"
    return refused


def low_contrast(contrasts: dict[int, float]) -> dict[int, str]:
    """Frames whose face fades (to black, to white, into another shot), by contrast; with the reason.

    A face's contrast is compared with its median over the frames around, so that lasting changes of light pass.
    """
    refused = {}
    numbers = sorted(contrasts)
    reach = USUAL * _step(contrasts)
    values = np.array([contrasts[n] for n in numbers])
    for number, value in zip(numbers, values, strict=True):
        first, last = np.searchsorted(numbers, (number - reach, number + reach + 1))
        usual = float(np.median(values[first:last]))
        if value < FAINT * usual:
            refused[number] = f"the face fades: {value / usual:.0%} of its usual contrast"
    return refused


def _step(numbers: Iterable[int]) -> int:
    """How far apart the frames are that were looked at."""
    numbers = sorted(numbers)
    return min((b - a for a, b in pairwise(numbers)), default=1)


def contrast(face: np.ndarray) -> float:
    """Standard deviation of the luma (BT.601) of an aligned face (h, w, 3) RGB, in levels."""
    return float(luma(face.reshape(-1, 3)).std())
