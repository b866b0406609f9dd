import numpy as np
import pytest

from faces import Canvas, align


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


def test_the_whole_region_reaches_from_above_the_brows_to_the_chin():
    opacity = Canvas(align.WHOLE_FACE, align.WHOLE_FACE.size).mask()
    brow, chin, ear = (30, 31), (48, 120), (4, 60)
    x0, y0 = align.WHOLE_FACE.corner
    seen = [opacity[int(y - y0), int(x - x0)] for x, y in (brow, chin, ear)]
    assert seen[0] > 0.3 and seen[1] > 0.3 and seen[2] == 0


def test_what_is_replaced_reaches_beyond_the_outline_and_not_to_the_rim():
    canvas = Canvas(align.WHOLE_FACE, (92, 112))
    outline, reach = canvas.mask(), canvas.reach()
    assert (reach >= outline - 1e-6).all() and reach.mean() > outline.mean() + 0.15
    assert not reach[[0, -1]].any() and not reach[:, [0, -1]].any()
    inner = Canvas(align.INNER_FACE, (70, 90))  # it has no reach of its own
    np.testing.assert_array_equal(inner.reach(), inner.mask())
