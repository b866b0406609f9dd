"""Single steps of the search against plain references."""

import numpy as np

from faces import align, warp
from provenance.correlate import correlate, whiten
from provenance.pattern import block_dct, inverse_block_dct, mark_pattern, mark_signs
from provenance.placement import MAX_SHIFT, SEARCH_ROTATIONS, SEARCH_SCALES
from provenance.rectify import SEARCH_CANVAS, SEARCH_MARGIN, SEARCH_SHAPE, rectify
from provenance.resample import resample, shift_origin

MATRIX = np.array([[0.9, -0.2, 3.5], [0.2, 0.9, -2.25]])


def test_resample_is_the_warp_of_faces_for_one_channel():
    image = np.random.default_rng(0).random((40, 50), dtype=np.float32)
    expected = warp.warp(image[..., None], MATRIX, (45, 35), edges="repeat")[..., 0]
    found = resample(image, align.invert(MATRIX), (35, 45), "nearest")
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_shift_origin_gives_the_matrix_of_a_crop():
    rows, columns = slice(7, 20), slice(11, 30)
    point = np.array([25.0, 16.0, 1])
    in_crop = point - [columns.start, rows.start, 0]
    np.testing.assert_allclose(shift_origin(MATRIX, (rows, columns)) @ in_crop, MATRIX @ point)


def test_block_dct_is_orthonormal_and_inverted():
    image = inverse_block_dct(mark_signs())
    np.testing.assert_allclose(block_dct(image), mark_signs(), atol=1e-5)
    np.testing.assert_allclose((image**2).sum(), (mark_signs() ** 2).sum(), rtol=1e-5)


def test_the_matched_filter_is_plain_correlation():
    face = np.random.default_rng(0).normal(size=SEARCH_SHAPE).astype(np.float32)
    found = correlate(face)[SEARCH_SCALES.index(1.0), SEARCH_ROTATIONS.index(0.0)]
    white, (h, w) = whiten(face), mark_pattern().shape
    corner = SEARCH_MARGIN - MAX_SHIFT
    expected = [
        [(white[y : y + h, x : x + w] * mark_pattern()).sum() for x in range(corner, corner + 9)]
        for y in range(corner, corner + 9)
    ]
    np.testing.assert_allclose(found, expected, atol=1e-2)


def test_rectify_of_a_face_outside_the_frame_is_zero():
    image = np.full((60, 80, 3), 90, np.uint8)
    far = np.array([[1.0, 0, 5000], [0, 1, 5000]])
    found = rectify(image, far)
    assert found.shape == SEARCH_SHAPE == SEARCH_CANVAS.size[::-1] and not found.any()
