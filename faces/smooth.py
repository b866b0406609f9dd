"""A face's place through time without the detector's jitter, and across the few frames in which it was not seen.

Points jump by about a pixel from frame to frame on a still face, and a swapped face would tremble with them. What is smoothed is the
similarity, as four numbers that change smoothly when a head moves: the place of the face's middle, the logarithm of its size, its
angle. The filter fits a parabola to the frames around each frame (Savitzky & Golay 1964); it looks ahead as far as back, so
motion is not delayed, and a parabola's peak is not cut off.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from scipy.signal import savgol_filter

from .align import REFERENCE_POINTS, invert

WINDOW, ORDER = 7, 2  # frames, degree
GAP = 5  # frames at most that are filled in

_MIDDLE = REFERENCE_POINTS.mean(axis=0)


def smooth_matrices(
    matrices: dict[int, np.ndarray],
    starts: Iterable[int] = (),
    step: int = 1,
    upright: int = WINDOW,
) -> dict[int, np.ndarray]:
    """The matrices (2, 3), frame -> aligned, by frame number, smoothed within each shot, short gaps filled in.

    starts   the numbers of frames with which a shot begins: nothing is smoothed or filled in across
    step     how far apart the frames are that were looked at
    upright  over how many of them size and angle are smoothed
    """
    result: dict[int, np.ndarray] = {}
    for numbers in _stretches(sorted(matrices), sorted(starts), step):
        at = np.array([_parameters(matrices[n]) for n in numbers])  # (F, 4)
        at[:, 3] = np.unwrap(at[:, 3])
        every = np.arange(numbers[0], numbers[-1] + 1, step)
        filled = np.stack([np.interp(every, numbers, column) for column in at.T], axis=1)
        for columns, wide in ((slice(0, 2), WINDOW), (slice(2, 4), upright)):
            window = min(
                wide, len(every) - (len(every) + 1) % 2
            )  # odd, and no longer than the stretch
            if window > ORDER:
                filled[:, columns] = savgol_filter(filled[:, columns], window, ORDER, axis=0)
        result |= {int(n): _matrix(p) for n, p in zip(every, filled, strict=True)}
    return result


def _stretches(numbers: list[int], starts: list[int], step: int) -> Iterable[list[int]]:
    """Runs of frames without a cut or a gap too long to fill."""
    current: list[int] = []
    for number in numbers:
        if current and (
            number - current[-1] > (GAP + 1) * step
            or any(current[-1] < s <= number for s in starts)
        ):
            yield current
            current = []
        current.append(number)
    if current:
        yield current


def _parameters(matrix: np.ndarray) -> np.ndarray:
    """x and y of the face's middle in the frame, logarithm of its scale, angle."""
    back = invert(matrix)
    x, y = back[:, :2] @ _MIDDLE + back[:, 2]
    a = complex(back[0, 0], back[1, 0])
    return np.array([x, y, np.log(abs(a)), np.angle(a)])


def _matrix(parameters: np.ndarray) -> np.ndarray:
    x, y, size, angle = parameters
    a = np.exp(size + 1j * angle)
    turn = np.array([[a.real, -a.imag], [a.imag, a.real]])
    return invert(np.column_stack([turn, np.array([x, y]) - turn @ _MIDDLE]))
