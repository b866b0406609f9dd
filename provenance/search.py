"""Looks for the mark: in a mean aligned face, and over the faces of a clip.

A coefficient that a mark has not touched agrees with its sign in the key as often as not. The score z is the sum of signs times whitened
coefficients, over the root of the sum of their squares. Whatever the picture is, for a key drawn without knowing it the chance to exceed z is
at most 3.18 times that of a normal variable (Bentkus & Dzindzalieta 2015). The detector does not find a face quite where it was marked, and
drifts from there while the head moves. So some thousand places, sizes and turns are tried, and paths through them, from one part of the clip
to the next; the bound is multiplied by how many.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import fft, ndimage, special

import video
from faces import align, select, smooth_matrices
from mtcnn_np import WHOLE_SEARCH_INTERVAL, Detector
from stages.decide import Detections
from stages.detect import detect_frames

from . import mark
from .record import to_ranges

MARGIN = 16  # units around the grid that are looked at too
REACH = 4  # units by which the mark may lie elsewhere
SIZES, TURNS = (
    (0.955, 0.97, 0.985, 1.0, 1.015, 1.03, 1.045),
    (-2.0, 0.0, 2.0),
)  # times as large it may be; degrees
PLACES = len(SIZES), len(TURNS), 2 * REACH + 1, 2 * REACH + 1  # sizes, turns, y, x
TRIED = math.prod(PLACES)
STEPS = [(0, 0, 0, 0)] + [
    tuple(sign * (i == axis) for i in range(4)) for axis in range(4) for sign in (-1, 1)
]  # of a path, from part to part
CHANCE = 1e-6  # of a false alarm at most, from which a face counts as marked
PART = 1e-3  # the same for a part of a face that is known to be marked
SPAN = 25  # frames that are judged together
UPRIGHT = 25  # frames over which a face's size and angle are smoothed: they are found worse than its place, and change less
COARSE, FINE, NEAR, LIMIT = (
    2.0,
    0.8,
    2.0,
    4.0,
)  # units; units; units; usual sizes of a coefficient: see `even`, `whitened` and `score`

_SHAPE = mark.GRID.size[1] + 2 * MARGIN, mark.GRID.size[0] + 2 * MARGIN
_SHIFTS = slice(MARGIN - REACH, MARGIN + REACH + 1)
_KEY = np.conj(fft.rfft2(mark.PATTERN, _SHAPE))


@dataclass(frozen=True)
class Found:
    """What one face of a clip shows.

    frames  the first and the last in which it was seen
    score   the z that decides: of all its parts, at one place or along a path, or of one of them
    chance  bound on the probability that a face without the mark scores so
    parts   (first frame, last frame, chance) of each SPAN frames, judged alone, and where the mark was found
    ranges  first and last frames of the runs of parts that are marked; none if the face is not
    """

    frames: tuple[int, int]
    score: float
    chance: float
    parts: list[tuple[int, int, float]]
    ranges: list[tuple[int, int]]

    @property
    def marked(self) -> bool:
        return bool(self.ranges)


@dataclass(frozen=True)
class Place:
    """Where the mark lies in a mean face, against where it should: units to the right and down, times as large, degrees."""

    x: int = 0
    y: int = 0
    size: float = 1.0
    turn: float = 0.0


def look(clip: video.Clip, detector: Detector, min_size: float = 30) -> list[Found]:
    """What every face of a clip shows, the most prominent first. Decodes the clip twice; memory grows by some 170 kB for SPAN frames."""
    return verdicts(unfolded(clip, detector, min_size))


def verdicts(faces: Iterable[tuple[int, int, np.ndarray]]) -> list[Found]:
    """What each face shows, given all of them as `unfolded` does."""
    parts: dict[int, dict[int, np.ndarray]] = {}
    numbers: dict[int, dict[int, list[int]]] = {}
    for face, number, picture in faces:
        part, sums = number // SPAN, parts.setdefault(face, {})
        sums[part] = sums[part] + picture if part in sums else picture
        numbers.setdefault(face, {}).setdefault(part, []).append(number)
    return [judge(parts[face], numbers[face]) for face in sorted(parts)]


def unfolded(
    clip: video.Clip, detector: Detector, min_size: float = 30
) -> Iterator[tuple[int, int, np.ndarray]]:
    """Each face of each frame: which face of the clip, in order of prominence, the frame's number, and the face as `unfold` gives it."""
    seen = list(detect_frames(clip, detector, min_size, WHOLE_SEARCH_INTERVAL))
    faces = list(_faces(seen))
    for frame in clip:
        for i, matrices in enumerate(faces):
            if frame.number in matrices:
                yield i, frame.number, unfold(frame.image, matrices[frame.number])


