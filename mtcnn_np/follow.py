"""Detection over a clip: tracking by detection, with few frames searched whole.

Consecutive frames hardly differ, so only key frames are searched whole: the first and the last of
each shot, and every WHOLE_SEARCH_INTERVAL-th between. If every face of a key frame has a partner in
the next, the frames between are searched only near the straight lines that join the partners. If
not, somebody has come or gone, and these frames are searched whole. So a face that a whole search
finds is missed only if it comes and goes between two key frames.

A face of a low score may be an error of the detector that appears in some frames only. It is
searched for near the place where it was seen, but never makes a frame be searched whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy

from faces import Face

from .cascade import Detector

WHOLE_SEARCH_INTERVAL = 12  # frames from one key frame to the next; by eye
PAIRED_IOU = 0.2  # least overlap (IoU) of a face's boxes in two key frames; by eye
CONFIRMED_IOU = 0.5  # least overlap of a face with the box where it was expected; by eye
RELIABLE_SCORE = 0.95  # least score of a face that frames between must have as well; by eye


class ClipFrame(Protocol):
    """What `follow` reads of a frame, for example of a `video.Frame`."""

    number: int
    image: np.ndarray  # (H, W, 3) uint8 RGB


@dataclass(frozen=True, eq=False)
class Followed:
    """A frame, as `follow` was given it, and its faces."""

    frame: ClipFrame
    cut: bool  # whether a shot begins with it
    faces: list[Face]  # best score first
    whole: bool  # whether the whole frame was searched


def follow(
    frames: Iterable[tuple[ClipFrame, bool]],
    detector: Detector,
    min_size: float,
    every: int = WHOLE_SEARCH_INTERVAL,
) -> Iterator[Followed]:
    """The faces of (frame, whether a shot begins with it); every = 1 searches all frames whole."""
    start = None
    for group in _split_at_key_frames(frames, every):
        frame, cut = group.pop()
        end = Followed(frame, cut, detector.detect(frame.image, min_size), whole=True)
        if group:
            yield from _search_between(start, [f for f, _ in group], end, detector, min_size)
            group.clear()  # frees the images before the next ones are decoded
        yield end
        start = end


def _split_at_key_frames(
    frames: Iterable[tuple[ClipFrame, bool]], every: int
) -> Iterator[list[tuple[ClipFrame, bool]]]:
    """Groups of frames that end with a key frame; a shot's first frame is a group of its own."""
    group, length = [], 1
    for frame, cut in frames:
        if cut:
            if group:
                yield group
            group, length = [], 1
        group.append((frame, cut))
        if len(group) == length:
            yield group
            group, length = [], every
    if group:
        yield group


def _search_between(
    start: Followed, frames: list[ClipFrame], end: Followed, detector: Detector, min_size: float
) -> Iterator[Followed]:
    """The faces of the frames between two key frames of a shot; no cut is among them."""
    images = [frame.image for frame in frames]
    pairs = pair(start.faces, end.faces)
    if pairs is None:
        for frame, faces in zip(frames, detector.detect_batch(images, min_size), strict=True):
            yield Followed(frame, False, faces, whole=True)
        return
    first, last = start.frame.number, end.frame.number
    expected = [_interpolate(pairs, (f.number - first) / (last - first)) for f in frames]
    found = detector.detect_near(images, expected, min_size)
    for frame, boxes, faces in zip(frames, expected, found, strict=True):
        whole = not _confirms(faces, boxes, pairs)
        if whole:
            faces = detector.detect(frame.image, min_size)
        yield Followed(frame, False, faces, whole)


def _interpolate(pairs: list[tuple[Face, Face]], time: float) -> np.ndarray:
    """The boxes (N, 4) at a time 0..1 between two key frames, interpolated linearly."""
    return np.array([a.box + time * (b.box - a.box) for a, b in pairs]).reshape(-1, 4)


def _confirms(faces: list[Face], boxes: np.ndarray, pairs: list[tuple[Face, Face]]) -> bool:
    """Whether every reliable face was found where it was expected."""
    return all(
        any(face.overlap(box) >= CONFIRMED_IOU for face in faces)
        for (a, b), box in zip(pairs, boxes, strict=True)
        if max(a.score, b.score) >= RELIABLE_SCORE
    )


def pair(a: list[Face], b: list[Face]) -> list[tuple[Face, Face]] | None:
    """Which face of one key frame is which of the next: the assignment with the largest total IoU.

    An unreliable face without a partner is its own; if a reliable one has none, the result is None.
    """
    overlap = np.array([[x.overlap(y.box) for y in b] for x in a]).reshape(len(a), len(b))
    assignment = zip(*scipy.optimize.linear_sum_assignment(overlap, maximize=True), strict=True)
    pairs = [(i, j) for i, j in assignment if overlap[i, j] >= PAIRED_IOU]
    rest = [face for i, face in enumerate(a) if i not in {i for i, _ in pairs}]
    rest += [face for j, face in enumerate(b) if j not in {j for _, j in pairs}]
    if any(face.score >= RELIABLE_SCORE for face in rest):
        return None
    return [(a[i], b[j]) for i, j in pairs] + [(face, face) for face in rest]
