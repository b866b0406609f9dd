"""Notice a clip that stands on its head or lies on its side: turned, its faces are surer.

MTCNN takes many a face that stands on its head for an upright one, with its mouth on the forehead,
but rarely is it as sure. How sure it is counts in nines: 0.99 has two, 0.999 three.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from faces import Face
from files import pick_evenly

from .cascade import Detector
from .follow import RELIABLE_SCORE, Frame
from .turn import TurnedDetector

# Chosen on the two reference clips, six actors and drawn faces, each turned and tilted; checked on
# twelve other actors.
SURE_SCORE = 0.999  # that upright faces reach, and hardly ever those that are not
SURE_SHARE = 0.25  # of the frames with a face; if so many reach SURE_SCORE, the clip is upright
COMPARED_FRAMES = 8  # of a doubtful clip, searched in all four orientations; by choice
MIN_WITNESSES = 3  # of them must show a reliable face in any orientation
WON_NINES = 1.25  # by which another orientation must be surer on average
MAX_NINES = 4.0  # counted for one frame


def find_quarter_turns(
    faces: dict[int, list[Face]], frames: Iterable[Frame], detector: Detector, min_size: float
) -> int:
    """How often a clip must be turned clockwise by 90 degrees to stand upright: 0 to 3.

    faces   what was found in the frames as they are, by frame number
    frames  the same ones; decoded once more, but only if the faces leave a doubt
    """
    if _is_surely_upright(faces):
        return 0
    numbers = sorted(faces)
    picked = {numbers[i] for i in pick_evenly(len(numbers), COMPARED_FRAMES)}
    return compare_turns(_pick(frames, picked), detector, min_size)


def compare_turns(images: Iterable[np.ndarray], detector: Detector, min_size: float) -> int:
    """As `find_quarter_turns`, by a search of these images in all four orientations."""
    rows = []
    for image in images:
        upright = detector.detect(image, min_size)
        turned = [
            TurnedDetector(detector, turns).detect(image, _least_size(upright, min_size))
            for turns in (1, 2, 3)
        ]
        rows.append([_best_score(faces) for faces in (upright, *turned)])
    scores = np.array(rows).reshape(-1, 4)
    witnesses = scores[scores.max(axis=1) >= RELIABLE_SCORE]
    if len(witnesses) < min(MIN_WITNESSES, max(len(rows), 1)):
        return 0
    nines = np.minimum(-np.log10(np.maximum(1 - witnesses, 1e-9)), MAX_NINES).mean(axis=0)  # (4,)
    best = int(nines.argmax())
    return best if nines[best] >= nines[0] + WON_NINES else 0


def _is_surely_upright(faces: dict[int, list[Face]]) -> bool:
    best = np.array([_best_score(found) for found in faces.values() if found])
    return len(best) > 0 and float((best >= SURE_SCORE).mean()) >= SURE_SHARE


def _best_score(faces: list[Face]) -> float:
    return max((face.score for face in faces), default=0.0)


def _least_size(upright: list[Face], min_size: float) -> float:
    """The size of faces to look for in the turned image: about that of those found upright."""
    sizes = [face.area**0.5 for face in upright if face.score >= RELIABLE_SCORE]
    return max(min_size, min(sizes, default=0) / 2)


def _pick(frames: Iterable[Frame], numbers: set[int]) -> Iterator[np.ndarray]:
    """The images of the frames with these numbers; decodes nothing after the last one."""
    for frame in frames:
        if frame.number in numbers:
            yield frame.image
        if frame.number >= max(numbers):
            return
