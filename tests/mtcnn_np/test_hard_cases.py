"""Faces that are hard to find, and input that is no image, on drawn faces."""

import gc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from examples.drawn import draw_face
from mtcnn_np import Detector

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def detector():
    return Detector()


def _face(scale=1.5, size=(300, 300)):
    return draw_face(size, (size[0] / 2, size[1] / 2 - 10), scale)


def _turned(image, degrees):
    return np.asarray(
        Image.fromarray(image).rotate(
            degrees, Image.Resampling.BICUBIC, fillcolor=tuple(int(v) for v in image[0, 0])
        )
    )


@pytest.mark.parametrize("degrees", [-40, -20, 20, 40])
def test_a_head_on_one_side(detector, degrees):
    upright = detector.detect(_face())[0]
    (found,) = detector.detect(_turned(_face(), degrees))
    angle = np.deg2rad(-degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    expected = (upright.points - 149.5) @ turn.T + 149.5
    assert np.abs(found.points - expected).max() < 0.2 * upright.interocular


@pytest.mark.parametrize("height, min_size", [(14, 12), (40, 20), (300, 40), (800, 40)])
def test_faces_of_all_sizes(detector, height, min_size):
    whole = detector.detect(_face())[0]
    scale = height / (whole.box[3] - whole.box[1])
    side = round(300 * scale)
    small = np.asarray(Image.fromarray(_face()).resize((side, side), Image.Resampling.LANCZOS))
    frame = np.full((max(side, 60) + 40, max(side, 60) + 60, 3), 90, np.uint8)
    frame[20 : 20 + side, 30 : 30 + side] = small
    found = detector.detect(frame, min_size)
    assert len(found) == 1
    assert np.abs(found[0].points - (whole.points * scale + [30, 20])).max() < max(
        0.12 * whole.interocular * scale, 2
    )


def test_a_face_half_out_of_the_frame(detector):
    frame = _face()
    whole = detector.detect(frame)[0]
    middle = int(whole.points[2, 0])
    for cut in (
        frame[:, middle - 45 :],
        frame[:, : middle + 45],
        frame[: int(whole.points[3, 1]) + 6],
    ):
        found = detector.detect(np.ascontiguousarray(cut))
        assert len(found) == 1 and np.isfinite(found[0].points).all()
    detector.detect(
        np.ascontiguousarray(frame[:, middle:])
    )  # found or not: half a face is nobody's duty


@pytest.mark.parametrize(
    "change",
    [lambda x: x * 0.25, lambda x: x * 0.5 + 128, lambda x: (x - 128) * 3 + 128],
    ids=["dark", "pale", "harsh"],
)
def test_bad_light(detector, change):
    assert (
        len(detector.detect(np.clip(change(_face().astype(float)), 0, 255).astype(np.uint8))) == 1
    )


@pytest.mark.parametrize("level", [0, 2, 253, 255])
def test_pitch_dark_and_blown_out(detector, level):
    frame = np.clip(_face().astype(int) // 64 + level, level and 250, 255).astype(np.uint8)
    assert detector.detect(frame) == [] or level in (0, 2)
    assert detector.detect(np.full((200, 200, 3), level, np.uint8)) == []


def test_grey_levels_in_three_channels_are_fine(detector):
    grey = _face().mean(axis=2, keepdims=True).astype(np.uint8).repeat(3, axis=2)
    assert len(detector.detect(grey)) == 1


@pytest.mark.parametrize(
    "bad, words",
    [
        (np.zeros((60, 60), np.uint8), "uint8 .60, 60"),
        (np.zeros((60, 60, 4), np.uint8), "60, 4"),
        (np.zeros((60, 60, 3), np.float32), "float32"),
        (np.zeros((60, 60, 1), np.uint8), "60, 1"),
        ("face.png", "str"),
    ],
)
def test_what_is_no_rgb_image_is_named(detector, bad, words):
    with pytest.raises(ValueError, match=words):
        detector.detect(bad)
    with pytest.raises(ValueError, match=words):
        detector.detect_batch([_face(), bad])


@pytest.mark.parametrize("shape", [(1, 400, 3), (400, 1, 3), (0, 0, 3), (11, 11, 3), (0, 50, 3)])
def test_slivers_and_nothing_have_no_faces(detector, shape):
    assert detector.detect(np.zeros(shape, np.uint8), 12) == []
    assert detector.detect_near([np.zeros(shape, np.uint8)], [np.array([[0.0, 0, 10, 10]])]) == [[]]


def test_not_contiguous(detector):
    frame = _face()
    views = [
        frame[::-1][::-1],
        np.asfortranarray(frame),
        np.dstack([frame, frame])[..., :3],
        frame.repeat(2, axis=1)[:, ::2],
    ]
    expected = detector.detect(frame)
    for view in views:
        found = detector.detect(view)
        assert not view.flags.c_contiguous or view is views[0]
        np.testing.assert_array_equal(found[0].points, expected[0].points)


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="reads the process's size from /proc"
)
def test_memory_stays_where_it_is_over_many_frames_of_all_sizes(detector):
    def megabytes():
        gc.collect()
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6

    def some(count):
        for _ in range(count):
            h, w = RNG.integers(40, 260, 2)
            detector.detect(RNG.integers(0, 256, (h, w, 3)).astype(np.uint8), 20)

    some(60)
    before = megabytes()
    some(240)
    assert megabytes() - before < 60
