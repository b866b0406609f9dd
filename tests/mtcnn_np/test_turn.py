"""Faces in pictures that do not stand upright, and how such a clip is noticed."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from examples.drawn import draw_face
from faces import Canvas, align
from mtcnn_np import Detector, TurnedDetector, find_quarter_turns
from mtcnn_np.turn import turn_boxes, turn_points

CANVAS = Canvas(align.INNER_FACE, (70, 90))


@pytest.fixture(scope="module")
def detector():
    return Detector()


@cache
def _draw(n):
    return draw_face((170, 130), (80 + 3 * n, 62), mouth=n / 3)


def _frames(turns=0):
    return [
        SimpleNamespace(number=n, image=np.ascontiguousarray(np.rot90(_draw(n), turns)))
        for n in range(3)
    ]


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_face_in_a_turned_picture_is_the_upright_one(detector, turns):
    upright, turned = _frames()[0].image, _frames(turns)[0].image
    (expected,), (found,) = detector.detect(upright), TurnedDetector(detector, turns).detect(turned)
    assert found.score == expected.score and found.points.dtype == expected.points.dtype
    faces = [
        CANVAS.warp(image, align.similarity(face.points)).astype(int)
        for image, face in ((upright, expected), (turned, found))
    ]
    assert np.abs(faces[0] - faces[1]).max() <= 1
    x1, y1, x2, y2 = found.box
    assert x1 < x2 and y1 < y2 and (x2 - x1) * (y2 - y1) == pytest.approx(expected.area, rel=1e-5)
    ((near,),) = TurnedDetector(detector, turns).detect_near([turned], [found.box[None]])
    np.testing.assert_allclose(near.points, found.points, atol=0.01)


def test_turns_of_coordinates_are_those_of_the_picture():
    image = np.arange(12).reshape(3, 4)
    x, y = np.meshgrid(np.arange(4), np.arange(3))
    points = np.stack([x, y], axis=-1).reshape(-1, 2)
    for turns in range(4):
        moved = turn_points(points, image.shape, turns)
        turned = np.rot90(image, -turns)
        np.testing.assert_array_equal(turned[moved[:, 1], moved[:, 0]], image.ravel())
    np.testing.assert_array_equal(turn_boxes(np.array([0, 0, 1, 2]), (3, 4), 1), [0, 0, 2, 1])


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_turned_clip_is_noticed(detector, turns):
    frames = _frames(turns)
    faces = {f.number: detector.detect(f.image) for f in frames}
    assert find_quarter_turns(faces, frames, detector, 40) == turns


def test_an_upright_clip_with_sure_faces_is_not_searched_again(detector):
    faces = {f.number: detector.detect(f.image) for f in _frames()}
    assert find_quarter_turns(faces, None, None, 40) == 0


def test_a_clip_without_a_face_stays_as_it_is(detector):
    noise = np.random.default_rng(0).integers(0, 255, (3, 120, 160, 3), dtype=np.uint8)
    frames = [SimpleNamespace(number=n, image=image) for n, image in enumerate(noise)]
    assert find_quarter_turns(dict.fromkeys(range(3), []), frames, detector, 40) == 0
    assert find_quarter_turns({}, [], detector, 40) == 0


@pytest.mark.parametrize("degrees", [-45, 45])
def test_a_head_on_one_side_turns_nothing(detector, degrees):
    frames = _frames()
    for frame in frames:
        tilted = Image.fromarray(frame.image).rotate(degrees, Image.Resampling.BICUBIC)
        frame.image = np.asarray(tilted)
    faces = {f.number: detector.detect(f.image) for f in frames}
    assert find_quarter_turns(faces, frames, detector, 40) == 0
