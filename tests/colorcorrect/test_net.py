import numpy as np
import pytest
from scipy import ndimage

import nn
from actors import true_swaps
from actors.measures import psnr
from colorcorrect import light, net
from faces import Canvas, align

CANVAS = Canvas(align.WHOLE_FACE, (128, 128))
RNG = np.random.default_rng(0)


def _noise(count=1):
    return RNG.uniform(0.2, 0.8, (count, 128, 128, 3)).astype(np.float32)


@pytest.fixture
def untrained(monkeypatch):
    untrained = net.ColourNet(np.random.default_rng(0))
    monkeypatch.setattr(net, "load_net", lambda: untrained)
    return untrained


@pytest.mark.parametrize("size", [(128, 128), (96, 110), (256, 300)])
def test_before_it_has_learnt_anything_the_net_gives_the_relit_face(untrained, size):
    canvas = Canvas(align.WHOLE_FACE, size)
    drawn, target = RNG.uniform(0, 1, (2, 3, *size[::-1], 3)).astype(np.float32)
    coloured = net.for_clip(canvas)(drawn, target)
    assert coloured.dtype == np.float32
    np.testing.assert_array_equal(coloured, light.for_clip(canvas)(drawn, target).clip(0, 1))


def test_the_net_does_not_see_details_of_the_target_inside_the_face():
    inputs, (relit, target) = net.Inputs(CANVAS), (_noise(), _noise())
    pattern = np.where(np.indices((128, 128)).sum(0) % 4 < 2, 0.2, -0.2)[..., None]
    inside = (CANVAS.mask()[..., None] == 1) & np.ones(3, bool)
    changed = target + np.where(inside, pattern, 0).astype(np.float32)
    before, after = inputs(relit, target), inputs(relit, changed)
    assert before.shape == (1, 128, 128, 10) and before.dtype == np.float32
    assert np.abs(after - before).max() < 0.02
    outside = CANVAS.mask() == 0
    np.testing.assert_array_equal(before[:, outside][..., 6:9], target[:, outside])
    np.testing.assert_array_equal(before[0, ..., 9], CANVAS.mask())


def test_the_net_trains_and_its_gradient_is_that_of_the_loss():
    made = net.ColourNet(np.random.default_rng(0))
    for tensor in made.parameters():
        tensor.data = tensor.data.astype(np.float64)
    made.last.kernel.data = RNG.normal(0, 0.1, made.last.kernel.shape)
    x, y = RNG.random((1, 16, 16, 10)), RNG.random((1, 16, 16, 3))
    nn.mse(made(x), y).backward()
    along = [RNG.normal(0, 1, p.shape) for p in made.parameters()]
    expected = sum(float((p.grad * a).sum()) for p, a in zip(made.parameters(), along, strict=True))

    def loss_at(step):
        for p, a in zip(made.parameters(), along, strict=True):
            p.data += step * a
        value = float(nn.mse(made(x), y).data)
        for p, a in zip(made.parameters(), along, strict=True):
            p.data -= step * a
        return value

    step = 1e-6
    assert (loss_at(step) - loss_at(-step)) / (2 * step) == pytest.approx(expected, rel=1e-4)


def test_its_weights_are_refused_where_they_are_damaged(tmp_path):
    nn.checkpoint.write_arrays(tmp_path / "net.npz", {"last.bias": np.zeros(3, np.float16)})
    with pytest.raises(nn.CheckpointError, match="net.npz"):
        net.load_net(tmp_path / "net.npz")


def test_a_blurred_swap_in_another_light_comes_near_the_true_swap():
    pair = true_swaps.render_pair(9_000)  # pretraining has not seen this pair
    target, swap = (pair[name] / np.float32(255) for name in ("target", "swap"))
    drawn = ndimage.gaussian_filter(swap, (0, 2, 2, 0))
    drawn = (drawn * np.linspace(0.8, 1.2, 128, dtype=np.float32)[:, None, None]).clip(0, 1)
    by_light, by_net = (
        np.mean([*map(psnr, levels, pair["swap"], pair["mask"] / 255)])
        for transfer in (light, net)
        for levels in [np.rint(transfer.for_clip(CANVAS)(drawn, target).clip(0, 1) * 255)]
    )
    assert by_net > by_light + 1.5
