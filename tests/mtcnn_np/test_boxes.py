"""Suppression, regression and squares of boxes."""

import numpy as np

from faces.face import iou
from mtcnn_np.boxes import regress, square, suppress

RNG = np.random.default_rng(0)


def _boxes(count):
    corner = RNG.random((count, 2)) * 60
    return np.hstack([corner, corner + 10 + RNG.random((count, 2)) * 40]).astype(np.float32)


def test_suppression_against_the_definition():
    boxes, scores = _boxes(80), RNG.random(80).astype(np.float32)
    left, kept = sorted(range(80), key=lambda i: -scores[i]), []
    while left:
        best = left.pop(0)
        kept.append(best)
        left = [i for i in left if iou(boxes[best], boxes[i]) <= 0.4]
    assert suppress(boxes, scores, 0.4).tolist() == kept
    assert suppress(boxes, scores, 0.4, most=3).tolist() == kept[:3]
    assert suppress(boxes[:0], scores[:0], 0.4).tolist() == []


def test_ties_go_to_the_first():
    assert suppress(
        np.array([[0, 0, 10, 10]] * 3, np.float32), np.ones(3, np.float32), 0.5
    ).tolist() == [0]


def test_regression_and_squaring():
    box = np.array([[10, 20, 30, 60]], np.float32)
    np.testing.assert_allclose(
        regress(box, np.array([[0.1, 0, -0.1, 0.5]], np.float32)), [[12, 20, 28, 80]]
    )
    np.testing.assert_allclose(square(box), [[0, 20, 40, 60]])
