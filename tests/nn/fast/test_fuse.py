"""A fused net gives what its layers give one by one."""

import numpy as np
import pytest

import nn

RNG = np.random.default_rng(1)


def _net() -> nn.Sequential:
    """Every pattern that is fused, and some that are not, in nested Sequentials."""
    rng = RNG
    net = nn.Sequential(
        nn.Sequential(nn.Conv2d(3, 6, rng=rng), nn.LeakyReLU(), nn.Conv2d(6, 8, stride=2, rng=rng)),
        nn.BatchNorm(8),
        nn.ConvTranspose2d(8, 4, upsampled=True, rng=rng),
        nn.BatchNorm(4),
        nn.LeakyReLU(0.1),
        nn.ConvTranspose2d(4, 5, rng=rng),
        nn.BatchNorm(5),
        nn.AvgPool2d(2),
        nn.LeakyReLU(),
        nn.LeakyReLU(),
        nn.Conv2d(5, 4, 2, padding="valid", rng=rng),
        nn.PReLU(4),
        nn.sigmoid,
    )
    for module in net.modules():
        if isinstance(module, nn.BatchNorm):
            shape = module.moving_mean.shape
            module.moving_mean.data = rng.standard_normal(shape).astype(np.float32)
            module.moving_var.data = rng.random(shape).astype(np.float32) + 0.5
        if isinstance(module, nn.PReLU):
            module.alpha.data = np.float32([0.1, -0.5, 2.0, 1.0])
    return net


class _Pair(nn.Module):
    def __init__(self):
        self.encoder, self.decoder = _net(), nn.Sequential(nn.PReLU(4))

    def forward(self, x):
        return self.decoder(self.encoder(x))


@pytest.mark.parametrize("build", [_net, _Pair])
def test_inference(build):
    net, x = build(), RNG.standard_normal((2, 8, 8, 3)).astype(np.float32)
    with net.inference():
        plain, fused = net(x).data, nn.fast.fuse_for_inference(net)(x).data
    np.testing.assert_allclose(fused, plain, atol=2e-6)
    np.testing.assert_array_equal(nn.train.infer(net, x, 2), fused)
    prepared = nn.fast.Prepared(net)
    np.testing.assert_array_equal(nn.train.infer(prepared, x, 2), fused)
    nn.use_fast(False)
    with net.inference():
        np.testing.assert_array_equal(nn.train.infer(prepared, x, 2), net(x).data)


@pytest.mark.parametrize("build", [_net, _Pair])
def test_training_shares_parameters_gradients_and_moving_statistics(build):
    net, x = build().train(), RNG.standard_normal((2, 8, 8, 3)).astype(np.float32)
    fused = nn.fast.fuse(net)
    assert {id(p) for p in fused.parameters()} == {id(p) for p in net.parameters()}
    start = {name: t.data.copy() for name, t in net.named_tensors()}
    found = []
    for form in (net, fused):
        for name, t in net.named_tensors():
            t.data[...], t.grad = start[name], None
        y = form(x)
        y.backward(np.cos(np.arange(y.data.size, dtype=np.float32)).reshape(y.shape))
        gradients = {name: t.grad for name, t in net.named_tensors() if t.requires_grad}
        found.append((y.data, gradients, {n: t.data.copy() for n, t in net.named_tensors()}))
    (y, gradients, after), (fused_y, fused_gradients, fused_after) = found
    np.testing.assert_allclose(fused_y, y, atol=2e-6)
    for name in gradients:
        np.testing.assert_allclose(fused_gradients[name], gradients[name], atol=2e-4, err_msg=name)
    for name in after:
        np.testing.assert_allclose(fused_after[name], after[name], atol=1e-6, err_msg=name)


def test_without_the_fast_kernels_a_net_stays_itself():
    net = _net()
    nn.use_fast(False)
    assert nn.fast.fuse(net) is net and nn.fast.fuse_for_inference(net) is net


def test_averaging_an_odd_size_drops_the_rest_as_the_pool_does():
    net = nn.Sequential(
        nn.ConvTranspose2d(3, 4, rng=RNG), nn.BatchNorm(4), nn.AvgPool2d(2), nn.LeakyReLU()
    )
    x = RNG.standard_normal((2, 7, 9, 3)).astype(np.float32)
    with net.inference():
        plain, fused = net(x).data, nn.fast.fuse_for_inference(net)(x).data
    np.testing.assert_allclose(fused, plain, atol=2e-6)
