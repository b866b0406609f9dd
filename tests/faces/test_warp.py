import numpy as np
import pytest
from scipy import ndimage

from faces import align, warp

from .example_faces import apply, similarity_matrix


def test_warp_agrees_with_scipy_and_the_identity_changes_no_bit():
    rng = np.random.default_rng(0)
    image = rng.random((30, 40, 3))
    for same in (image, image.astype(np.float32), (image * 255).astype(np.uint8)):
        result = warp.warp(same, similarity_matrix(0, 1, 0, 0), (40, 30))
        assert result.dtype == same.dtype
        np.testing.assert_array_equal(result, same)
    matrix = similarity_matrix(0.3, 1.3, 5, -4)
    y, x = np.mgrid[:25, :35]
    source = apply(align.invert(matrix), np.stack([x.ravel(), y.ravel()], axis=1))
    inside = ((source > 0) & (source < [39, 29])).all(axis=1).reshape(25, 35)
    for c in range(3):
        expected = ndimage.map_coordinates(image[..., c], source.T[::-1], order=1).reshape(25, 35)
        found = warp.warp(image, matrix, (35, 25))[..., c]
        np.testing.assert_allclose(found[inside], expected[inside], atol=1e-12)


def test_outside_the_image_is_black_and_uint8_is_rounded():
    image = np.full((10, 10, 3), 201, np.uint8)
    moved = warp.warp(image, similarity_matrix(0, 1, 5, 0), (10, 10))
    assert (moved[:, :5] == 0).all() and (moved[:, 5:] == 201).all() and moved.dtype == np.uint8
    assert not warp.warp(image, similarity_matrix(0, 1, 500, 500), (10, 10)).any()


def test_repeated_edges_are_those_of_scipy():
    image = np.random.default_rng(0).random((12, 15, 3))
    matrix = similarity_matrix(0.3, 1.1, 9, -6)
    y, x = np.mgrid[:30, :40]
    source = apply(align.invert(matrix), np.stack([x.ravel(), y.ravel()], axis=1))
    for c in range(3):
        expected = ndimage.map_coordinates(image[..., c], source.T[::-1], order=1, mode="nearest")
        found = warp.warp(image, matrix, (40, 30), edges="repeat")[..., c]
        np.testing.assert_allclose(found.ravel(), expected, atol=1e-12)
    with pytest.raises(ValueError, match="edges"):
        warp.warp(image, matrix, (40, 30), edges="reflect")


def test_resize_agrees_with_numbers_by_hand_and_with_opencv():
    ramp = np.arange(8, dtype=np.float32).reshape(1, 1, 8, 1).repeat(4, axis=1)
    np.testing.assert_allclose(warp.resize(ramp, (4, 4))[0, 0, :, 0], [0.5, 2.5, 4.5, 6.5])
    np.testing.assert_allclose(warp.resize(ramp, (16, 4))[0, 0, :4, 0], [0, 0.25, 0.75, 1.25])
    cv2 = pytest.importorskip("cv2")
    image = np.random.default_rng(0).random((90, 70, 3), np.float32)
    for size in ((32, 32), (128, 128)):
        found = warp.resize(image[None], size)[0]
        np.testing.assert_allclose(found, cv2.resize(image, size), atol=1e-5)


def test_a_patch_finer_than_the_frame_does_not_alias():
    frame = np.full((60, 60, 3), 128, np.uint8)
    stripes = np.zeros((240, 240, 3))
    stripes[:, 1::2] = 255  # each one patch pixel wide
    out = warp.unwarp_into(frame, stripes, np.ones((240, 240)), similarity_matrix(0, 4.2, -20, -20))
    middle = out[15:45, 15:45].astype(int)
    assert np.abs(middle - 127.5).max() < 3
