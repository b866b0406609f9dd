"""The search for the mark in the faces of a clip, and its verdict.

The faces of SPAN_FRAMES frames are averaged into one image, called a part. The mark keeps its place
in the aligned face, while the face's own detail and the coder's noise change and average out. Then
three kinds of hypotheses are tested: the mark lies in one of the parts; in all parts, at the same
placement; in all parts, along a path of placements. The most significant one decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from .correlate import correlate, signed_coefficients
from .placement import PLACEMENT_COUNT, Placement, best_placement
from .record import to_ranges
from .rectify import SEARCH_SHAPE
from .significance import false_alarm_bound, z_score
from .viterbi import PATH_STEPS, find_path

SPAN_FRAMES = 25  # frames that are averaged and judged together: a second; by choice
# Largest probability of a false alarm with which the mark counts as found; by choice.
MAX_FALSE_ALARM = 1e-6  # in a face of a clip
MAX_PART_FALSE_ALARM = 1e-3  # in a part of a face that is known to be marked


@dataclass(frozen=True, eq=False)
class RectifiedFace:
    """A face of a frame, from `provenance.rectify`."""

    face: int  # which face of the clip, from 0
    number: int  # of the frame
    image: np.ndarray  # SEARCH_SHAPE


@dataclass(eq=False)
class Part:
    """The sum of one face's rectified images in frames that are judged together."""

    total: np.ndarray = field(default_factory=lambda: np.zeros(SEARCH_SHAPE, np.float32))
    numbers: list[int] = field(default_factory=list)  # of the frames

    def add(self, face: RectifiedFace) -> None:
        """Add the face of one more frame."""
        self.total += face.image
        self.numbers.append(face.number)

    @property
    def mean(self) -> np.ndarray:
        """The mean of its rectified faces, (h, w)."""
        return self.total / len(self.numbers)

    @property
    def weight(self) -> np.float64:
        """sqrt(n) for the mean of n frames, because its noise falls with 1 / sqrt(n)."""
        return np.sqrt(len(self.numbers))


@dataclass(frozen=True)
class Hypothesis:
    """The claim that the mark lies at these placements, one for each part: the best of `trials`."""

    score: float
    trials: int  # number of claims of the same kind that were tried
    placements: list[Placement]

    @property
    def chance(self) -> float:
        """The bound on the chance of a false alarm, 0..1."""
        return false_alarm_bound(self.score, self.trials)


@dataclass(frozen=True)
class Verdict:
    """Whether one face of a clip is marked, and in which frames.

    frames  the first and the last frame in which the face was seen
    score   z of the most significant hypothesis
    chance  bound on the probability that an unmarked face scores as high
    parts   (first frame, last frame, the same bound) for each part
    ranges  (first frame, last frame) of each run of marked parts; empty if the face is not marked
    """

    frames: tuple[int, int]
    score: float
    chance: float
    parts: list[tuple[int, int, float]]
    ranges: list[tuple[int, int]]

    @property
    def marked(self) -> bool:
        """Whether the mark was found in any frame."""
        return bool(self.ranges)


def judge_faces(faces: Iterable[RectifiedFace]) -> list[Verdict]:
    """A verdict on each face of a clip. The faces must come in the order of their frames."""
    parts: dict[int, dict[int, Part]] = {}
    for face in faces:
        own_parts = parts.setdefault(face.face, {})
        own_parts.setdefault(face.number // SPAN_FRAMES, Part()).add(face)
    return [judge_face(list(parts[face].values())) for face in sorted(parts)]


def judge_face(parts: list[Part]) -> Verdict:
    """The verdict on one face of a clip, given its parts in the order of time."""
    correlations = [correlate(part.mean) * part.weight for part in parts]
    alone = [_search_part(part, c) for part, c in zip(parts, correlations, strict=True)]
    hypotheses = _find_hypotheses(parts, correlations, alone)
    best = min(hypotheses, key=lambda hypothesis: hypothesis.chance)
    # Each kind of hypothesis can raise a false alarm, so their number is a factor (union bound).
    chance = false_alarm_bound(best.score, best.trials * len(hypotheses))
    chances = [hypothesis.chance for hypothesis in alone]
    if chance <= MAX_FALSE_ALARM:
        chances = _refine(chances, parts, best.placements)
    spans = [(p.numbers[0], p.numbers[-1], c) for p, c in zip(parts, chances, strict=True)]
    frames = spans[0][0], spans[-1][1]
    ranges = _find_marked(parts, chances) or [frames] if chance <= MAX_FALSE_ALARM else []
    return Verdict(frames, best.score, chance, spans, ranges)


def search_image(face: np.ndarray) -> float:
    """The score of a rectified face (h, w), or of a mean of several, at its best placement."""
    return z_score(signed_coefficients(face, best_placement(correlate(face))))


def _search_part(part: Part, correlation: np.ndarray) -> Hypothesis:
    """The best placement in one part, without regard to the others."""
    placement = best_placement(correlation)
    score = z_score(signed_coefficients(part.mean, placement))
    return Hypothesis(score, PLACEMENT_COUNT, [placement])


def _find_hypotheses(
    parts: list[Part], correlations: list[np.ndarray], alone: list[Hypothesis]
) -> list[Hypothesis]:
    """The best hypothesis of each kind: in one part, at the same placement, along a path."""
    count = len(parts)
    best = max(alone, key=lambda hypothesis: hypothesis.score)
    hypotheses = [Hypothesis(best.score, PLACEMENT_COUNT * count, best.placements * count)]
    if count > 1:
        same = [best_placement(sum(correlations))] * count
        hypotheses.append(Hypothesis(_score_together(parts, same), PLACEMENT_COUNT, same))
        path, paths = find_path(correlations), PLACEMENT_COUNT * len(PATH_STEPS) ** (count - 1)
        hypotheses.append(Hypothesis(_score_together(parts, path), paths, path))
    return hypotheses


def _score_together(parts: list[Part], placements: list[Placement]) -> float:
    """The score of the weighted sum of all parts' coefficients."""
    pairs = zip(parts, placements, strict=True)
    return z_score(sum(signed_coefficients(p.mean, place) * p.weight for p, place in pairs))


def _refine(chances: list[float], parts: list[Part], placements: list[Placement]) -> list[float]:
    """Bounds for the parts of a marked face; `chances` are those of each part alone.

    The placement is known here, up to one step, so there are fewer trials and a weaker mark is
    significant. Take the smaller of the two bounds, doubled, because there were two tests (union
    bound).
    """
    refined = []
    for alone, part, placement in zip(chances, parts, placements, strict=True):
        score = z_score(signed_coefficients(part.mean, placement))
        refined.append(min(2 * min(alone, false_alarm_bound(score, len(PATH_STEPS))), 1.0))
    return refined


def _find_marked(parts: list[Part], chances: list[float]) -> list[tuple[int, int]]:
    """The ranges of frames whose part is marked."""
    marked = [p for p, c in zip(parts, chances, strict=True) if c <= MAX_PART_FALSE_ALARM]
    return to_ranges(number for part in marked for number in part.numbers)
