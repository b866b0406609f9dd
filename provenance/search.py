"""Looks for the mark: in a mean aligned face, and over the faces of a clip.

A coefficient that a mark has not touched agrees with its sign in the key as often as not. The score z is the sum of signs times whitened
coefficients, over the root of the sum of their squares. Whatever the picture is, for a key drawn without knowing it the chance to exceed z is
at most 3.18 times that of a normal variable (Bentkus & Dzindzalieta 2015). The detector does not find a face quite where it was marked, so
some thousand places, sizes and turns are tried, and the bound is multiplied by how many.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import fft, ndimage, special

import video
from faces import align, select, steady
from mtcnn_np import Detector
from mtcnn_np.follow import EVERY
from stages.detect import Seen, detect

from . import mark
from .record import ranges

MARGIN = 16  # units around the grid that are looked at too
REACH = 4  # units by which the mark may lie elsewhere
SIZES, TURNS = (0.955, 0.97, 0.985, 1.0, 1.015, 1.03, 1.045), (-2.0, 0.0, 2.0)  # times as large it may be; degrees
TRIED = len(SIZES) * len(TURNS) * (2 * REACH + 1) ** 2
CHANCE = 1e-6  # of a false alarm at most, from which a face counts as marked
PART = 1e-3  # the same for a part of a face that is known to be marked
SPAN = 25  # frames that are judged together
FINE, NEAR, LIMIT = 0.8, 2.0, 4.0  # units; units; usual sizes of a coefficient: see `whitened` and `_score`

_SHAPE = mark.GRID.size[1] + 2 * MARGIN, mark.GRID.size[0] + 2 * MARGIN
_SHIFTS = slice(MARGIN - REACH, MARGIN + REACH + 1)
_KEY = np.conj(fft.rfft2(mark.PATTERN, _SHAPE))


@dataclass(frozen=True)
class Found:
    """What one face of a clip shows.

    frames  the first and the last in which it was seen
    score   the highest z, of all its frames together or of SPAN of them
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
    """What every face of a clip shows, the most prominent first. Decodes the clip twice; memory grows by some 70 kB for SPAN frames."""
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


def unfolded(clip: video.Clip, detector: Detector, min_size: float = 30) -> Iterator[tuple[int, int, np.ndarray]]:
    """Each face of each frame: which face of the clip, in order of prominence, the frame's number, and the face as `unfold` gives it."""
    seen = list(detect(clip, detector, min_size, EVERY))
    faces = list(_faces(seen))
    for frame in clip:
        for i, matrices in enumerate(faces):
            if frame.number in matrices:
                yield i, frame.number, unfold(frame.image, matrices[frame.number])


def _faces(seen: list[Seen]) -> Iterator[dict[int, np.ndarray]]:
    """The matrices (2, 3), frame -> aligned, of each face that can be followed, by frame number."""
    starts = [s.number for s in seen if s.cut]
    for track in select.link({s.number: s.faces for s in seen}, starts):
        yield steady({n: align.similarity(f.points) for n, f in track.faces.items()}, starts)


