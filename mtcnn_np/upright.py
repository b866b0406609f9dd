"""Notice a clip that stands on its head or lies on its side: turned, its faces are surer.

MTCNN takes many a face that stands on its head for an upright one, with its mouth on the forehead,
but it is rarely as sure of it. How sure it is counts in nines: 0.99 has two, 0.999 three.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from faces import Face, align
from files import pick_evenly

from .cascade import Detector
from .follow import RELIABLE_SCORE, ClipFrame
from .turn import turn_image

# Chosen on the two reference clips, drawn faces and 18 clips of actors, each turned and tilted;
# checked on eight other actors.
SURE_SCORE = 0.999  # most upright faces reach it, others hardly ever
SURE_SHARE = 0.25  # of the frames with a face; if so many reach SURE_SCORE, the clip is upright
COMPARED_FRAMES = 8  # of a doubtful clip, searched in all four orientations; by choice
MIN_WITNESSES = 3  # of them must show a reliable face in any orientation
WON_NINES = 0.5  # by which another orientation must be surer on average
# Degrees by which faces may be tilted in another orientation. A head tilted by 45 degrees is found
# as surely in the next orientation, but tilted there, too. Without this limit it turns the clip.
MAX_ROLL = 30.0
MAX_NINES = 4.0  # counted for one frame


def find_quarter_turns(
    faces: dict[int, list[Face]], frames: Iterable[ClipFrame], detector: Detector, min_size: float
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
    """As `find_quarter_turns`, by a search of images (H, W, 3) in all four orientations."""
    seen = [_search_all_turns(image, detector, min_size) for image in images]
    scores, rolls = np.array(seen).reshape(-1, 4, 2).transpose(2, 0, 1)  # (images, 4) each
    witnesses = scores.max(axis=1) >= RELIABLE_SCORE
    if witnesses.sum() < min(MIN_WITNESSES, max(len(seen), 1)):
        return 0
    nines = np.minimum(-np.log10(np.maximum(1 - scores[witnesses], 1e-9)), MAX_NINES).mean(axis=0)
    best = int(nines.argmax())
    roll = np.median(rolls[scores[:, best] >= RELIABLE_SCORE, best])
    return best if nines[best] >= nines[0] + WON_NINES and roll <= MAX_ROLL else 0


def _search_all_turns(
    image: np.ndarray, detector: Detector, min_size: float
) -> list[tuple[float, float]]:
    """The score and the roll of the surest face after 0 to 3 quarter turns; 0 and 90 without any.

    The turned image is searched only for faces of about the size of those found upright.
    """
    seen = []
    for quarter_turns in range(4):
        faces = detector.detect(turn_image(image, quarter_turns), min_size)
        if quarter_turns == 0:
            sizes = [face.area**0.5 for face in faces if face.score >= RELIABLE_SCORE]
            min_size = max(min_size, min(sizes, default=0) / 2)
        best = max(faces, key=lambda face: face.score, default=None)
        seen.append((best.score, _roll(best)) if best else (0.0, 90.0))
    return seen


def _roll(face: Face) -> float:
    """By how many degrees the face is tilted, to either side: 0..180."""
    to_aligned = align.similarity(face.points)
    return abs(np.degrees(np.arctan2(to_aligned[1, 0], to_aligned[0, 0])))


def _is_surely_upright(faces: dict[int, list[Face]]) -> bool:
    best = np.array([max(face.score for face in found) for found in faces.values() if found])
    return len(best) > 0 and float((best >= SURE_SCORE).mean()) >= SURE_SHARE


def _pick(frames: Iterable[ClipFrame], numbers: set[int]) -> Iterator[np.ndarray]:
    """The images of the frames with these numbers; decodes nothing after the last one."""
    for frame in frames:
        if frame.number in numbers:
            yield frame.image
        if frame.number >= max(numbers):
            return
