"""Find the frames to leave unchanged, because their detection cannot be trusted.

Both functions take and give dicts by frame number, and give the reasons in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from files import luma

from .face import Face
from .select import frame_step


@dataclass(frozen=True)
class RejectionLimits:
    """When a detection is not trusted; all by eye. Frames are counted as in `faces.select`."""

    jump_reach: int = 3  # frames on each side that a face is compared with
    max_jump: float = 0.5  # distance from the face in those frames, in sides of its box
    max_growth: float = 1.6  # factor between its size and that in those frames, up or down
    contrast_reach: int = 60  # frames on each side whose median is the usual contrast
    min_contrast: float = 0.75  # share of the usual contrast; below it the face is fading


REJECTION = RejectionLimits()


def find_jumps(faces: dict[int, Face]) -> dict[int, str]:
    """Frames whose face has another place or size than in the frames around; with the reason.

    A face is trusted if it is near the median of the frames around, which follows steady motion, or
    near at least half of them, as right before and after a cut. So what is refused is a face that
    leaps away and soon comes back.
    """
    step, reach, refused = frame_step(faces), REJECTION.jump_reach, {}
    for number, face in faces.items():
        numbers = range(number - reach * step, number + reach * step + 1, step)
        around = [faces[n] for n in numbers if n in faces]
        if len(around) >= 3 and (reason := _jump(face, around)):
            refused[number] = reason
    return refused


def _jump(face: Face, around: list[Face]) -> str | None:
    """Why a face does not fit those of the frames around; None if it does."""
    max_jump, max_growth = REJECTION.max_jump, REJECTION.max_growth
    centre, centres = face.points.mean(axis=0), np.array([f.points.mean(axis=0) for f in around])
    distance = float(np.abs(centre - np.median(centres, axis=0)).max())
    limit = max_jump * float(np.median([np.sqrt(f.area) for f in around]))
    near = np.abs(centres - centre).max(axis=1) <= limit
    if distance > limit and near.mean() < 0.5:
        return f"the face is {distance:.0f} px from where the frames around have it"
    size, sizes = face.interocular, np.array([f.interocular for f in around])
    ratio = size / max(float(np.median(sizes)), 1e-6)
    alike = (sizes < max_growth * size) & (sizes * max_growth > size)
    if not 1 / max_growth < ratio < max_growth and alike.mean() < 0.5:
        return f"the face is {ratio:.2f} times the size that the frames around have"
    return None


def find_low_contrast(contrasts: dict[int, Sequence[float]]) -> dict[int, str]:
    """Frames whose face fades to black, to white, or into another shot; with the reason.

    The contrast of each quarter of a face is compared with the median of the frames around, so that
    a lasting change of light is not refused. What fades loses contrast everywhere. A hand in front
    of a face takes it from some quarters only, so the quarter that keeps most of it decides.
    `contrasts` are as `measure_contrasts` gives them.
    """
    refused, numbers = {}, sorted(contrasts)
    reach = REJECTION.contrast_reach * frame_step(contrasts)
    values = np.array([contrasts[n] for n in numbers])  # (F, 4)
    for number, quarters in zip(numbers, values, strict=True):
        first, last = np.searchsorted(numbers, (number - reach, number + reach + 1))
        usual = np.median(values[first:last], axis=0)
        share = float(np.max(quarters / np.maximum(usual, 1e-6)))
        if share < REJECTION.min_contrast:
            refused[number] = f"the face fades: {share:.0%} of its usual contrast"
    return refused


def measure_contrasts(face: np.ndarray) -> list[float]:
    """The contrast of each quarter of an aligned face (h, w, 3) RGB, row by row: 4 numbers.

    It is the standard deviation of the luma, in 8-bit levels.
    """
    brightness = luma(face)  # (h, w)
    halves = np.array_split(brightness, 2, axis=0)
    return [float(part.std()) for half in halves for part in np.array_split(half, 2, axis=1)]
