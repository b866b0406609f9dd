"""How good a swap is, measured against the true one, which is known for rendered actors.

A figure means something beside others measured the same way: "truth" is the true swap itself and shows what a figure's own
noise is, "nothing" is the target left as it was. Frames whose face is not in the picture, or more than half hidden, do not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage
from scipy.optimize import least_squares

from faces import Canvas, Face, align
from files import luma
from mtcnn_np import Detector

from .performance import Moment
from .camera import project
from .pose import apply_pose as turned
from .render import Model

READING_CANVAS = Canvas(align.INNER_FACE, (56, 72))  # on which expressions are read
READ = {
    "mouth": (slice(42, 72), slice(8, 48)),
    "blink": (slice(8, 32), slice(2, 54)),
    "gaze_x": (slice(8, 32), slice(2, 54)),
}
RIDGE = 3.0


@dataclass(frozen=True, eq=False)
class Compared:
    """A frame of all candidates: its number, images by name, (h, w, 3) uint8 each, "truth" and "nothing" among them; and what is
    known of it: mask (h, w) 0..1, points (5, 2) of the true swap, and its moment."""

    number: int
    images: dict[str, np.ndarray]
    mask: np.ndarray
    points: np.ndarray
    moment: Moment


def psnr(a: np.ndarray, b: np.ndarray, mask: np.ndarray) -> float:
    """Peak signal-to-noise ratio in dB of two pictures uint8, weighed by a mask (h, w)."""
    squares = (a.astype(np.float64) - b) ** 2
    mean = (squares.mean(-1) * mask).sum() / mask.sum()
    return float(10 * np.log10(255**2 / max(mean, 1e-6)))


def ssim(a: np.ndarray, b: np.ndarray, mask: np.ndarray) -> float:
    """Structural similarity of two pictures uint8 (Wang et al. 2004, eq. 13), of their luma, under a Gaussian of 1.5 px, weighed by a mask."""
    a, b = (luma(x) for x in (a, b))

    def blur(x):
        return ndimage.gaussian_filter(x, 1.5, truncate=3.5)

    ma, mb = blur(a), blur(b)
    va, vb, cov = blur(a * a) - ma * ma, blur(b * b) - mb * mb, blur(a * b) - ma * mb
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    each = (2 * ma * mb + c1) * (2 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))
    return float((each * mask).sum() / mask.sum())


def seam(picture: np.ndarray, before: np.ndarray) -> float:
    """How much steeper the picture became around the edge of what was changed, in levels a pixel; about 0 where no seam shows.

    Changed is where the difference is above 3 levels, but for specks, so that coding does not count. It is hardly smoothed before:
    the more a strong edge is smoothed, the farther out it is taken to be.
    """
    changed = ndimage.uniform_filter(np.abs(picture.astype(np.float32) - before).mean(-1), 3) > 3
    changed = ndimage.binary_opening(changed, iterations=2)
    rim = ndimage.binary_dilation(changed, iterations=3) & ~ndimage.binary_erosion(
        changed, iterations=3
    )
    if not rim.any():
        return 0.0
    steep = [
        np.hypot(*np.gradient(x.astype(np.float32).mean(-1)))[rim].mean() for x in (picture, before)
    ]
    return float(steep[0] - steep[1])


def pose(points: np.ndarray, anchors: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Yaw, pitch and roll in degrees of five points (5, 2) on a picture of size (w, h), given where they lie on the head, (5, 3).

    The turn, place and size of the head, six numbers, whose projection comes closest to the ten of the points.
    """

    def apart(q):
        return (
            project(
                turned(anchors, Moment(*(30 * q[:3]), shift_x=q[3], shift_y=q[4]), 1.0), q[5], size
            )[0]
            - points
        ).ravel()

    return 30 * least_squares(apart, [0, 0, 0, 0, 0, 0.3], method="lm").x[:3]


class _Candidate:
    """What was measured of a candidate: lists over the frames. points are the detector's, NaN where it finds nothing, beside the true ones;
    faces are aligned, None where nothing is found; last is the frame before: its number and its error."""

    def __init__(self, size: tuple[int, int]):
        self.size = size
        self.psnr, self.ssim, self.seam, self.flicker, self.points, self.faces, self.last = (
            [],
            [],
            [],
            [],
            [],
            [],
            (None, None),
        )


