"""Smooth the position of a face over time, and fill in short gaps.

Between frames of a still face the detected points jump by about a pixel, and a swapped face would
jitter with them. The similarities are smoothed as four numbers each, which change smoothly when a
head moves: x and y of the face's middle, the logarithm of its size, and its angle.

The filter fits a parabola to the frames around each frame (Savitzky & Golay 1964). It looks as far
ahead as back, so it does not delay motion, and a parabola follows the peaks of the motion.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import scipy

from .align import REFERENCE_POINTS, invert

SMOOTHING_WINDOW = 7  # frames to which the parabola is fitted; by eye
SMOOTHING_DEGREE = 2  # of the polynomial: a parabola
MAX_FILLED_GAP = 5  # frames without a face in a row that are filled in; by eye

_FACE_MIDDLE = REFERENCE_POINTS.mean(axis=0)


def smooth_matrices(
    matrices: dict[int, np.ndarray],
    starts: Iterable[int] = (),
    step: int = 1,
    size_angle_window: int = SMOOTHING_WINDOW,
) -> dict[int, np.ndarray]:
    """The matrices (2, 3), frame -> aligned, by frame number, smoothed, with short gaps filled in.

    starts             frames with which a shot begins: nothing is smoothed or filled across them
    step               distance between the numbers of successive frames that were searched
    size_angle_window  frames to which the parabola of size and angle is fitted
    """
    result: dict[int, np.ndarray] = {}
    if not matrices:
        return result
    for numbers in _split_at_gaps(np.array(sorted(matrices)), sorted(starts), step):
        parameters = np.array([_to_parameters(matrices[n]) for n in numbers])  # (F, 4)
        parameters[:, 3] = np.unwrap(parameters[:, 3])
        every = np.arange(numbers[0], numbers[-1] + 1, step)
        filled = np.stack([np.interp(every, numbers, column) for column in parameters.T], axis=1)
        _smooth(filled[:, :2], SMOOTHING_WINDOW)
        _smooth(filled[:, 2:], size_angle_window)
        result |= {int(n): _to_matrix(p) for n, p in zip(every, filled, strict=True)}
    return result


def _split_at_gaps(numbers: np.ndarray, starts: list[int], step: int) -> list[np.ndarray]:
    """Split rising frame numbers (F,) at cuts, and at gaps that are too long to fill."""
    shot = np.searchsorted(starts, numbers, side="right")  # rises by 1 with each start
    is_gap = np.diff(numbers) > (MAX_FILLED_GAP + 1) * step
    return np.split(numbers, np.flatnonzero(is_gap | (np.diff(shot) > 0)) + 1)


def _smooth(columns: np.ndarray, window: int) -> None:
    """Smooth columns (F, K) in place. Fewer frames than the window get a shorter one."""
    window = min(window, len(columns) - (len(columns) + 1) % 2)  # odd
    if window > SMOOTHING_DEGREE:
        columns[:] = scipy.signal.savgol_filter(columns, window, SMOOTHING_DEGREE, axis=0)


def _to_parameters(matrix: np.ndarray) -> np.ndarray:
    """x and y of the face's middle in the frame, logarithm of its scale, angle: (4,)."""
    back = invert(matrix)
    x, y = back[:, :2] @ _FACE_MIDDLE + back[:, 2]
    a = complex(back[0, 0], back[1, 0])
    return np.array([x, y, np.log(abs(a)), np.angle(a)])


def _to_matrix(parameters: np.ndarray) -> np.ndarray:
    """The inverse of `_to_parameters`."""
    x, y, log_scale, angle = parameters
    a = np.exp(log_scale + 1j * angle)
    rotation = np.array([[a.real, -a.imag], [a.imag, a.real]])
    return invert(np.column_stack([rotation, np.array([x, y]) - rotation @ _FACE_MIDDLE]))
