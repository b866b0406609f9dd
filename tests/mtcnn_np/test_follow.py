"""Detection over clips, on drawn faces."""

from typing import NamedTuple

import numpy as np
import pytest

from examples.drawn import Look, draw_face
from faces import Face
from mtcnn_np import Detector, follow
from mtcnn_np.follow import pair

SIZE = 320, 240


class Frame(NamedTuple):
    number: int
    image: np.ndarray


@pytest.fixture(scope="module")
def detector():
    return Detector()


def _shot(images):
    """The images as the frames of one shot."""
    return [(Frame(n, image), False) for n, image in enumerate(images)]


def _frame(n, x=100.0, scale=1.1):
    return draw_face(SIZE, (x + 3 * n, 110 + n), scale, mouth=0.2 + 0.02 * n)


def _two(n):
    left, right = (
        draw_face(SIZE, (80 + n, 120), 1.0),
        draw_face(SIZE, (240, 120), 1.0, look=Look(skin=(120, 80, 60))),
    )
    left[:, 160:] = right[:, 160:]
    return left


def _same(found, expected):
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a.box, b.box, atol=1e-2)
        np.testing.assert_allclose(a.points, b.points, atol=1e-2)


def test_a_followed_face_is_where_whole_searches_have_it(detector):
    images = [_frame(n) for n in range(14)]
    followed = list(follow(_shot(images), detector, 40, 12))
    assert [f.frame.number for f in followed] == list(range(14))
    assert [f.frame.number for f in followed if f.whole] == [0, 12, 13]
    for found, image in zip(followed, images, strict=True):
        _same(found.faces, detector.detect(image, 40))


def test_a_batch_and_its_images_one_by_one(detector):
    images = [
        _frame(3),
        np.zeros((5, 7, 3), np.uint8),
        _two(2),
        draw_face((160, 120)),
        np.full((90, 90, 3), 128, np.uint8),
    ]
    for found, image in zip(detector.detect_batch(images, 30), images, strict=True):
        _same(found, detector.detect(image, 30))
    assert detector.detect_batch([], 40) == []


def test_faces_that_come_or_go_are_found_by_searching_every_frame(detector):
    images = [
        _two(n) if n >= 6 else _two(n) * 0 + draw_face(SIZE, (80 + n, 120), 1.0) for n in range(13)
    ]
    followed = list(follow(_shot(images), detector, 40, 12))
    assert [len(f.faces) for f in followed] == [1] * 6 + [2] * 7
    assert all(f.whole for f in followed)


def test_a_face_that_is_gone_for_a_frame_is_looked_for_in_the_whole_of_it(detector):
    images = [_frame(n) if n != 5 else np.full((240, 320, 3), 90, np.uint8) for n in range(13)]
    followed = list(follow(_shot(images), detector, 40, 12))
    assert [len(f.faces) for f in followed] == [1] * 5 + [0] + [1] * 7
    assert [f.frame.number for f in followed if f.whole] == [0, 5, 12]


def test_both_sides_of_a_cut_are_searched(detector):
    images = [_frame(n) if n < 7 else _frame(n - 7, 180) for n in range(15)]
    frames = [(Frame(n, image), n == 7) for n, image in enumerate(images)]
    followed = list(follow(frames, detector, 40, 12))
    assert [f.frame.number for f in followed] == list(range(15))
    assert [f.cut for f in followed] == [n == 7 for n in range(15)]
    assert [len(f.faces) for f in followed] == [1] * 15
    assert [f.frame.number for f in followed if f.whole] == [0, 6, 7, 14]


def _face(x, score=1.0):
    return Face(np.array([x, 0, x + 50, 60], np.float32), score, np.zeros((5, 2), np.float32))


def test_pairs_have_the_largest_total_overlap_and_are_none_if_a_face_is_left_over():
    a, b = [_face(0), _face(30)], [_face(35), _face(3)]
    assert pair(a, b) == [(a[0], b[1]), (a[1], b[0])]
    assert pair([], []) == []
    assert pair(a, b[:1]) is None and pair(a, [_face(0), _face(300)]) is None


def test_an_unreliable_face_is_paired_with_itself():
    a, b, unsure = _face(0), _face(3), _face(200, 0.8)
    assert pair([a, unsure], [b]) == [(a, b), (unsure, unsure)] and pair([], [unsure]) == [
        (unsure, unsure)
    ]
