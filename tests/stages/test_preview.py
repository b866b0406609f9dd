"""Which frames the preview shows, and how much of them."""

from fractions import Fraction

import numpy as np

from faces import Face, align
from faces.manifest import Row
from stages.clips import Selection
from stages.preview import PREVIEW_FRAMES, Preview, crop_around


def _rows(numbers, present):
    face = Face(np.array([30.0, 40, 150, 180]), 0.99, align.REFERENCE_POINTS)
    return {
        n: Row.with_face(n, Fraction(n, 25), face)
        if n in present
        else Row.without_face(n, Fraction(n, 25), "no face found")
        for n in numbers
    }


def test_frames_are_picked_from_what_is_written_whoever_is_in_them():
    tracks = [_rows(range(100), range(50)), _rows(range(100), range(60, 100))]
    picked = Preview(None, Selection(None, 55, 90), tracks)._pick_frames()
    assert len(picked) == PREVIEW_FRAMES and picked == sorted(picked)
    assert picked[0] == 60 and picked[-1] == 89


def test_a_crop_holds_the_face_and_stays_in_the_frame():
    for shift in ([40, 60], [-30, -40], [400, 300]):
        matrix = align.similarity(align.REFERENCE_POINTS + shift)
        rows, columns = crop_around(matrix, (480, 640, 3))
        assert 0 <= rows.start < rows.stop <= 480 and 0 <= columns.start < columns.stop <= 640
        for x, y in align.REFERENCE_POINTS + shift:
            assert rows.start <= max(y, 0) <= rows.stop
            assert columns.start <= max(x, 0) <= columns.stop
