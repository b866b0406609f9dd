"""The exercises of chapter 7, MTCNN."""

import numpy as np

from mtcnn_np.nets import PNet
from mtcnn_np.pyramid import pyramid


def check_see(solution) -> None:
    """Hold it against which input cells change an output cell, found by counting."""
    assert tuple(solution([(3, 1), (2, 2), (3, 1), (3, 1)])) == (12, 2)
    assert tuple(solution([])) == (1, 1)
    rng = np.random.default_rng(0)
    for _ in range(20):
        layers = [(int(k), int(s)) for k, s in rng.integers(1, 4, (rng.integers(1, 5), 2))]
        first, second = ({0}, {1})  # the output cells 0 and 1, then the input cells they see
        for size, stride in layers[::-1]:
            first, second = (
                {stride * cell + tap for cell in cells for tap in range(size)}
                for cells in (first, second)
            )
        expected = max(first) - min(first) + 1, min(second) - min(first)
        assert tuple(solution(layers)) == expected, layers


def check_count_windows(solution) -> None:
    """Hold it against the sizes of the project's levels and of what PNet makes of them."""
    pnet = PNet()
    for shape, min_size, factor in [
        ((64, 90), 20, 0.709),
        ((61, 61), 31, 0.8),
        ((40, 99), 12, 0.5),
    ]:
        levels = pyramid(shape, min_size, factor)
        blank = [np.zeros((1, level.height, level.width, 3), np.float32) for level in levels]
        expected = sum(pnet(level)[1].size for level in blank)
        assert solution(*shape, min_size, factor) == expected, (shape, min_size, factor)
    assert solution(11, 300, 12, 0.709) == 0


def check_suppress_min(solution) -> None:
    """A box within another, and random boxes against the definition."""
    nested = np.array([[0, 0, 10, 10], [4, 4, 6, 6], [20, 0, 30, 10]], float)
    assert list(solution(nested, np.array([0.8, 0.9, 0.7]), 0.5)) == [1, 2]
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, 50, (40, 2))
    boxes = np.hstack([corner, corner + rng.uniform(5, 40, (40, 2))])
    scores = rng.random(40)
    kept = []
    for i in np.argsort(-scores):
        if all(_shared(boxes[i], boxes[j]) <= 0.6 for j in kept):
            kept.append(i)
    assert list(solution(boxes, scores, 0.6)) == kept


def _shared(a: np.ndarray, b: np.ndarray) -> float:
    """The area that two boxes share, over that of the smaller."""
    sides = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    return np.prod(np.maximum(sides, 0)) / min(np.prod(a[2:] - a[:2]), np.prod(b[2:] - b[:2]))