def unfold(image: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The luma of the face in a frame (H, W, 3) uint8 on the grid and its margin, (h, w) float32; `matrix` is frame -> aligned."""
    matrix = mark.onto_grid(matrix, MARGIN)
    box = mark.around(matrix, image.shape, MARGIN)
    if 0 in image[box].shape:
        return np.zeros(_SHAPE, np.float32)
    luma = image[box] @ np.array([0.299, 0.587, 0.114], np.float32)
    finer = abs(np.linalg.det(matrix[:, :2])) ** -0.5  # pixels a unit
    if finer > 1.25:
        luma = ndimage.gaussian_filter(luma, 0.4 * finer)
    return mark.affine(luma, align.invert(mark.within(matrix, box)), _SHAPE, "nearest")


def judge(sums: dict[int, np.ndarray], numbers: dict[int, list[int]]) -> Found:
    """The verdict on a face, given the sum of its unfolded frames in each part, and their numbers.

    All parts together have half of the chance of a false alarm, and the parts alone share the other half; where either shows the mark, its
    place is known, and each part is judged there too: a head that turns takes it a little elsewhere, so not there only.
    """
    parts = [total / len(numbers[k]) for k, total in sums.items()]
    whole = search(sum(sums.values()) / sum(map(len, numbers.values())))
    alone = [search(part) for part in parts] if len(parts) > 1 else [whole]
    chance = min(2 * TRIED * tail(whole[0]), *(2 * TRIED * len(parts) * tail(z) for z, _ in alone))
    highest, place = max([whole, *alone], key=lambda found: found[0])
    chances = [min(TRIED * tail(z), 1.0) for z, _ in alone]
    if chance <= CHANCE:
        chances = [2 * min(own, tail(score(part, place))) for own, part in zip(chances, parts, strict=True)]
    spans = [(numbers[k][0], numbers[k][-1], c) for k, c in zip(sums, chances, strict=True)]
    frames = spans[0][0], spans[-1][1]
    shown = [n for k, c in zip(sums, chances, strict=True) if c <= PART for n in numbers[k]]
    return Found(frames, highest, min(chance, 1.0), spans, [] if chance > CHANCE else ranges(shown) or [frames])


def tail(z: float) -> float:
    """Bound on the chance that a weighted sum of random signs exceeds z of its standard deviations (Bentkus & Dzindzalieta 2015)."""
    return float(3.18 * special.ndtr(-z))


def search(face: np.ndarray) -> tuple[float, Place]:
    """The score of an unfolded face at the place where it agrees best with the key."""
    best, found = -np.inf, None
    for size, turn in product(SIZES, TURNS):
        white = whitened(moved(face, size, turn))
        agreement = fft.irfft2(fft.rfft2(white) * _KEY, white.shape)[_SHIFTS, _SHIFTS]
        y, x = np.unravel_index(agreement.argmax(), agreement.shape)
        if agreement[y, x] > best:
            best, found = agreement[y, x], (white, Place(int(x) - REACH, int(y) - REACH, size, turn))
    return _score(*found), found[1]


def score(face: np.ndarray, place: Place) -> float:
    """z of an unfolded face at a place."""
    return _score(whitened(moved(face, place.size, place.turn)), place)


def moved(face: np.ndarray, size: float, turn: float) -> np.ndarray:
    """An unfolded face so many times smaller and turned back by so many degrees, about its middle."""
    a = size * np.exp(1j * np.radians(turn))
    middle = (np.array(_SHAPE[::-1]) - 1) / 2
    turned = np.array([[a.real, -a.imag], [a.imag, a.real]])
    return mark.affine(face, np.column_stack([turned, middle - turned @ middle]), _SHAPE, "nearest", order=3)


def whitened(face: np.ndarray) -> np.ndarray:
    """What is fine in a face, as strong in all places and about as strong at all frequencies: a mark is, and a face's own is not."""
    fine = face - ndimage.gaussian_filter(face, FINE)
    fine -= ndimage.gaussian_filter(fine, FINE)
    strength = np.sqrt(ndimage.gaussian_filter(fine**2, NEAR))
    return fine / (strength + 0.1 * strength.mean() + 1e-6)


def _score(white: np.ndarray, place: Place) -> float:
    h, w = mark.PATTERN.shape
    y, x = MARGIN + place.y, MARGIN + place.x
    coefficients = mark.blocks(white[y : y + h, x : x + w] * mark.WINDOW)
    usual = np.median(np.abs(coefficients), axis=(0, 1)) + 1e-9  # of each frequency
    band = mark.SIGNS != 0
    limited = np.tanh(coefficients / (LIMIT * usual))[band]  # so that a few strong ones, at eyes and mouth, do not decide
    return float(limited @ mark.SIGNS[band] / np.sqrt(max(limited @ limited, 1e-12)))
