"""Quality figures that need no judge: the swap is compared with the target, frame by frame.

The detector says where the face of the output is. The nets themselves say whose it is: the decoder
that draws it better is that of its person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import scipy

from faces import Canvas, Face
from faces.manifest import Row
from files import luma, pick_evenly
from mtcnn_np import Detector

from .readings import estimate_yaw
from .stills import Frames

MEASURED_PAIRS = 24  # of consecutive frames, evenly spaced over the replaced ones; by choice
RIM_WIDTH = 3  # pixels of the canvas, on each side of the edge of what is replaced
QUALITY_CANVAS_PX = 128  # side of the canvas on which seams and flicker are measured


def pick_pairs(rows: dict[int, Row]) -> list[tuple[int, int]]:
    """Pairs of frames, one after the other in the output, whose faces are detected and replaced."""
    numbers = list(rows)
    pairs = [
        (a, b)
        for a, b in zip(numbers, numbers[1:], strict=False)
        if rows[a].status == rows[b].status == "ok"
    ]
    return [pairs[i] for i in pick_evenly(len(pairs), MEASURED_PAIRS)] if pairs else []


@dataclass(eq=False)
class Quality:
    """Collects what is measured in the frames of `pick_pairs`.

    rows    of the face that is replaced, by frame number
    redraw  faces (N, h, w, 3) uint8, identity "a" or "b" -> drawn again, 0..1; None without nets
    """

    rows: dict[int, Row]
    canvas: Canvas  # that of the aligned faces
    redraw: Callable | None = None
    detector: Detector = field(default_factory=Detector)
    found: list[Face | None] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    seams: list[float] = field(default_factory=list)  # 8-bit levels a pixel
    changes: dict[str, list[float]] = field(default_factory=lambda: {"target": [], "swap": []})
    faces: list[np.ndarray] = field(default_factory=list)  # of the output, aligned
    before: dict[str, np.ndarray] = field(default_factory=dict)  # faces of the frame before
    before_number: int = -1

    def __post_init__(self) -> None:
        self.second = {b: a for a, b in pick_pairs(self.rows)}
        square = Canvas(self.canvas.region, (QUALITY_CANVAS_PX, QUALITY_CANVAS_PX))
        inside = square.reach() > 0
        outer = scipy.ndimage.binary_dilation(inside, iterations=RIM_WIDTH)
        self.square, self.inside = square, square.mask() > 0.5
        self.rim = outer & ~scipy.ndimage.binary_erosion(inside, iterations=RIM_WIDTH)

    @property
    def wanted(self) -> set[int]:
        """The numbers of the frames that are read."""
        return set(self.second) | set(self.second.values())

    def add(self, frames: Frames) -> None:
        """Measure one of the `wanted` frames; they come in order."""
        number, image = frames["target"].number, frames["swap"].image
        row = self.rows[number]
        matrix = np.array(row.matrix)
        faces = self.detector.detect_near([image], [np.array([row.box], np.float32)])[0]
        self.found.append(_nearest(faces, np.array(row.points)))
        self.numbers.append(number)
        now = {n: self.square.warp(frames[n].image, matrix) for n in ("target", "swap")}
        self.seams.append(_steepness(now["swap"], self.rim) - _steepness(now["target"], self.rim))
        if self.second.get(number) == self.before_number:
            for name, face in now.items():
                self.changes[name].append(_mean_change(face, self.before[name], self.inside))
        self.before, self.before_number = now, number
        self.faces.append(self.canvas.warp(image, matrix))

    def figures(self, people: dict[str, np.ndarray]) -> dict[str, float | None]:
        """The figures; None for what cannot be measured. `people` are aligned faces of "a", "b".

        score     mean of the detector's score in the output
        found     share of the measured faces that the detector finds in the output
        points    mean distance of the five points from the target's, in percent of the
                  interocular distance
        yaw       mean difference of the yaw from the target's, in degrees
        identity  0: the face is the target's person, 1: it is the donor
        seam      how much steeper the picture is along the edge of what is replaced, in levels a
                  pixel
        flicker   how much the face changes from frame to frame, over how much the target's does
        """
        pairs = [
            (face, self.rows[n])
            for face, n in zip(self.found, self.numbers, strict=True)
            if face is not None
        ]
        return {
            "score": _mean([face.score for face, _ in pairs]),
            "found": _mean([face is not None for face in self.found]),
            "points": _mean([_point_error(face, np.array(row.points)) for face, row in pairs]),
            "yaw": _mean(
                [np.abs(estimate_yaw(f.points) - estimate_yaw(row.points)) for f, row in pairs]
            ),
            "identity": self._identity(people),
            "seam": _mean(self.seams),
            "flicker": self._flicker(),
        }

    def _flicker(self) -> float | None:
        target, swap = (_mean(self.changes[name]) for name in ("target", "swap"))
        return swap / target if target else None

    def _identity(self, people: dict[str, np.ndarray]) -> float | None:
        """Where the output's faces lie between the two people, by which decoder draws them better.

        With the errors e_a and e_b of the faces redrawn by either decoder, r = mean log(e_a / e_b).
        It is scaled so that the target's own faces have 0 and the donor's 1.
        """
        if self.redraw is None or not self.faces:
            return None
        a, b, swap = (
            self._preference(faces) for faces in (people["a"], people["b"], np.stack(self.faces))
        )
        return (swap - a) / (b - a) if abs(b - a) > 1e-6 else None

    def _preference(self, faces: np.ndarray) -> float:
        mask = self.canvas.mask()[..., None]
        errors = [
            (np.abs(self.redraw(faces, identity) - faces / np.float32(255)) * mask).mean((1, 2, 3))
            for identity in "ab"
        ]
        return float(np.log(errors[0] / np.maximum(errors[1], 1e-6)).mean())


def _nearest(faces: list[Face], points: np.ndarray) -> Face | None:
    """The face whose points are nearest to `points`, within one interocular distance."""
    limit = float(np.linalg.norm(points[1] - points[0]))
    distances = [float(np.linalg.norm(face.points - points, axis=1).mean()) for face in faces]
    best = min(range(len(faces)), key=distances.__getitem__, default=None)
    return faces[best] if best is not None and distances[best] < limit else None


def _point_error(face: Face, points: np.ndarray) -> float:
    distance = float(np.linalg.norm(face.points - points, axis=1).mean())
    return 100 * distance / float(np.linalg.norm(points[1] - points[0]))


def _steepness(picture: np.ndarray, where: np.ndarray) -> float:
    """The mean length of the gradient of a picture's luma, in 8-bit levels a pixel."""
    levels = luma(picture.astype(np.float32))
    return float(np.hypot(*np.gradient(levels))[where].mean())


def _mean_change(now: np.ndarray, before: np.ndarray, where: np.ndarray) -> float:
    return float(np.abs(now.astype(np.float32) - before)[where].mean())


def _mean(values: list) -> float | None:
    return float(np.mean(values)) if values else None