def score(
    frames: Iterable[Compared], model: Model, detector: Detector
) -> dict[str, dict[str, float]]:
    """Figures of each candidate by name; `model` is the true swap's.

    psnr, ssim            in the face, against the true swap: dB, 0..1
    found                 share of frames where the detector finds the face
    points                mean distance from the true points, in hundredths of the eyes' distance
    yaw, pitch, roll      mean error in degrees, as seen by the detector
    mouth, blink, gaze_x  mean error (of 0..1, or -1..1 for the gaze) of a linear reading of the aligned face; the reading is
                          fitted to every other frame of the true swap, and applied to those between
    seam                  see `seam`
    flicker               mean change of the error from frame to frame, in levels
    jitter                second difference of the detected points, over that of the true swap's

    What cannot be measured, such as the pose of a face that is never found, is NaN. Raises ValueError where there is no frame, or the
    detector never finds the true swap.
    """
    candidates: dict[str, _Candidate] = {}
    moments: list[Moment] = []
    numbers: list[int] = []
    for frame in frames:
        truth, before = frame.images["truth"], frame.images["nothing"]
        moments.append(frame.moment)
        numbers.append(frame.number)
        for name, image in frame.images.items():
            c = candidates.setdefault(name, _Candidate(image.shape[1::-1]))
            c.psnr.append(psnr(image, truth, frame.mask))
            c.ssim.append(ssim(image, truth, frame.mask))
            c.seam.append(seam(image, before))
            error = image.astype(np.float32) - truth
            if c.last[0] == frame.number - 1:
                c.flicker.append(
                    float(
                        (np.abs(error - c.last[1]).mean(-1) * frame.mask).sum() / frame.mask.sum()
                    )
                )
            c.last = frame.number, error
            face = _nearest(detector.detect(image), frame.points)
            c.points.append((face.points if face else np.full((5, 2), np.nan), frame.points))
            c.faces.append(_aligned(image, face.points) if face else None)
    if not candidates:
        raise ValueError("no frame to score: the face is never in the picture")
    if all(face is None for face in candidates["truth"].faces[::2]):
        raise ValueError(
            "nothing to score by: the detector does not find the face of the true swap"
        )
    anchors = [
        model.points3d(replace(m, yaw=0, pitch=0, roll=0, shift_x=0, shift_y=0)) for m in moments
    ]
    readers = {what: _Reader(candidates["truth"].faces[::2], moments[::2], what) for what in READ}
    shaking = {name: _jitter(c, numbers) for name, c in candidates.items()}
    return {
        name: _figures(c, moments, anchors, readers)
        | {"jitter": round(shaking[name] / (shaking["truth"] or np.nan), 4)}
        for name, c in candidates.items()
    }


def _nearest(faces: list[Face], points: np.ndarray) -> Face | None:
    """The face that is meant: the one whose points are nearest, if they are near at all."""
    reach = np.linalg.norm(points[1] - points[0])
    near = [(np.linalg.norm(f.points - points, axis=1).mean(), f) for f in faces]
    return min(((d, f) for d, f in near if d < reach), key=lambda df: df[0], default=(0, None))[1]


def _aligned(image: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The face on READING_CANVAS, grey, (h, w) float32."""
    return READING_CANVAS.warp(image, align.similarity(points)).astype(np.float32).mean(-1)


class _Reader:
    """A linear reading of one number of a Moment from an aligned face (h, w), fitted by ridge regression."""

    def __init__(self, faces: list[np.ndarray | None], moments: list[Moment], what: str):
        self.region = READ[what]
        pairs = [
            (self._features(f), getattr(m, what))
            for f, m in zip(faces, moments, strict=True)
            if f is not None
        ]
        x, y = np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])
        self.mean, self.level = x.mean(0), y.mean()
        x = x - self.mean
        # as many unknowns as pixels, few frames: solved in the space of the frames
        self.weights = x.T @ np.linalg.solve(
            x @ x.T + RIDGE * len(x) * np.eye(len(x)), y - self.level
        )

    def _features(self, face: np.ndarray) -> np.ndarray:
        """The region that is read, coarser, with its brightness and contrast taken out."""
        part = ndimage.gaussian_filter(face, 1)[self.region][::2, ::2]
        return ((part - part.mean()) / (part.std() + 1)).ravel()

    def __call__(self, face: np.ndarray) -> float:
        """The number that an aligned face shows."""
        return float((self._features(face) - self.mean) @ self.weights + self.level)


def plain(figures: dict[str, dict[str, float]]) -> dict[str, dict[str, float | None]]:
    """Figures for JSON, which knows no NaN: None instead."""
    return {
        name: {k: None if np.isnan(v) else v for k, v in each.items()}
        for name, each in figures.items()
    }


def _mean(values) -> float:
    """Their mean; NaN where there are none."""
    return float(np.mean(values)) if len(values) else float("nan")


def _figures(
    c: _Candidate, moments: list[Moment], anchors: list[np.ndarray], readers: dict[str, _Reader]
) -> dict[str, float]:
    """The figures of one candidate, all but its jitter."""
    seen, known = (np.array(p) for p in zip(*c.points, strict=True))  # (F, 5, 2)
    found = ~np.isnan(seen[:, 0, 0])
    apart = np.linalg.norm(known[:, 1] - known[:, 0], axis=1)
    poses = np.array(
        [pose(p, a, c.size) for p, a, f in zip(seen, anchors, found, strict=True) if f]
    ).reshape(-1, 3)
    true_poses = np.array([[m.yaw, m.pitch, m.roll] for m in moments])[found]
    out = {
        "psnr": _mean(c.psnr),
        "ssim": _mean(c.ssim),
        "found": _mean(found),
        "points": 100 * _mean((np.linalg.norm(seen - known, axis=2).mean(1) / apart)[found]),
        **dict(
            zip(("yaw", "pitch", "roll"), map(_mean, np.abs(poses - true_poses).T), strict=True)
        ),
    }
    for what, reader in readers.items():
        out[what] = _mean(
            [
                abs(reader(f) - getattr(m, what))
                for f, m in zip(c.faces[1::2], moments[1::2], strict=True)
                if f is not None
            ]
        )
    out |= {"seam": _mean(c.seam), "flicker": _mean(c.flicker)}
    return {k: round(v, 4) for k, v in out.items()}


def _jitter(c: _Candidate, numbers: list[int]) -> float:
    """The mean second difference of the points over three frames that follow one another, in pixels."""
    seen = np.array([p[0] for p in c.points])
    after = np.flatnonzero(np.diff(numbers, 2) == 0)
    after = after[np.diff(numbers)[after] == 1]
    second = np.linalg.norm(seen[after + 2] - 2 * seen[after + 1] + seen[after], axis=2).mean(1)
    return _mean(second[~np.isnan(second)])
