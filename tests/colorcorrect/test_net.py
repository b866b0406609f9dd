import numpy as np
import pytest
from scipy import ndimage

from actors import true_swaps
from actors.measures import psnr
from colorcorrect import light, net
from colorcorrect.visible import find_visible
from faces import Canvas, align

CANVAS = Canvas(align.WHOLE_FACE, (128, 128))
RNG = np.random.default_rng(0)


def _noise(count=1):
    return RNG.uniform(0.2, 0.8, (count, 128, 128, 3)).astype(np.float32)


@pytest.fixture
def untrained(monkeypatch):
    untrained = net.make_colour_net(np.random.default_rng(0))
    monkeypatch.setattr(net, "load_unet", lambda *_: untrained)
    monkeypatch.setattr(net, "sharpen", lambda faces, *_: faces)
    return untrained


@pytest.mark.parametrize("size", [(128, 128), (96, 110), (256, 300)])
def test_before_it_has_learnt_anything_the_net_gives_the_relit_face(untrained, size):
    canvas = Canvas(align.WHOLE_FACE, size)
    drawn, target = RNG.uniform(0, 1, (2, 3, *size[::-1], 3)).astype(np.float32)
    visible = RNG.uniform(0, 1, (3, *size[::-1])).astype(np.float32)
    coloured = net.for_clip(canvas)(drawn, target, visible)
    assert coloured.dtype == np.float32
    relit = light.for_clip(canvas)(drawn, target, visible).clip(0, 1)
    np.testing.assert_array_equal(coloured, relit)


def test_well_within_the_face_only_what_is_smooth_is_added(untrained, monkeypatch):
    noise = RNG.normal(0, 0.3, (1, 128, 128, 3)).astype(np.float32)
    monkeypatch.setattr(net.nn.train, "infer", lambda *_: noise.copy())
    drawn, target, visible = _noise(), _noise(), CANVAS.mask()[None]
    relit = light.for_clip(CANVAS)(drawn, target, visible).clip(0, 1)
    added = net.for_clip(CANVAS)(drawn, target, visible) - relit
    within, outside = CANVAS.mask(net.SMOOTH_FEATHER) == 1, CANVAS.mask() == 0
    np.testing.assert_allclose(added[:, outside], noise[:, outside], atol=1e-6)
    details = added - ndimage.gaussian_filter(added, (0, 2, 2, 0))
    middle = ndimage.binary_erosion(within, iterations=8)
    assert 0 < details[:, middle].std() < 0.05 * noise.std()


def test_the_net_does_not_see_details_of_the_target_inside_the_face():
    relit, target, visible = _noise(), _noise(), CANVAS.mask()[None, ..., None]
    pattern = np.where(np.indices((128, 128)).sum(0) % 4 < 2, 0.2, -0.2)
    changed = target + (pattern[..., None] * (visible == 1)).astype(np.float32)
    before, after = (net.show_net(relit, face, visible) for face in (target, changed))
    assert before.shape == (1, 128, 128, 10) and before.dtype == np.float32
    assert np.abs(after - before).max() < 0.02
    outside = CANVAS.mask() == 0
    np.testing.assert_array_equal(before[:, outside][..., 6:9], target[:, outside])
    np.testing.assert_array_equal(before[..., 9:], visible)


def test_the_blur_takes_the_colours_of_the_face_and_not_of_a_hand():
    visible = np.ones((1, 128, 128, 1), np.float32)
    visible[:, 64:] = 0
    face = np.where(visible > 0, 0.7, 0.1).repeat(3, -1).astype(np.float32)
    blurred = net.show_net(face, face, visible)[0, ..., 3:6]
    assert blurred[:64].min() > 0.6  # on the edge the mean of both is 0.4


def test_a_blurred_swap_in_another_light_comes_near_the_true_swap():
    pair = true_swaps.render_pair(9_000)  # pretraining has not seen this pair
    target, swap = (pair[name] / np.float32(255) for name in ("target", "swap"))
    drawn = ndimage.gaussian_filter(swap, (0, 2, 2, 0))
    drawn = (drawn * np.linspace(0.8, 1.2, 128, dtype=np.float32)[:, None, None]).clip(0, 1)
    visible, psnrs = find_visible(target), []
    for transfer in (light, net):
        coloured = transfer.for_clip(CANVAS)(drawn, target, visible)
        pasted = target + (coloured - target) * visible[..., None]
        levels = np.rint(pasted.clip(0, 1) * 255)
        psnrs.append(np.mean([*map(psnr, levels, pair["swap"], pair["mask"] / 255)]))
    assert psnrs[1] > psnrs[0] + 1.5
