"""Every op and the nets of 2020 on the GPU against the CPU.

Skipped where CuPy finds no GPU. NN_TEST_BACKEND=numpy runs the tests with NumPy in CuPy's place.
"""

import os

import numpy as np
import pytest

import colorcorrect
import intracoder
import nn
from nn.fast.conv import upsampled_conv_transpose2d


def _gpu():
    if os.environ.get("NN_TEST_BACKEND") == "numpy":
        return np
    try:
        return nn.backend.device("gpu")
    except nn.DeviceError as error:
        pytest.skip(str(error))


RNG = np.random.default_rng(0)


def _array(*shape):
    return RNG.standard_normal(shape).astype(np.float32)


IMAGE, KERNEL, TRANSPOSED = _array(2, 8, 6, 5), _array(3, 3, 5, 4), _array(3, 3, 4, 5)
A, B, POSITIVE = _array(3, 4), _array(3, 4), np.abs(_array(3, 4)) + 0.5


def _norm(training):
    def f(x, gamma, beta):
        xp = nn.backend.of(x.data)
        return nn.batch_norm(
            x, gamma, beta, xp.zeros(5, np.float32), xp.ones(5, np.float32), training
        )

    return f


OPS = {
    "add": (lambda a, b: a + b, A, B),
    "broadcast": (lambda a, b: a * b + a, A, _array(4)),
    "subtract": (lambda a, b: a - b, A, B),
    "divide": (lambda a, b: a / b, A, POSITIVE),
    "power": (lambda a: a**2, A),
    "exp": (nn.exp, A),
    "log": (nn.log, POSITIVE),
    "absolute": (nn.absolute, A),
    "matmul": (lambda a, b: a @ nn.transpose(b, 1, 0), A, B),
    "mean": (lambda a: nn.mean(a, axis=1), A),
    "reshape": (lambda a: nn.reshape(a, 2, 6), A),
    "index": (lambda a: a[1:, ::2], A),
    "concatenate": (lambda a, b: nn.concatenate([a, b], axis=0), A, B),
    "leaky relu": (nn.leaky_relu, A),
    "prelu": (nn.prelu, A, _array(4)),
    "sigmoid": (nn.sigmoid, A),
    "softmax": (nn.softmax, A),
    "conv": (lambda x, w, b: nn.fast.conv2d(x, w, b, slope=0.3), IMAGE, KERNEL, _array(4)),
    "conv stride 2": (lambda x, w: nn.conv2d(x, w, stride=2), IMAGE, KERNEL),
    "conv of many channels": (nn.conv2d, _array(2, 16, 16, 32), _array(3, 3, 32, 32) / 17),
    "conv transpose": (
        lambda x, w, b: nn.fast.conv_transpose2d(x, w, b, slope=0.3),
        *(IMAGE, TRANSPOSED, _array(4)),
    ),
    "conv transpose stride 2": (
        lambda x, w: nn.conv_transpose2d(x, w, stride=2),
        *(IMAGE, TRANSPOSED),
    ),
    "conv transpose upsampled": (upsampled_conv_transpose2d, IMAGE, TRANSPOSED),
    "batch norm": (_norm(True), IMAGE, POSITIVE.ravel()[:5], _array(5)),
    "batch norm in inference": (_norm(False), IMAGE, POSITIVE.ravel()[:5], _array(5)),
    "max pool": (lambda x: nn.max_pool2d(x, 3, 2, "ceil"), IMAGE),
    "avg pool": (lambda x: nn.avg_pool2d(x, 2), IMAGE),
    "avg pool padded": (lambda x: nn.avg_pool2d(x, 3, 2, "same"), IMAGE),
    "upsample": (nn.upsample_nearest, IMAGE),
    "mse": (nn.mse, A, B),
    "edge_l1": (
        lambda p, t: nn.edge_l1(p, t, np.ones((1, 16, 16, 1), np.float32), 2.0),
        _array(1, 16, 16, 3),
        _array(1, 16, 16, 3),
    ),
    "pixel_shuffle": (nn.PixelShuffle(2), _array(1, 4, 4, 12)),
}


def _close(gpu, cpu, name=""):
    gpu = nn.backend.to_numpy(gpu)
    assert gpu.dtype == cpu.dtype and gpu.shape == cpu.shape
    np.testing.assert_allclose(
        gpu, cpu, atol=1e-4 * max(np.abs(cpu).max(), 1e-6), rtol=0, err_msg=name
    )


@pytest.mark.parametrize("name", OPS)
def test_an_op_and_its_gradients(name):
    xp = _gpu()
    f, *arrays = OPS[name]
    found = []
    for module in (np, xp):
        leaves = [nn.Tensor(module.asarray(a), requires_grad=True) for a in arrays]
        y = f(*leaves)
        g = np.cos(np.arange(y.data.size, dtype=np.float32)).reshape(y.shape)
        y.backward(module.asarray(g))
        found.append([y.data, *(leaf.grad for leaf in leaves)])
    for cpu, gpu in zip(*found, strict=True):
        _close(gpu, cpu, name)


@pytest.mark.parametrize(
    "build, out", [(intracoder.seed2020.Intracoder, 32), (colorcorrect.seed2020.ColorNet, 128)]
)
def test_a_net_trains_and_infers_alike_without_copies_to_the_host(monkeypatch, build, out):
    xp = _gpu()
    x = RNG.random((4, 32, 32, 3)).astype(np.float32)
    y = RNG.random((4, out, out, 3)).astype(np.float32)
    outputs, losses = [], []
    for module in (np, xp):
        path = build(np.random.default_rng(1)).path("a").to(module).train()
        inputs, targets = module.asarray(x), module.asarray(y)
        if module is not np:
            monkeypatch.setattr(
                module, "asnumpy", lambda *_: pytest.fail("an array went to the host")
            )
        steps = nn.train.epoch(
            [np.arange(4)] * 2,
            lambda i, x=inputs, y=targets, path=path: nn.mse(path(x), y),
            path,
            nn.Adam(),
        )
        losses.append([loss for loss, _ in steps])
        outputs.append(nn.train.infer(path, inputs, 2))
        monkeypatch.undo()
    np.testing.assert_allclose(losses[1], losses[0], rtol=1e-4)
    assert np.isfinite(nn.backend.to_numpy(outputs[1])).all()
    fresh = [build(np.random.default_rng(1)).path("a").to(module) for module in (np, xp)]
    _close(nn.train.infer(fresh[1], xp.asarray(x), 2), nn.train.infer(fresh[0], x, 2))
