"""The exercises of chapter 8, alignment."""

import numpy as np

from faces import align


def check_fit(solution) -> None:
    """Hold it against the project for five points, and against a known map for other numbers."""
    rng = np.random.default_rng(0)
    for _ in range(5):
        points = align.REFERENCE_POINTS @ _rotation(rng) + rng.normal(0, 4, (5, 2)) + [90, 40]
        expected = align.similarity(points)
        np.testing.assert_allclose(solution(points, align.REFERENCE_POINTS), expected, atol=1e-9)
    for count in (2, 3, 12):
        standard, rotation = rng.uniform(0, 100, (count, 2)), _rotation(rng)
        matrix = solution(standard @ rotation + [30, -20], standard)
        expected = np.linalg.inv(rotation).T
        np.testing.assert_allclose(matrix[:, :2], expected, atol=1e-9)
        np.testing.assert_allclose(matrix[:, 2], -expected @ [30, -20], atol=1e-9)


def check_is_mirrored(solution) -> None:
    """Faces with noise, as they are and with left and right exchanged."""
    rng = np.random.default_rng(0)
    standard = align.REFERENCE_POINTS
    for _ in range(10):
        points = standard @ _rotation(rng) + rng.normal(0, 2, (5, 2)) + rng.uniform(0, 300, 2)
        assert solution(points, standard) is not None
        assert not solution(points, standard)
        assert solution(points[[1, 0, 2, 4, 3]], standard)
        assert solution(points * [-1, 1], standard)


def check_shrink(solution) -> None:
    """Numbers by hand, and sums that must stay."""
    image = np.arange(16).reshape(2, 8, 1)
    np.testing.assert_allclose(solution(image, 2)[..., 0], [[4.5, 6.5, 8.5, 10.5]])
    image = np.random.default_rng(0).integers(0, 256, (12, 18, 3)).astype(np.uint8)
    for factor in (1, 2, 3, 6):
        small = solution(image, factor)
        assert small.shape == (12 // factor, 18 // factor, 3)
        corner = image[-factor:, -factor:].reshape(-1, 3).mean(axis=0)
        np.testing.assert_allclose(small[-1, -1], corner)
        np.testing.assert_allclose(small.mean(axis=(0, 1)), image.mean(axis=(0, 1)))


def _rotation(rng: np.random.Generator) -> np.ndarray:
    """A random rotation with a scale, as a matrix (2, 2) for rows."""
    a = rng.uniform(0.5, 3) * np.exp(1j * rng.uniform(-np.pi, np.pi))
    return np.array([[a.real, a.imag], [-a.imag, a.real]])
