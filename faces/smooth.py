"""A face's position through time without the detector's jitter, and across short gaps.

The five points jump by about a pixel between the frames of a still face, and a swapped face would
jitter with them. What is smoothed is the similarity, as four numbers that change smoothly when a
head moves: the position of the face's middle, the logarithm of its size, and its angle.

The filter fits a parabola to the frames around each frame (Savitzky & Golay 1964). It looks ahead
as far as back, so it does not delay motion, and a parabola does not cut off its peaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import savgol_filter

from .align import REFERENCE_POINTS, invert
from .manifest import Row
from .mask import estimate_yaw

SMOOTHING_WINDOW = 7  # frames to which the parabola is fitted; by eye
SMOOTHING_DEGREE = 2  # of the polynomial: a parabola
MAX_FILLED_GAP = 5  # frames without a face in a row that are filled in; by eye
YAW_SIGMA = 2.0  # frames, standard deviation of the Gaussian that smooths the yaw; by eye

_FACE_MIDDLE = REFERENCE_POINTS.mean(axis=0)


def smooth_matrices(
    matrices: dict[int, np.ndarray],
    starts: Iterable[int] = (),
    step: int = 1,
    upright: int = SMOOTHING_WINDOW,
) -> dict[int, np.ndarray]:
    """The matrices (2, 3), frame -> aligned, by frame number, smoothed, with short gaps filled in.

    starts   numbers of frames with which a shot begins: nothing is smoothed or filled across them
    step     distance of the frames that were looked at
    upright  window, in frames, over which size and angle are smoothed
    """
    result: dict[int, np.ndarray] = {}
    for numbers in _stretches(sorted(matrices), sorted(starts), step):
        parameters = np.array([_parameters(matrices[n]) for n in numbers])  # (F, 4)
        parameters[:, 3] = np.unwrap(parameters[:, 3])
        every = np.arange(numbers[0], numbers[-1] + 1, step)
        filled = np.stack([np.interp(every, numbers, column) for column in parameters.T], axis=1)
        _smooth(filled[:, :2], SMOOTHING_WINDOW)
        _smooth(filled[:, 2:], upright)
        result |= {int(n): _matrix(p) for n, p in zip(every, filled, strict=True)}
    return result


def smooth_yaw_over_time(rows: dict[int, Row]) -> dict[int, float]:
    """The yaw of each face that is replaced, by frame number, smoothed over a few frames.

    Frames whose points are not known get a value between those of their neighbours.
    """
    numbers = [n for n, row in rows.items() if row.ok]
    known = [n for n in numbers if rows[n].points is not None]
    if not numbers:
        return {}
    yaws = np.zeros(len(numbers))
    if known:
        yaws = np.interp(numbers, known, [estimate_yaw(np.array(rows[n].points)) for n in known])
    smoothed = gaussian_filter1d(yaws, YAW_SIGMA, mode="nearest")
    return dict(zip(numbers, smoothed.tolist(), strict=True))


def _stretches(numbers: list[int], starts: list[int], step: int) -> Iterator[list[int]]:
    """Runs of frames without a cut, and without a gap that is too long to fill."""
    current: list[int] = []
    for number in numbers:
        if current and (
            number - current[-1] > (MAX_FILLED_GAP + 1) * step
            or any(current[-1] < start <= number for start in starts)
        ):
            yield current
            current = []
        current.append(number)
    if current:
        yield current


def _smooth(columns: np.ndarray, window: int) -> None:
    """Smooth columns (F, K) in place; a stretch shorter than the window gets a shorter one."""
    window = min(window, len(columns) - (len(columns) + 1) % 2)  # odd
    if window > SMOOTHING_DEGREE:
        columns[:] = savgol_filter(columns, window, SMOOTHING_DEGREE, axis=0)


def _parameters(matrix: np.ndarray) -> np.ndarray:
    """x and y of the face's middle in the frame, logarithm of its scale, angle: (4,)."""
    back = invert(matrix)
    x, y = back[:, :2] @ _FACE_MIDDLE + back[:, 2]
    a = complex(back[0, 0], back[1, 0])
    return np.array([x, y, np.log(abs(a)), np.angle(a)])


def _matrix(parameters: np.ndarray) -> np.ndarray:
    """The inverse of `_parameters`."""
    x, y, log_scale, angle = parameters
    a = np.exp(log_scale + 1j * angle)
    rotation = np.array([[a.real, -a.imag], [a.imag, a.real]])
    return invert(np.column_stack([rotation, np.array([x, y]) - rotation @ _FACE_MIDDLE]))
