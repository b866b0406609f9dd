"""The exercises of chapter 11, Poisson blending."""

import numpy as np

import poisson


def check_blend_row(solution) -> None:
    """Hold it against the least-squares solution, for rows of several lengths."""
    rng = np.random.default_rng(0)
    for n in (2, 3, 8, 30):
        source, frame = rng.uniform(0, 255, (2, n))
        differences = np.diff(np.eye(n), axis=0)
        ends, inner = [0, n - 1], slice(1, n - 1)
        wanted = differences @ source - differences[:, ends] @ frame[ends]
        expected = frame.copy()
        expected[inner] = np.linalg.lstsq(differences[:, inner], wanted, rcond=None)[0]
        np.testing.assert_allclose(solution(source, frame), expected, atol=1e-8)


def check_relax(solution) -> None:
    """One sweep by hand, and after many sweeps the membrane of the project."""
    rng = np.random.default_rng(0)
    mask = np.zeros((9, 10), bool)
    mask[2:7, 3:8] = mask[1, 5] = True
    known = rng.uniform(0, 255, mask.shape)
    once = solution(mask, known, 1)
    np.testing.assert_allclose(once[2, 3], (known[1, 3] + known[2, 2]) / 4)
    np.testing.assert_allclose(once[4, 5], 0, atol=1e-12)
    result = solution(mask, known, 300)
    np.testing.assert_allclose(result, poisson.Domain(mask).solve(known), atol=1e-4)


def check_mean_value_membrane(solution) -> None:
    """It reproduces linear functions, and stays between the least and the greatest value."""
    rng = np.random.default_rng(0)
    angle = np.sort(rng.uniform(0, 2 * np.pi, 30))
    rim = np.stack([8 * np.cos(angle), 5 * np.sin(angle)], axis=1)
    points = rng.uniform(-1.5, 1.5, (20, 2))
    linear = rim @ [2, -3] + 7
    np.testing.assert_allclose(solution(points, rim, linear), points @ [2, -3] + 7, atol=1e-8)
    values = rng.uniform(10, 20, 30)
    result = np.asarray(solution(points, rim, values))
    assert result.shape == (20,) and 10 < result.min() and result.max() < 20
    square = np.array([[1.0, 1], [-1, 1], [-1, -1], [1, -1]])
    one_corner = solution(np.array([[0.0, 0], [0.5, 0.5]]), square, np.array([1.0, 0, 0, 0]))
    np.testing.assert_allclose(one_corner, [0.25, 0.5729490], atol=1e-6)
