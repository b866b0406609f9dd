"""Clips of aligned faces for the judges: enlarged, bordered, under the frames' own numbers."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

import video
from benchmarks import as_drawn
from stages.convert_steps import CONVERT_BATCH
from stages.presets import PRESETS


def test_every_face_is_drawn_under_its_number():
    faces = {n: np.full((4, 4, 3), n, np.uint8) for n in range(3, CONVERT_BATCH + 5)}
    drawn = as_drawn.draw_as_donor(faces, lambda some: some / np.float32(255) + 2 / 255)
    assert list(drawn) == list(faces)
    assert all(face.dtype == np.uint8 and (face == n + 2).all() for n, face in drawn.items())


def test_a_face_stands_in_a_border_and_a_frame_without_one_is_grey(tmp_path):
    path, rate = tmp_path / "faces.mkv", Fraction(25)
    as_drawn.write_faces(path, {1: np.full((8, 6, 3), 200, np.uint8)}, rate, "a test")
    first, second = video.open_clip(path)
    assert (first.image == as_drawn.GREY).all()
    inside = np.full((8 * as_drawn.ENLARGED, 6 * as_drawn.ENLARGED), True)
    face = (second.image == 200).all(-1)
    np.testing.assert_array_equal(face, np.pad(inside, as_drawn.BORDER))
    assert second.time == Fraction(1, 25)
    assert video.read_comment(path) == "a test"


def test_coloured_faces_are_the_drawn_ones_after_the_transfer():
    preset = replace(PRESETS["standard"], colour="light")
    faces = np.random.default_rng(0).integers(50, 200, (3, 128, 128, 3)).astype(np.uint8)
    dark = as_drawn.colour(lambda some: some / np.float32(510), preset)(faces)
    np.testing.assert_allclose(dark, faces / 255, atol=0.01)
