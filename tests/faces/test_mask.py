import numpy as np
import pytest

from faces import Canvas, align, mask


@pytest.mark.parametrize("size", [(70, 90), (128, 128), (33, 47)])
def test_the_mask_is_smooth_covers_eyes_and_mouth_and_leaves_the_corners_out(size):
    opacity = Canvas(align.INNER_FACE, size).mask()
    w, h = size
    assert opacity.shape == (h, w) and opacity.dtype == np.float32
    assert opacity.max() == 1 and not opacity[[0, -1]].any() and not opacity[:, [0, -1]].any()
    eyes_and_mouth = [(0.22, 0.24), (0.72, 0.24), (0.47, 0.46), (0.27, 0.69), (0.68, 0.69)]
    assert all(opacity[int(y * h), int(x * w)] > 0.9 for x, y in eyes_and_mouth)
    assert not opacity[: h // 12, : w // 12].any() and not opacity[-h // 12 :, : w // 12].any()
    assert np.abs(np.diff(opacity, axis=0)).max() < 0.7


@pytest.mark.parametrize("region", [align.INNER_FACE, align.WHOLE_FACE])
def test_yaw_narrows_the_mask_on_the_far_side_only(region):
    canvas = Canvas(region, (92, 112))
    front, right = canvas.mask(), canvas.mask(yaw=0.25)
    assert (right <= front).all()
    assert right[:, :40].tolist() == front[:, :40].tolist()  # columns left of the nose
    assert right[:, 60:].sum() < 0.75 * front[:, 60:].sum()
    assert np.abs(canvas.mask(yaw=1e-6) - front).mean() < 2e-3  # no jump near yaw 0


def test_yaw_is_the_noses_distance_from_the_middle_of_the_eyes_whatever_the_roll():
    for angle in (0.0, 0.5, -2.0):
        roll = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        points = np.array([[0.0, 0], [10, 0], [6, 6], [2, 12], [8, 12]]) @ roll
        assert mask.estimate_yaw(points) == pytest.approx(0.1)


def test_the_whole_region_reaches_from_above_the_brows_to_the_chin():
    opacity = Canvas(align.WHOLE_FACE, align.WHOLE_FACE.size).mask()
    brow, chin, ear = (30, 31), (48, 120), (4, 60)
    x0, y0 = align.WHOLE_FACE.corner
    seen = [opacity[int(y - y0), int(x - x0)] for x, y in (brow, chin, ear)]
    assert seen[0] > 0.3 and seen[1] > 0.3 and seen[2] == 0


def test_between_two_yaws_the_masks_are_interpolated():
    table = [np.full((2, 3), k, np.float32) for k in range(len(mask.MASK_YAWS))]
    step = mask.MASK_YAWS[1] - mask.MASK_YAWS[0]
    for yaw, expected in ((mask.MASK_YAWS[3], 3), (mask.MASK_YAWS[3] + step / 4, 3.25)):
        mixed = mask.interpolate_at_yaw(table, yaw)
        assert mixed.dtype == np.float32
        np.testing.assert_allclose(mixed, expected, rtol=1e-5)
    # beyond the ends the last mask is taken
    assert (mask.interpolate_at_yaw(table, -9.0) == 0).all()
    assert (mask.interpolate_at_yaw(table, 9.0) == len(table) - 1).all()
