"""Levels of the pyramid and crops, against the rules that they follow."""

import numpy as np
from scipy import ndimage

from mtcnn_np.pyramid import Level, Patch, patches_near, pyramid, whole_patches
from mtcnn_np.sampling import sample_crops, sample_level

RNG = np.random.default_rng(0)


def test_pyramid_samples_where_the_rule_says():
    image = RNG.integers(0, 256, (30, 40, 3)).astype(np.uint8)
    level = Level(np.float32(0.43), 13, 17)
    (whole,) = whole_patches(0, [level])
    sampled = sample_level(image, whole)
    assert sampled.dtype == np.float32 and sampled.shape == (13, 17, 3)
    for r, c in ((0, 0), (5, 7), (6, 11), (11, 14)):
        y, x = r * 30 / 13, c * 40 / 17
        y0, x0 = int(y), int(x)
        around = image[y0 : y0 + 2, x0 : x0 + 2].astype(float)
        fy, fx = y - y0, x - x0
        expected = (around[0, 0] * (1 - fx) + around[0, 1] * fx) * (1 - fy) + (
            around[1, 0] * (1 - fx) + around[1, 1] * fx
        ) * fy
        np.testing.assert_allclose(sampled[r, c], expected, atol=1e-3)
    patch = Patch(0, level, range(4, 11), range(2, 17))
    np.testing.assert_array_equal(sample_level(image, patch), sampled[4:11, 2:17])


def test_the_levels_fall_from_a_window_of_min_size_to_one_of_the_image():
    levels = pyramid((120, 200, 3), 40, 0.709)
    assert [level.scale for level in levels] == sorted({v.scale for v in levels}, reverse=True)
    assert (levels[0].height, levels[0].width) == (36, 60)
    assert 120 * levels[-1].scale > 12 >= 120 * levels[-1].scale * 0.709
    assert pyramid((11, 300, 3), 12, 0.709) == pyramid((0, 0, 3), 12, 0.709) == []


def test_patches_near_a_box_lie_around_it_on_the_levels_of_its_size():
    levels = pyramid((240, 320, 3), 20, 0.709)
    patches = patches_near(3, levels, np.array([100, 80, 160, 150], np.float32))
    assert 0 < len(patches) <= len(levels)
    for patch in patches:
        scale, rows, columns = patch.level.scale, patch.rows, patch.columns
        assert patch.image == 3 and 0.3 * 70 <= 12 / scale <= 3 * 70
        assert rows.start % 2 == columns.start % 2 == 0
        assert rows.start <= 80 * scale and rows.stop >= 150 * scale
        assert columns.start <= 100 * scale and columns.stop >= 160 * scale
        assert rows.stop <= patch.level.height and columns.stop <= patch.level.width


def test_crops_reach_over_the_edge_into_grey_and_agree_with_scipy_inside():
    image = RNG.integers(0, 256, (50, 60, 3)).astype(np.uint8)
    boxes = np.array([[-20, -10, 20, 30], [10.3, 5.2, 40.9, 35.8]], np.float32)
    out = sample_crops(image, boxes, 24)
    assert out.shape == (2, 24, 24, 3) and out.dtype == np.float32
    assert not out[0, 0].any() and not out[0, :, 0].any() and out[0, -1, -1].any()
    y = np.linspace(5.2 / 50 * 49, 35.8 / 50 * 49, 24)
    x = np.linspace(10.3 / 60 * 59, 40.9 / 60 * 59, 24)
    expected = ndimage.map_coordinates(
        image[..., 1].astype(float), np.meshgrid(y, x, indexing="ij"), order=1
    )
    np.testing.assert_allclose(out[1, ..., 1], (expected - 127.5) / 128, atol=1e-4)
