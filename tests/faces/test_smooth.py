import numpy as np
import pytest

from faces import align, smooth_matrices
from faces.smooth import MAX_FILLED_GAP


def _matrix(x, y, size=1.0, angle=0.0):
    a = size * np.exp(1j * angle)
    p = (align.REFERENCE_POINTS @ np.array([[1], [1j]])).ravel()
    p = a * (p - p.mean()) + x + 1j * y
    return align.similarity(np.stack([p.real, p.imag], axis=1))


def _middle(matrix):
    back = align.invert(matrix)
    return back[:, :2] @ align.REFERENCE_POINTS.mean(axis=0) + back[:, 2]


def _logarithm(matrix):
    a = np.log(complex(matrix[0, 0], matrix[1, 0]))
    return a.real, a.imag


def test_motion_along_a_parabola_is_left_as_it_is():
    x = [100 + 3 * n + 0.1 * n * n for n in range(20)]
    raw = {n: _matrix(x[n], 80 - n, np.exp(0.01 * n), 0.02 * n) for n in range(20)}
    for n, matrix in smooth_matrices(raw).items():
        np.testing.assert_allclose(matrix, raw[n], atol=1e-9)


def test_jitter_is_removed_and_nothing_lags():
    rng = np.random.default_rng(0)
    true = np.array([100 + 40 * np.sin(n / 12) for n in range(120)])
    raw = {n: _matrix(true[n] + rng.normal(0, 1), 80 + rng.normal(0, 1)) for n in range(120)}
    smooth = smooth_matrices(raw)
    x = np.array([_middle(smooth[n])[0] for n in range(120)])
    before = np.array([_middle(raw[n])[0] for n in range(120)])
    assert np.abs(np.diff(x, 2)).mean() < 0.35 * np.abs(np.diff(before, 2)).mean()
    errors = [np.mean((x[5 + lag : 115 + lag] - true[5:115]) ** 2) for lag in range(-3, 4)]
    assert np.argmin(errors) == 3  # no shift in time fits better than none


def test_size_and_angle_can_be_smoothed_over_more_frames_than_the_position():
    rng = np.random.default_rng(0)
    raw = {
        n: _matrix(100 + rng.normal(0, 1), 80, np.exp(rng.normal(0, 0.02)), rng.normal(0, 0.02))
        for n in range(100)
    }
    usual, wide = smooth_matrices(raw), smooth_matrices(raw, size_angle_window=25)
    assert all(np.allclose(_middle(wide[n]), _middle(usual[n])) for n in raw)
    kinds = raw, usual, wide
    spread = [np.std([_logarithm(kind[n]) for n in raw], axis=0) for kind in kinds]  # size, angle
    assert (spread[2] < 0.7 * spread[1]).all() and (spread[1] < 0.8 * spread[0]).all()


def test_short_gaps_are_filled_and_long_ones_and_cuts_are_not():
    missing = {10, 11, 12, *range(30, 30 + MAX_FILLED_GAP + 1)}
    raw = {n: _matrix(100 + 2 * n, 80) for n in range(60) if n not in missing}
    filled = smooth_matrices(raw)
    assert set(filled) - set(raw) == {10, 11, 12}
    np.testing.assert_allclose(_middle(filled[11]), [122, 80], atol=1e-9)
    assert set(smooth_matrices(raw, starts=[12])) == set(raw)


def test_across_a_cut_nothing_is_smoothed():
    raw = {n: _matrix(100 if n < 10 else 300, 80) for n in range(20)}
    for n, matrix in smooth_matrices(raw, starts=[10]).items():
        np.testing.assert_allclose(_middle(matrix), [100 if n < 10 else 300, 80], atol=1e-9)
    assert abs(_middle(smooth_matrices(raw)[9])[0] - 100) > 5


@pytest.mark.parametrize("numbers", [[4], [4, 5], [0, 12, 24, 36, 60]])
def test_few_frames_and_frames_twelve_apart_are_smoothed(numbers):
    raw = {n: _matrix(100 + n, 80) for n in numbers}
    found = smooth_matrices(raw, step=12 if len(numbers) > 2 else 1)
    assert set(found) == set(numbers) | ({48} if len(numbers) > 2 else set())
    for n, matrix in found.items():
        np.testing.assert_allclose(_middle(matrix), [100 + n, 80], atol=1e-9)
