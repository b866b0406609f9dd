"""The fast convolution kernels against the five-line one."""

import itertools

import numpy as np
import pytest

import nn
from nn.conv import spread
from nn.fast import correlate, winograd
from tests.nn.gradcheck import check_gradients

RNG = np.random.default_rng(0)
CASES = [
    c
    for c in itertools.product(
        (1, 3), (5, 8, 16), (7, 12), (3, 40), (2, 8, 36), (1, 2, 3, 4), (1, 2, 3), ("same", "valid")
    )
    if c[5] <= c[1]
]


def _arrays(n, h, w, inputs, outputs, k, stride, padding):
    if padding == "same":
        out = -(-h // stride), -(-w // stride)
        corner = tuple(
            max(0, (o - 1) * stride + k - size) // 2 for o, size in zip(out, (h, w), strict=True)
        )
    else:
        out, corner = ((h - k) // stride + 1, (w - k) // stride + 1), (0, 0)
    shapes = (n, h, w, inputs), (k, k, inputs, outputs), (n, *out, outputs)
    return *(RNG.standard_normal(s) for s in shapes), corner, out


def _adjoints(x, w, g, stride, corner, out):
    """The gradients of sum(g * reference(x, w)) by adding up single windows."""
    (n, h, wide, _), (kh, kw, *_) = x.shape, w.shape
    gx = np.zeros((n, h + 4 * kh * stride, wide + 4 * kw * stride, x.shape[3]))
    padded, gw = np.zeros(gx.shape), np.zeros(w.shape)
    inside = np.s_[:, corner[0] : corner[0] + h, corner[1] : corner[1] + wide]
    padded[inside] = x
    for r, c in np.ndindex(*out):
        window = np.s_[:, stride * r : stride * r + kh, stride * c : stride * c + kw]
        gx[window] += np.einsum("ijqo,no->nijq", w, g[:, r, c])
        gw += np.einsum("nijq,no->ijqo", padded[window], g[:, r, c])
    return gx[inside], gw


@pytest.mark.parametrize("strip", [1 << 12, 1 << 19])
def test_im2col_in_strips_groups_and_phases(monkeypatch, strip):
    monkeypatch.setattr(correlate, "STRIP_BYTES", strip)
    monkeypatch.setattr(correlate, "KERNELS", 0)
    for case in CASES[:: 3 if strip > 1 << 15 else 1]:
        x, w, g, corner, out = _arrays(*case)
        stride, b = case[6], RNG.standard_normal(case[4])
        expected = correlate.reference(x, w, stride, corner, out)
        np.testing.assert_allclose(
            correlate.correlate(x, w, stride, corner, out), expected, atol=1e-11, err_msg=str(case)
        )
        leaky = np.maximum(expected + b, 0.2 * (expected + b))
        np.testing.assert_allclose(
            correlate.correlate(x, w, stride, corner, out, b, 0.2),
            leaky,
            atol=1e-11,
            err_msg=str(case),
        )
        gx, gw = _adjoints(x, w, g, stride, corner, out)
        np.testing.assert_allclose(
            correlate.correlate_input(g, w, x.shape[1:3], stride, corner),
            gx,
            atol=1e-11,
            err_msg=str(case),
        )
        np.testing.assert_allclose(
            correlate.correlate_weight(x, g, w.shape[:2], stride, corner),
            gw,
            atol=1e-11,
            err_msg=str(case),
        )
        b = RNG.standard_normal(case[3])
        leaky = np.maximum(gx + b, 0.2 * (gx + b))
        np.testing.assert_allclose(
            correlate.correlate_input(g, w, x.shape[1:3], stride, corner, b, 0.2),
            leaky,
            atol=1e-11,
            err_msg=str(case),
        )


@pytest.mark.parametrize("slice_bytes", [1 << 14, 1 << 20])
def test_winograd(monkeypatch, slice_bytes):
    monkeypatch.setattr(winograd, "SLICE_BYTES", slice_bytes)
    for case in CASES:
        if case[5:7] != (3, 1):
            continue
        x, w, g, corner, out = _arrays(*case)
        expected = correlate.reference(x, w, 1, corner, out)
        gx, gw = _adjoints(x, w, g, 1, corner, out)
        np.testing.assert_allclose(winograd.correlate(x, w, corner, out), expected, atol=1e-10)
        np.testing.assert_allclose(
            winograd.correlate_input(g, w, x.shape[1:3], corner), gx, atol=1e-10
        )
        y, found = winograd.correlate_both(x, w, g, corner)
        np.testing.assert_allclose(y, expected, atol=1e-10)
        np.testing.assert_allclose(found, gw, atol=1e-10)
        b = RNG.standard_normal(case[4])
        leaky = np.maximum(expected + b, 0.2 * (expected + b))
        np.testing.assert_allclose(winograd.correlate(x, w, corner, out, b, 0.2), leaky, atol=1e-10)


@pytest.mark.parametrize(
    "tile, taps, points",
    [
        (2, 3, (0, 1, -1)),
        (4, 3, winograd.POINTS),
        (4, 2, (0, 1, -1, 2)),
        (3, 5, (0, 1, -1, 2, -2, 3)),
    ],
)
def test_the_transforms_make_a_correlation_of_any_size(tile, taps, points):
    a, g, b = winograd.transforms(tile, taps, tuple(winograd.Fraction(p) for p in points))
    d, w = RNG.standard_normal(tile + taps - 1), RNG.standard_normal(taps)
    np.testing.assert_allclose(a @ ((g @ w) * (b @ d)), np.correlate(d, w, "valid"), atol=1e-10)


def test_winograds_rounding_stays_near_a_direct_sums():
    x, w = (
        RNG.standard_normal((4, 16, 16, 64)),
        RNG.standard_normal((3, 3, 64, 64)) / 24,
    )  # results of unit variance
    exact = correlate.reference(x, w, 1, (1, 1), (16, 16))
    error = np.abs(
        winograd.correlate(x.astype(np.float32), w.astype(np.float32), (1, 1), (16, 16)) - exact
    ).max()
    assert error < 3e-5


@pytest.mark.parametrize("kernel", [(3, 3), (1, 1), (5, 3)])
@pytest.mark.parametrize("shape", [(4, 5, 3, 2), (8, 8, 8, 8), (6, 4, 40, 36)])
def test_an_upsampled_convolution_is_upsampling_and_a_convolution(kernel, shape):
    h, wide, inputs, outputs = shape
    x, w = (
        RNG.standard_normal((2, h, wide, inputs)),
        RNG.standard_normal((*kernel, outputs, inputs)),
    )
    expected = nn.conv_transpose2d(nn.upsample_nearest(x), w).data
    np.testing.assert_allclose(nn.conv_transpose2d(x, w, upsampled=True).data, expected, atol=1e-11)
    check_gradients(lambda x, w: nn.conv_transpose2d(x, w, upsampled=True), x, w)


def test_averaging_after_a_convolution_is_a_spread_kernel_at_stride_2():
    x, w = RNG.standard_normal((2, 8, 6, 3)), RNG.standard_normal((3, 3, 3, 4))
    expected = nn.avg_pool2d(nn.conv2d(x, w)).data
    np.testing.assert_allclose(nn.conv2d(x, spread(w) / 4, stride=2).data, expected, atol=1e-12)


@pytest.mark.parametrize("inputs, outputs, size", [(3, 4, 6), (32, 32, 16)])
@pytest.mark.parametrize("stride", [1, 2])
def test_gradients_through_a_fused_activation(inputs, outputs, size, stride):
    x, w = (
        RNG.standard_normal((1, size, size, inputs)),
        RNG.standard_normal((3, 3, inputs, outputs)),
    )
    b, turned = RNG.standard_normal(outputs), w.swapaxes(2, 3)
    check_gradients(lambda x, w, b: nn.conv2d(x, w, b, stride, slope=0.3), x, w, b, tol=1e-5)
    check_gradients(
        lambda x, w, b: nn.conv_transpose2d(x, w, b, stride, slope=0.3), x, turned, b, tol=1e-5
    )
    np.testing.assert_allclose(
        nn.conv2d(x, w, b, stride, slope=0.3).data,
        nn.leaky_relu(nn.conv2d(x, w, b, stride), 0.3).data,
        atol=1e-12,
    )


def test_gradients_of_batch_norm_with_its_activation():
    x, gamma, beta = RNG.standard_normal((3, 4, 2, 5)), RNG.random(5) + 0.5, RNG.standard_normal(5)

    def leaky(x, gamma, beta):
        zeros = np.zeros(5, x.dtype)
        return nn.batch_norm(x, gamma, beta, zeros, zeros + 1, training=True, slope=0.3)

    check_gradients(leaky, x, gamma, beta, tol=1e-5)
    plain = nn.leaky_relu(
        nn.batch_norm(x, gamma, beta, np.zeros(5), np.ones(5), training=True), 0.3
    ).data
    np.testing.assert_allclose(leaky(x, gamma, beta).data, plain, atol=1e-12)


def test_a_sequential_gives_what_its_steps_give_one_by_one():
    rng = np.random.default_rng(1)
    net = nn.Sequential(
        nn.Conv2d(3, 6, rng=rng),
        nn.LeakyReLU(),
        nn.Conv2d(6, 8, stride=2, rng=rng),
        nn.BatchNorm(8),
        nn.ConvTranspose2d(8, 4, upsampled=True, rng=rng),
        nn.BatchNorm(4),
        nn.LeakyReLU(0.1),
        nn.ConvTranspose2d(4, 5, rng=rng),
        nn.BatchNorm(5),
        nn.AvgPool2d(2),
        nn.LeakyReLU(),
        nn.LeakyReLU(),
    )
    for module in net.modules():
        if isinstance(module, nn.BatchNorm):
            module.moving_mean.data = rng.standard_normal(module.moving_mean.shape).astype(
                np.float32
            )
            module.moving_var.data = rng.random(module.moving_var.shape).astype(np.float32) + 0.5
    x = rng.standard_normal((2, 8, 8, 3)).astype(np.float32)
    for context in (
        net.inference,
        nn.no_grad,
    ):  # the second in training: with the batch's statistics
        with context():
            alone = nn.Tensor(x)
            for step in net.steps:
                alone = step(alone)
            np.testing.assert_allclose(net(x).data, alone.data, atol=2e-6)
