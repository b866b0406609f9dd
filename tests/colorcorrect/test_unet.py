"""The net that gives a picture for a picture."""

import numpy as np
import pytest

import nn
from colorcorrect.net import make_colour_net
from colorcorrect.unet import UNet, load_unet
from colorcorrect.visible import make_visible_net

RNG = np.random.default_rng(0)


def _make(inputs=5, outputs=2, channels=(4, 6, 8)):
    return UNet(inputs, outputs, channels, np.random.default_rng(0))


def test_before_training_it_gives_nothing_at_any_size():
    for size in ((8, 8), (16, 12)):
        given = _make()(RNG.random((3, *size, 5), np.float32)).data
        assert given.shape == (3, *size, 2) and not given.any()


def test_a_pixel_reaches_far_through_the_small_sizes_and_keeps_its_place():
    net = _make(inputs=1, outputs=1, channels=(4, 4, 4, 4))
    net.last.kernel.data = RNG.normal(0, 1, net.last.kernel.shape).astype(np.float32)
    picture = np.full((1, 64, 64, 1), 0.5, np.float32)
    changed = picture.copy()
    changed[0, 32, 32] = 1
    change = np.abs(net(changed).data - net(picture).data)[0, ..., 0]
    assert change.max() == change[29:36, 29:36].max()
    assert (change > 0)[32].sum() > 24  # four 3 x 3 convolutions without halving reach 9 pixels


def test_its_gradient_is_that_of_the_loss():
    net = _make()
    for tensor in net.parameters():
        tensor.data = tensor.data.astype(np.float64)
    net.last.kernel.data = RNG.normal(0, 0.1, net.last.kernel.shape)
    x, y = RNG.random((2, 8, 8, 5)), RNG.random((2, 8, 8, 2))
    nn.mse(net(x), y).backward()
    along = [RNG.normal(0, 1, p.shape) for p in net.parameters()]
    expected = sum(float((p.grad * a).sum()) for p, a in zip(net.parameters(), along, strict=True))

    def loss_at(step):
        for p, a in zip(net.parameters(), along, strict=True):
            p.data += step * a
        value = float(nn.mse(net(x), y).data)
        for p, a in zip(net.parameters(), along, strict=True):
            p.data -= step * a
        return value

    step = 1e-6
    assert (loss_at(step) - loss_at(-step)) / (2 * step) == pytest.approx(expected, rel=1e-4)


def test_for_inference_its_layers_are_fused():
    net, x = _make(), RNG.random((2, 16, 16, 5), np.float32)
    net.last.kernel.data = RNG.normal(0, 1, net.last.kernel.shape).astype(np.float32)
    fused = nn.fast.fuse_for_inference(net)
    assert len(fused.first.steps) == len(fused.down[0].steps) == len(fused.up[1].steps) == 1
    np.testing.assert_allclose(fused(x).data, net(x).data, atol=1e-6)


@pytest.mark.parametrize("make", [make_colour_net, make_visible_net])
def test_damaged_weights_are_refused(tmp_path, make):
    nn.checkpoint.write_arrays(tmp_path / "net.npz", {"last.bias": np.zeros(3, np.float16)})
    with pytest.raises(nn.CheckpointError, match="net.npz"):
        load_unet(make, tmp_path / "net.npz")
