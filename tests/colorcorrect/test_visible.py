"""Where a face can be seen, in pictures whose answer is known."""

import numpy as np
import pytest

from actors import true_swaps
from colorcorrect import visible
from faces import Canvas, align


@pytest.fixture(scope="module")
def pair():
    """Faces (8, 128, 128, 3), 0..1, and their masks, which pretraining has not seen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(true_swaps, "HIDDEN_SHARE", 1.0)
        arrays = true_swaps.render_pair(9_001)
    return arrays["target"] / np.float32(255), arrays["mask"] / np.float32(255)


def _overlap(found, truth):
    return float(np.minimum(found, truth).sum() / np.maximum(found, truth).sum())


def test_a_face_is_found_and_what_is_in_front_of_it_is_left_out(pair):
    faces, masks = pair
    outline, reach = visible.VISIBLE_CANVAS.mask(), visible.VISIBLE_CANVAS.reach()
    found = visible.find_visible(faces)
    assert found.shape == masks.shape and found.dtype == np.float32
    assert 0 <= found.min() and (found <= reach).all()
    fixed = _overlap(np.broadcast_to(outline, masks.shape), masks * reach)
    assert _overlap(found, masks * reach) > max(0.85, fixed + 0.1)


def test_a_wall_is_no_face():
    walls = np.full((2, 128, 128, 3), [0.3, 0.5, 0.7], np.float32)
    assert visible.find_visible(walls).mean() < 0.02


@pytest.mark.parametrize("region", [align.WHOLE_FACE, align.INNER_FACE])
def test_on_another_canvas_the_same_place_is_found(pair, region):
    canvas = Canvas(region, (70, 90))
    found, on_canvas = visible.find_visible(pair[0]), visible.find_visible(pair[0], canvas)
    assert on_canvas.shape == (len(found), 90, 70)
    x, y = canvas.coordinates()
    left, top = align.WHOLE_FACE.corner
    scale_x, scale_y = (128 / side for side in align.WHOLE_FACE.size)
    columns, rows = ((x - left) * scale_x).astype(int), ((y[:, 0] - top) * scale_y).astype(int)
    same = np.minimum(found[:, rows][:, :, columns], canvas.reach())
    assert np.abs(on_canvas - same).mean() < 0.03


def test_a_hole_is_filled_and_what_reaches_in_is_not(monkeypatch):
    given = np.full((1, 128, 128, 1), -0.5, np.float32)
    given[:, 20:110, 20:110] = 0.5
    given[:, 60:66, 60:70] = -0.5  # a hole
    given[:, 30:36, 0:60] = -0.5  # as an arm does
    monkeypatch.setattr(visible.nn.train, "infer", lambda *_: given)
    found = visible.find_visible(np.zeros((1, 128, 128, 3), np.float32))[0]
    assert found[58:68, 58:72].min() == 1 and not found[31:35, 24:58].any()
