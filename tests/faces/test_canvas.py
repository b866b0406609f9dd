import numpy as np
import pytest

from faces import Canvas, align, warp

from .example_faces import align_to, apply, similarity_matrix

FACE_CANVAS = Canvas(align.INNER_FACE, (70, 90))


def test_a_canvas_of_the_regions_size_is_a_crop_of_the_aligned_image():
    image = np.random.default_rng(0).integers(0, 256, (200, 220, 3)).astype(np.uint8)
    aligned = align_to(similarity_matrix(0.1, 1.4, 20, 10))
    crop = warp.warp(image, aligned, (100, 120))[30:, 15:85]
    np.testing.assert_array_equal(warp.warp(image, FACE_CANVAS.matrix(aligned), (70, 90)), crop)


@pytest.mark.parametrize("at", [(60, 50), (-40, -30), (150, 130), (1000, 1000)])
def test_unwarping_keeps_all_other_pixels_to_the_byte(at):
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 256, (180, 200, 3)).astype(np.uint8)
    size = (70, 90)
    to_aligned = align_to(similarity_matrix(0.2, 0.8, *at))
    opacity, patch = FACE_CANVAS.mask(), np.full((90, 70, 3), 300.0)
    out = FACE_CANVAS.unwarp_into(frame, patch, opacity, to_aligned)
    matrix = FACE_CANVAS.matrix(to_aligned)
    changed = (out != frame).any(axis=2)
    y, x = np.mgrid[:180, :200]
    inside = apply(matrix, np.stack([x.ravel(), y.ravel()], axis=1)).reshape(180, 200, 2)
    near = ((inside > -1) & (inside < size)).all(axis=2)
    assert not (changed & ~near).any()
    assert changed.any() == (at == (60, 50)) or near.any()
    assert not np.shares_memory(out, frame)


def test_a_smooth_face_warped_and_unwarped_is_the_same():
    y, x = np.mgrid[:180, :200] / 200
    waves = np.stack([np.sin(5 * x + y), np.cos(3 * y), x * y], axis=2)
    frame = (waves * 100 + 128).round().astype(np.uint8)
    aligned = align_to(similarity_matrix(0.2, 1.0, 50, 40))
    for size in ((70, 90), (140, 180)):
        canvas = Canvas(align.INNER_FACE, size)
        patch = canvas.warp(frame.astype(np.float32), aligned)
        out = canvas.unwarp_into(frame, patch, canvas.mask(), aligned)
        assert np.abs(out.astype(int) - frame).max() <= 1


def test_the_native_canvas_keeps_the_frames_resolution():
    matrices = np.array([align_to(similarity_matrix(0.1, s, 0, 0)) for s in (1.4, 1.5, 1.9)])
    assert Canvas.native(align.INNER_FACE, matrices, 256).size == (105, 135)
    assert Canvas.native(align.INNER_FACE, matrices, 90).size[1] == 90


def test_a_margin_adds_pixels_and_keeps_the_others_in_place():
    canvas = Canvas(align.WHOLE_FACE, (184, 112))
    wider = canvas.with_margin(8)
    assert wider.size == (200, 128)
    to_aligned = align_to(similarity_matrix(0.2, 0.8, 60, 50))
    shift = wider.matrix(to_aligned) - canvas.matrix(to_aligned)
    np.testing.assert_allclose(shift, [[0, 0, 8], [0, 0, 8]], atol=1e-9)
    for inner, outer in zip(canvas.coordinates(), wider.coordinates(), strict=True):
        np.testing.assert_allclose(outer.ravel()[8:-8], inner.ravel(), atol=1e-9)


def test_the_bounding_box_holds_the_canvas_and_lies_within_the_frame():
    to_aligned = align_to(similarity_matrix(0.3, 1.1, 60, 50))
    inside = FACE_CANVAS.matrix(to_aligned)
    rows, columns = FACE_CANVAS.bounding_box(to_aligned, (180, 200, 3))
    y, x = np.mgrid[:180, :200]
    at = apply(inside, np.stack([x.ravel(), y.ravel()], axis=1)).reshape(180, 200, 2)
    held = ((at > -1) & (at < FACE_CANVAS.size)).all(axis=2)
    assert held.any() and not np.delete(held, np.r_[rows], axis=0).any()
    assert not np.delete(held, np.r_[columns], axis=1).any()
    outside = FACE_CANVAS.bounding_box(to_aligned, (20, 20, 3))
    assert np.zeros((20, 20))[outside].size == 0