def _faces(seen: list[Detections]) -> Iterator[dict[int, np.ndarray]]:
    """The matrices (2, 3), frame -> aligned, of each face that can be followed, by frame number."""
    starts = [s.number for s in seen if s.cut]
    for track in select.link({s.number: s.faces for s in seen}, starts):
        yield smooth_matrices(
            {n: align.similarity(f.points) for n, f in track.faces.items()}, starts, upright=UPRIGHT
        )


def unfold(image: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The fine detail of the face in a frame (H, W, 3) uint8, as `even` gives it, on the grid and its margin, (h, w) float32.

    `matrix` is frame -> aligned.
    """
    matrix = mark.onto_grid(matrix, MARGIN)
    box = mark.around(matrix, image.shape, MARGIN)
    if 0 in image[box].shape:
        return np.zeros(_SHAPE, np.float32)
    luma = image[box] @ np.array([0.299, 0.587, 0.114], np.float32)
    finer = abs(np.linalg.det(matrix[:, :2])) ** -0.5  # pixels a unit
    if finer > 1.25:
        luma = ndimage.gaussian_filter(luma, 0.4 * finer)
    return even(
        mark.affine(luma, align.invert(mark.within(matrix, box)), _SHAPE, "nearest"), COARSE
    )


def judge(sums: dict[int, np.ndarray], numbers: dict[int, list[int]]) -> Found:
    """The verdict on a face, given the sum of its unfolded frames in each part, and their numbers.

    The mark is looked for in three ways, which share the chance of a false alarm by thirds: in all parts at one place; in all parts along a path,
    for a head that turns takes it a little elsewhere; and in each part alone. Where one shows it, each part is judged at its place there too.
    """
    parts = [total / len(numbers[k]) for k, total in sums.items()]
    weights = np.sqrt([len(numbers[k]) for k in sums])
    agreements = [agreement(part) * weight for part, weight in zip(parts, weights, strict=True)]
    peaks = [peak(a) for a in agreements]
    alone = [score(coefficients(part, place)) for part, place in zip(parts, peaks, strict=True)]
    best, count = int(np.argmax(alone)), len(parts)
    ways = [
        (alone[best], TRIED * count, [peaks[best]] * count)
    ]  # score, how many were tried, the mark's place in each part
    if count > 1:
        for tried, places in (
            (TRIED, [peak(sum(agreements))] * count),
            (TRIED * len(STEPS) ** (count - 1), path(agreements)),
        ):
            together = sum(
                coefficients(part, place) * weight
                for part, place, weight in zip(parts, places, weights, strict=True)
            )
            ways.append((score(together), tried, places))
    z, tried, places = min(ways, key=lambda way: bound(way[0], way[1]))
    chance, chances = bound(z, tried * len(ways)), [bound(own, TRIED) for own in alone]
    if chance <= CHANCE:
        there = (
            bound(score(coefficients(part, place)), len(STEPS))
            for part, place in zip(parts, places, strict=True)
        )
        chances = [min(2 * min(pair), 1.0) for pair in zip(chances, there, strict=True)]
    spans = [(numbers[k][0], numbers[k][-1], c) for k, c in zip(sums, chances, strict=True)]
    frames = spans[0][0], spans[-1][1]
    shown = [n for k, c in zip(sums, chances, strict=True) if c <= PART for n in numbers[k]]
    return Found(frames, z, chance, spans, [] if chance > CHANCE else to_ranges(shown) or [frames])


def bound(z: float, tried: int = 1) -> float:
    """Bound on the chance that one of so many weighted sums of random signs exceeds z of its standard deviations (Bentkus & Dzindzalieta 2015)."""
    return math.exp(min(math.log(3.18) + float(special.log_ndtr(-z)) + math.log(tried), 0.0))


def search(face: np.ndarray) -> tuple[float, Place]:
    """The score of an unfolded face, or of a mean of several, at the place where it agrees best with the key."""
    place = peak(agreement(face))
    return score(coefficients(face, place)), place


def agreement(face: np.ndarray) -> np.ndarray:
    """How well an unfolded face agrees with the key at each of `PLACES`."""
    found = np.empty(PLACES, np.float32)
    for i, (size, turn) in enumerate(product(SIZES, TURNS)):
        white = whitened(moved(face, size, turn))
        found[divmod(i, len(TURNS))] = fft.irfft2(fft.rfft2(white) * _KEY, white.shape)[
            _SHIFTS, _SHIFTS
        ]
    return found


def peak(found: np.ndarray) -> Place:
    """Where an agreement is best."""
    return _place(found.argmax())


def path(agreements: list[np.ndarray]) -> list[Place]:
    """The places, one for each of the agreements, whose sum is highest where each is one of `STEPS` from the last (Viterbi 1967)."""
    total, came = agreements[0], []
    for further in agreements[1:]:
        before = np.pad(total, 1, constant_values=-np.inf)
        last = np.stack(
            [
                before[tuple(slice(1 - d, 1 - d + n) for d, n in zip(step, PLACES, strict=True))]
                for step in STEPS
            ]
        )
        came.append(last.argmax(axis=0).astype(np.int8))
        total = last.max(axis=0) + further
    at = [np.unravel_index(total.argmax(), PLACES)]
    for step in reversed(came):
        at.append(tuple(int(i) - d for i, d in zip(at[-1], STEPS[step[at[-1]]], strict=True)))
    return [_place(np.ravel_multi_index(indices, PLACES)) for indices in reversed(at)]


def _place(index: int) -> Place:
    size, turn, y, x = np.unravel_index(index, PLACES)
    return Place(int(x) - REACH, int(y) - REACH, SIZES[size], TURNS[turn])


def moved(face: np.ndarray, size: float, turn: float) -> np.ndarray:
    """An unfolded face so many times smaller and turned back by so many degrees, about its middle."""
    a = size * np.exp(1j * np.radians(turn))
    middle = (np.array(_SHAPE[::-1]) - 1) / 2
    turned = np.array([[a.real, -a.imag], [a.imag, a.real]])
    return mark.affine(
        face, np.column_stack([turned, middle - turned @ middle]), _SHAPE, "nearest", order=3
    )


def even(face: np.ndarray, coarse: float) -> np.ndarray:
    """What is finer in a face than so many units, as strong in all places."""
    fine = face - ndimage.gaussian_filter(face, coarse)
    strength = np.sqrt(ndimage.gaussian_filter(fine**2, NEAR))
    return fine / (strength + 0.1 * strength.mean() + 1e-6)


def whitened(face: np.ndarray) -> np.ndarray:
    """What is fine in a face, as strong in all places and about as strong at all frequencies: a mark is, and a face's own is not."""
    return even(face - ndimage.gaussian_filter(face, FINE), FINE)


def coefficients(face: np.ndarray, place: Place) -> np.ndarray:
    """An unfolded face's coefficients in the band (n,) at a place, times their signs: above 0 as often as not, unless there is a mark."""
    h, w = mark.PATTERN.shape
    y, x = MARGIN + place.y, MARGIN + place.x
    white = whitened(moved(face, place.size, place.turn))
    found = mark.blocks(white[y : y + h, x : x + w] * mark.WINDOW)
    usual = np.median(np.abs(found), axis=(0, 1)) + 1e-9  # of each frequency
    band = mark.SIGNS != 0
    return (np.tanh(found / (LIMIT * usual)) * mark.SIGNS)[
        band
    ]  # limited, so that a few strong ones, at eyes and mouth, do not decide


def score(agreeing: np.ndarray) -> float:
    """z of coefficients times their signs."""
    return float(agreeing.sum() / np.sqrt(max(agreeing @ agreeing, 1e-12)))
