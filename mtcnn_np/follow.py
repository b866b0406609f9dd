"""Detection over a clip: consecutive frames hardly differ, so most are searched only where faces are expected.

Every so many frames one is searched whole. Where the faces of two such frames pair up, those between are looked for along the
straight line from one to the other, in all frames at once, which fills the cores better than frame by frame. Where they do not pair up
(somebody has come or gone) or a shot ends, every frame between is searched whole: so a face that a whole search finds is
missed only if it comes and goes between two searched frames. Only what may be no face at all, by its score, is but looked for where
it was seen: such things flicker, and would have most frames searched whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from faces import Face

from .cascade import Detector

EVERY = 12  # frames from one whole search to the next
PAIRED = 0.2  # intersection over union, of two frames EVERY apart, from which two faces may be one
FOUND = 0.5  # of what is found where a face was expected
SURE = 0.95  # score from which a face must be found again


class Followed(NamedTuple):
    """A frame's faces; `whole` if all of it was searched."""

    number: int
    faces: list[Face]
    whole: bool


def follow(
    frames: Iterable[tuple[int, np.ndarray, bool]],
    detector: Detector,
    min_size: float,
    every: int = EVERY,
) -> Iterator[Followed]:
    """The faces of frames given as (number, image (H, W, 3) uint8, whether a shot begins), in their order; every = 1 searches each whole."""
    key: Followed | None = None
    waiting: list[tuple[int, np.ndarray]] = []  # since the last whole search

    def close() -> Iterator[Followed]:
        """Search the last one waiting, then those before it."""
        nonlocal key
        number, image = waiting[-1]
        end = Followed(number, detector.detect(image, min_size), True)
        yield from _between(key, waiting[:-1], end, detector, min_size)
        yield end
        key = end
        waiting.clear()

    for number, image, cut in frames:
        if cut:
            if waiting:
                yield from close()
            key = None
        waiting.append((number, image))
        if key is None or len(waiting) == every:
            yield from close()
    if waiting:
        yield from close()


def _between(
    start: Followed | None,
    frames: list[tuple[int, np.ndarray]],
    end: Followed,
    detector: Detector,
    min_size: float,
) -> Iterator[Followed]:
    if not frames:
        return
    pairs = pair(start.faces, end.faces) if start else None
    images = [image for _, image in frames]
    if pairs is None:
        for (number, _), faces in zip(frames, detector.detect_batch(images, min_size), strict=True):
            yield Followed(number, faces, True)
        return
    expected = []
    for number, _ in frames:
        share = (number - start.number) / (end.number - start.number)
        expected.append(
            np.array([a.box + share * (b.box - a.box) for a, b in pairs]).reshape(-1, 4)
        )
    for (number, image), boxes, faces in zip(
        frames, expected, detector.detect_near(images, expected, min_size), strict=True
    ):
        if all(
            any(face.overlap(box) >= FOUND for face in faces)
            for (a, b), box in zip(pairs, boxes, strict=True)
            if max(a.score, b.score) >= SURE
        ):
            yield Followed(number, faces, False)
        else:
            yield Followed(number, detector.detect(image, min_size), True)


def pair(a: list[Face], b: list[Face]) -> list[tuple[Face, Face]] | None:
    """Each face of one frame with its own in another, most overlap in all; None where a sure one is left over. An unsure one left is its own."""
    overlap = np.array([[x.overlap(y.box) for y in b] for x in a]).reshape(len(a), len(b))
    pairs = [
        (i, j)
        for i, j in zip(*linear_sum_assignment(overlap, maximize=True), strict=True)
        if overlap[i, j] >= PAIRED
    ]
    left = [x for i, x in enumerate(a) if i not in {i for i, _ in pairs}] + [
        y for j, y in enumerate(b) if j not in {j for _, j in pairs}
    ]
    if any(x.score >= SURE for x in left):
        return None
    return [(a[i], b[j]) for i, j in pairs] + [(x, x) for x in left]
