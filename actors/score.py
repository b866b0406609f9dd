"""How good a swap is, measured against the true swap, which is known for rendered actors.

A figure means something only beside others measured the same way. The candidate "truth" is the true
swap itself: it shows how noisy a figure is. "nothing" is the target left as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import scipy

from faces import Face
from mtcnn_np import Detector

from .comparison import ComparedFrame
from .expression_reader import READING_REGIONS, ExpressionReader, crop_for_reading
from .measures import correlation, find_changed, fine_energy, psnr, seam_contrast, ssim
from .performance import Moment
from .pose import estimate_pose
from .render import Model

Figures = dict[str, float]

# Side of the smallest square that can be kept, in interocular distances; by eye. Even a finger is
# twice as wide.
KEPT_SPOT = 0.11


def score(frames: Iterable[ComparedFrame], model: Model, detector: Detector) -> dict[str, Figures]:
    """Figures of each candidate by name; `model` is the true swap's.

    psnr, ssim            in the face, against the true swap: dB, -1..1
    fine                  energy of the finest details in the face, over that of the true swap
    found                 share of frames in which the detector finds the face
    points                mean distance from the true points, in percent of the interocular distance
    yaw, pitch, roll      mean error in degrees, as seen by the detector
    mouth, blink, gaze_x  mean error of an ExpressionReader (of 0..1, or -1..1 for the gaze). It is
                          fitted to every other frame of the true swap, and applied to those between
    mouth_r, blink_r,     correlations of what it reads with what is played. An error is also large
    gaze_x_r              where a face looks a little different all the time; a correlation tells
                          whether it moves when it should
    replaced              share of frames in which a pixel of the face is changed: where no face is
                          found a frame passes as it is
    kept                  how well a swap leaves alone what hides the face, as a hand: intersection
                          over union of the hidden pixels and the unchanged ones, in the frames that
                          are replaced. Pixels that are alike in the target and in the true swap do
                          not count, and spots below KEPT_SPOT count as changed
    seam                  see `seam_contrast`
    flicker               mean change of the error from frame to frame, in 8-bit levels
    jitter                second difference of the detected points, over that of the true swap's

    What cannot be measured, such as the pose of a face that is never found, is NaN. Raises
    ValueError if there is no frame, or if the detector never finds the true swap.
    """
    known, candidates = _Known(), {}
    for frame in frames:
        known.add(frame)
        for name, image in frame.images.items():
            candidate = candidates.setdefault(name, _Candidate(image.shape[1::-1]))
            candidate.add(frame, image, _find_face(detector.detect(image), frame.points))
    if not candidates:
        raise ValueError("no frame to score: the face is never in the picture")
    readers = _fit_readers(candidates["truth"], known)
    anchors = [model.points3d(_face_camera(moment)) for moment in known.moments]
    true_jitter = candidates["truth"].jitter(known.numbers) or np.nan
    figures = {}
    for name, candidate in candidates.items():
        figures[name] = {
            **candidate.likeness_figures(),
            **candidate.pose_figures(known, anchors),
            **candidate.expression_figures(known, readers),
            **candidate.artefact_figures(),
            "fine": _mean(candidate.fine) / _mean(candidates["truth"].fine),
            "jitter": candidate.jitter(known.numbers) / true_jitter,
        }
    return {
        name: {key: round(value, 4) for key, value in each.items()}
        for name, each in figures.items()
    }


def nan_to_none(figures: dict[str, Figures]) -> dict[str, dict[str, float | None]]:
    """Figures for JSON, which has no NaN: None instead."""
    return {
        name: {k: None if np.isnan(v) else v for k, v in each.items()}
        for name, each in figures.items()
    }


def _fit_readers(truth: _Candidate, known: _Known) -> dict[str, ExpressionReader]:
    """Readers fitted to every other frame of the true swap."""
    faces, moments = truth.crops[::2], known.moments[::2]
    if all(face is None for face in faces):
        raise ValueError(
            "nothing to score by: the detector does not find the face of the true swap"
        )
    return {name: ExpressionReader(faces, moments, name) for name in READING_REGIONS}


def _face_camera(moment: Moment) -> Moment:
    """The moment with its expression, but with the head upright and in the middle."""
    return replace(moment, yaw=0, pitch=0, roll=0, shift_x=0, shift_y=0)


def _find_face(faces: list[Face], points: np.ndarray) -> Face | None:
    """The detected face whose points are nearest to `points`, within one interocular distance."""
    limit = np.linalg.norm(points[1] - points[0])
    distances = [np.linalg.norm(face.points - points, axis=1).mean() for face in faces]
    near = [(d, face) for d, face in zip(distances, faces, strict=True) if d < limit]
    return min(near, key=lambda pair: pair[0], default=(0, None))[1]


def _mean(values) -> float:
    """The mean; NaN for no values."""
    return float(np.mean(values)) if len(values) else float("nan")


def find_replaced(image: np.ndarray, frame: ComparedFrame) -> np.ndarray:
    """Where the face of a frame is not as it was in the target: (h, w) bool."""
    return (frame.mask > 0.5) & find_changed(image, frame.images["nothing"])


def count_kept(image: np.ndarray, frame: ComparedFrame) -> tuple[int, int]:
    """How many pixels of a face (H, W, 3) are both hidden and unchanged, and how many either.

    Pixels that are alike in the target and in the true swap are not counted, nor is a frame that
    was not replaced. A smaller spot than KEPT_SPOT is where the new face has the old one's colour
    by chance: that counts as changed.
    """
    before, truth, hidden = frame.images["nothing"], frame.images["truth"], frame.hidden
    if not hidden.any() or not find_replaced(image, frame).any():
        return 0, 0
    counted = (frame.mask > 0.5) & (hidden | find_changed(truth, before))
    interocular = np.linalg.norm(frame.points[1] - frame.points[0])
    side = max(round(KEPT_SPOT * float(interocular)), 1)
    same = (
        scipy.ndimage.binary_opening(~find_changed(image, before), np.ones((side, side))) & counted
    )
    return int((same & hidden).sum()), int((same | hidden & counted).sum())


@dataclass(eq=False)
class _Known:
    """What is known of the F scored frames."""

    numbers: list[int] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    points: list[np.ndarray] = field(default_factory=list)  # (5, 2) each, of the true swap

    def add(self, frame: ComparedFrame) -> None:
        self.numbers.append(frame.number)
        self.moments.append(frame.moment)
        self.points.append(frame.points)


@dataclass(eq=False)
class _Candidate:
    """What was measured of a candidate, frame by frame."""

    size: tuple[int, int]  # (w, h) of its pictures
    psnr: list[float] = field(default_factory=list)
    ssim: list[float] = field(default_factory=list)
    fine: list[float] = field(default_factory=list)  # in squared levels
    seam: list[float] = field(default_factory=list)
    flicker: list[float] = field(default_factory=list)
    replaced: list[bool] = field(default_factory=list)
    kept: list[tuple[int, int]] = field(default_factory=list)  # pixels of intersection and union
    points: list[np.ndarray] = field(default_factory=list)  # (5, 2) detected; NaN if none is found
    crops: list[np.ndarray | None] = field(default_factory=list)  # see crop_for_reading
    last_number: int | None = None
    last_error: np.ndarray | None = None

    def add(self, frame: ComparedFrame, image: np.ndarray, face: Face | None) -> None:
        truth, mask = frame.images["truth"], frame.mask
        self.psnr.append(psnr(image, truth, mask))
        self.ssim.append(ssim(image, truth, mask))
        self.fine.append(fine_energy(image, mask))
        self.seam.append(seam_contrast(image, frame.images["nothing"]))
        self.kept.append(count_kept(image, frame))
        self.replaced.append(bool(find_replaced(image, frame).any()))
        error = image.astype(np.float32) - truth
        if self.last_number == frame.number - 1:
            change = np.abs(error - self.last_error).mean(-1)
            self.flicker.append(float((change * mask).sum() / mask.sum()))
        self.last_number, self.last_error = frame.number, error
        self.points.append(face.points if face else np.full((5, 2), np.nan))
        self.crops.append(crop_for_reading(image, face.points) if face else None)

    def likeness_figures(self) -> Figures:
        return {"psnr": _mean(self.psnr), "ssim": _mean(self.ssim)}

    def artefact_figures(self) -> Figures:
        both, either = np.sum(self.kept, axis=0)
        return {
            "replaced": _mean(self.replaced),
            "kept": both / either if either else np.nan,
            "seam": _mean(self.seam),
            "flicker": _mean(self.flicker),
        }

    def pose_figures(self, known: _Known, anchors: list[np.ndarray]) -> Figures:
        """Errors of points and pose; anchors are the true points on the unturned head."""
        detected, true = np.array(self.points), np.array(known.points)  # (F, 5, 2)
        found = ~np.isnan(detected[:, 0, 0])
        interocular = np.linalg.norm(true[:, 1] - true[:, 0], axis=1)
        distance = np.linalg.norm(detected - true, axis=2).mean(1) / interocular
        poses = np.array(
            [
                estimate_pose(detected[i], anchors[i], self.size, known.moments[i].distance)
                for i in np.flatnonzero(found)
            ]
        ).reshape(-1, 3)
        true_poses = np.array([[m.yaw, m.pitch, m.roll] for m in known.moments])[found]
        yaw, pitch, roll = (_mean(errors) for errors in np.abs(poses - true_poses).T)
        return {
            "found": _mean(found),
            "points": 100 * _mean(distance[found]),
            "yaw": yaw,
            "pitch": pitch,
            "roll": roll,
        }

    def expression_figures(self, known: _Known, readers: dict[str, ExpressionReader]) -> Figures:
        """Errors and correlations over the frames between those that the readers were fitted to."""
        pairs = zip(self.crops[1::2], known.moments[1::2], strict=True)
        pairs = [(face, moment) for face, moment in pairs if face is not None]
        figures = {}
        for name, reader in readers.items():
            read = np.array([reader.read(face) for face, _ in pairs])
            true = np.array([getattr(moment, name) for _, moment in pairs])
            figures[name] = _mean(np.abs(read - true))
            figures[f"{name}_r"] = correlation(read, true)
        return figures

    def jitter(self, numbers: list[int]) -> float:
        """Mean second difference of the points over three successive frames, in pixels."""
        points = np.array(self.points)
        steps = np.diff(numbers)
        first = np.flatnonzero((steps[:-1] == 1) & (steps[1:] == 1))
        second = points[first + 2] - 2 * points[first + 1] + points[first]
        distance = np.linalg.norm(second, axis=2).mean(1)
        return _mean(distance[~np.isnan(distance)])
