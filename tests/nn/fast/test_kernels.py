"""Every fast kernel against the plain function that it replaces."""

import itertools

import numpy as np
import pytest

import nn
from nn import conv, losses, norm, optim, pool
from nn.fast import phases, strips, winograd
from nn.fast.conv import convolve_with_box, upsampled_conv_transpose2d
from nn.fast.epilogue import Epilogue
from nn.fast.layouts import FixedKernel
from tests.nn.gradcheck import check_gradients

RNG = np.random.default_rng(0)
SETTINGS = "images", "height", "width", "inputs", "outputs", "kernel", "stride", "padding"
CASES = [
    dict(zip(SETTINGS, c, strict=True))
    for c in itertools.product(
        (1, 3), (5, 8, 16), (7, 12), (3, 40), (2, 8, 36), (1, 2, 3, 4), (1, 2, 3), ("same", "valid")
    )
    if c[5] <= c[1]
]


def _arrays(images, height, width, inputs, outputs, kernel, stride, padding):
    """x, w, g (a gradient of y), pad_before and out of a case."""
    x = RNG.standard_normal((images, height, width, inputs))
    w = RNG.standard_normal((kernel, kernel, inputs, outputs))
    pad_before, out = conv.window_grid(x.shape, w.shape, stride, padding)
    return x, w, RNG.standard_normal((images, *out, outputs)), pad_before, out


def _leaky(y, bias):
    return np.maximum(y + bias, 0.2 * (y + bias))


def _assert_close(found, expected, case, tolerance=1e-11):
    np.testing.assert_allclose(found, expected, atol=tolerance, err_msg=str(case))


@pytest.mark.parametrize("strip_bytes", [1 << 12, 1 << 19])
def test_strips_bands_and_phases(monkeypatch, strip_bytes):
    monkeypatch.setattr(strips, "STRIP_BYTES", strip_bytes)
    monkeypatch.setattr(strips, "STRIP_KERNELS", 0)
    for case in CASES[:: 3 if strip_bytes > 1 << 15 else 1]:
        x, w, g, pad_before, out = _arrays(**case)
        stride, size, kernel = case["stride"], x.shape[1:3], w.shape[:2]
        y = conv.correlate(x, w, stride, pad_before, out)
        gx = conv.correlate_input(g, w, size, stride, pad_before)
        gw = conv.correlate_weight(x, g, kernel, stride, pad_before)
        bias = RNG.standard_normal(case["outputs"])
        _assert_close(strips.correlate(x, w, stride, pad_before, out), y, case)
        found = strips.correlate(x, w, stride, pad_before, out, Epilogue(bias, 0.2))
        _assert_close(found, _leaky(y, bias), case)
        _assert_close(strips.correlate_weight(x, g, kernel, stride, pad_before), gw, case)
        both = strips.correlate_both(x, w, g, kernel, stride, pad_before)
        _assert_close(both[0], y, case)
        _assert_close(both[1], gw, case)
        bias = RNG.standard_normal(case["inputs"])
        _assert_close(phases.correlate_input(g, w, size, stride, pad_before), gx, case)
        found = phases.correlate_input(g, w, size, stride, pad_before, Epilogue(bias, 0.2))
        _assert_close(found, _leaky(gx, bias), case)


@pytest.mark.parametrize("tiles_bytes", [1 << 14, 1 << 20])
def test_winograd(monkeypatch, tiles_bytes):
    monkeypatch.setattr(winograd, "TILES_BYTES", tiles_bytes)
    for case in CASES:
        if case["kernel"] != 3 or case["stride"] != 1:
            continue
        x, w, g, pad_before, out = _arrays(**case)
        y = conv.correlate(x, w, 1, pad_before, out)
        gx = conv.correlate_input(g, w, x.shape[1:3], 1, pad_before)
        gw = conv.correlate_weight(x, g, (3, 3), 1, pad_before)
        _assert_close(winograd.correlate(x, w, pad_before, out), y, case, 1e-10)
        found = winograd.correlate_input(g, w, x.shape[1:3], pad_before)
        _assert_close(found, gx, case, 1e-10)
        both = winograd.correlate_both(x, w, g, pad_before)
        _assert_close(both[0], y, case, 1e-10)
        _assert_close(both[1], gw, case, 1e-10)
        bias = RNG.standard_normal(case["outputs"])
        found = winograd.correlate(x, w, pad_before, out, Epilogue(bias, 0.2))
        _assert_close(found, _leaky(y, bias), case, 1e-10)


@pytest.mark.parametrize(
    "tile, taps, points",
    [
        (2, 3, (0, 1, -1)),
        (4, 3, winograd.POINTS),
        (4, 2, (0, 1, -1, 2)),
        (3, 5, (0, 1, -1, 2, -2, 3)),
    ],
)
def test_winograd_transforms_of_any_size_make_a_correlation(tile, taps, points):
    a, g, b = winograd.make_transforms(tile, taps, tuple(winograd.Fraction(p) for p in points))
    d, w = RNG.standard_normal(tile + taps - 1), RNG.standard_normal(taps)
    np.testing.assert_allclose(a @ ((g @ w) * (b @ d)), np.correlate(d, w, "valid"), atol=1e-10)


def test_winograd_rounds_nearly_as_well_as_a_direct_sum():
    x = RNG.standard_normal((4, 16, 16, 64))
    w = RNG.standard_normal((3, 3, 64, 64)) / 24  # results of unit variance
    exact = conv.correlate(x, w, 1, (1, 1), (16, 16))
    single = winograd.correlate(x.astype(np.float32), w.astype(np.float32), (1, 1), (16, 16))
    assert np.abs(single - exact).max() < 3e-5


@pytest.mark.parametrize("kernel", [(3, 3), (1, 1), (5, 3)])
@pytest.mark.parametrize("shape", [(4, 5, 3, 2), (8, 8, 8, 8), (6, 4, 40, 36)])
def test_an_upsampled_convolution_is_upsampling_and_a_convolution(kernel, shape):
    h, wide, inputs, outputs = shape
    x = RNG.standard_normal((2, h, wide, inputs))
    w = RNG.standard_normal((*kernel, outputs, inputs))
    expected = nn.conv_transpose2d(nn.upsample_nearest(x), w).data
    np.testing.assert_allclose(upsampled_conv_transpose2d(x, w).data, expected, atol=1e-11)
    check_gradients(upsampled_conv_transpose2d, x, w)


@pytest.mark.parametrize("strip_bytes", [1 << 9, 1 << 19])
def test_one_product_gives_what_the_phases_give_one_by_one(monkeypatch, strip_bytes):
    monkeypatch.setattr(strips, "STRIP_BYTES", strip_bytes)
    monkeypatch.setattr(strips, "STRIP_KERNELS", 0)
    for n, h, wide, inputs, outputs in [(1, 1, 1, 2, 3), (3, 4, 7, 5, 2), (2, 9, 8, 16, 20)]:
        g = RNG.standard_normal((n, h, wide, outputs))
        w, bias = RNG.standard_normal((4, 4, inputs, outputs)), RNG.standard_normal(inputs)
        expected = conv.correlate_input(g, w, (2 * h, 2 * wide), 2, (1, 1))
        case = n, h, wide, inputs, outputs
        _assert_close(phases.correlate_all_phases(g, w), expected, case)
        found = phases.correlate_all_phases(g, w, Epilogue(bias, 0.2))
        _assert_close(found, _leaky(expected, bias), case)


@pytest.mark.parametrize("stride", [1, 2])
def test_a_fixed_kernel_gives_the_same_and_is_laid_out_once(monkeypatch, stride):
    w = RNG.standard_normal((3, 3, 20, 20))
    fixed, images = FixedKernel(w), [RNG.standard_normal((2, s, s, 20)) for s in (16, 8, 16)]
    layers = [nn.fast.conv_transpose2d]
    layers += [nn.fast.conv2d] if stride == 2 else [nn.fast.conv2d, upsampled_conv_transpose2d]
    with nn.no_grad():
        for layer in layers:
            how = {} if layer is upsampled_conv_transpose2d else {"stride": stride}
            for x in images:
                np.testing.assert_array_equal(layer(x, fixed, **how).data, layer(x, w, **how).data)
    before = len(fixed.layouts)
    assert before > 0
    nn.fast.conv2d(images[0], fixed, stride=stride)
    assert len(fixed.layouts) == before


def test_averaging_after_a_convolution_is_a_wider_kernel_at_stride_2():
    x, w = RNG.standard_normal((2, 8, 6, 3)), RNG.standard_normal((3, 3, 3, 4))
    expected = nn.avg_pool2d(nn.conv2d(x, w)).data
    found = nn.conv2d(x, convolve_with_box(w) / 4, stride=2).data
    np.testing.assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize("inputs, outputs, size", [(3, 4, 6), (32, 32, 16)])
@pytest.mark.parametrize("stride", [1, 2])
def test_gradients_through_a_fused_activation(inputs, outputs, size, stride):
    x = RNG.standard_normal((1, size, size, inputs))
    w = RNG.standard_normal((3, 3, inputs, outputs))
    b, transposed = RNG.standard_normal(outputs), w.swapaxes(2, 3)
    fused = nn.fast.conv2d
    check_gradients(lambda x, w, b: fused(x, w, b, stride, slope=0.3), x, w, b, tol=1e-5)
    fused_transpose = nn.fast.conv_transpose2d
    check_gradients(
        lambda x, w, b: fused_transpose(x, w, b, stride, slope=0.3), x, transposed, b, tol=1e-5
    )
    expected = nn.leaky_relu(nn.conv2d(x, w, b, stride), 0.3).data
    np.testing.assert_allclose(fused(x, w, b, stride, slope=0.3).data, expected, atol=1e-12)


def test_gradients_of_batch_norm_with_its_activation():
    x, gamma, beta = RNG.standard_normal((3, 4, 2, 5)), RNG.random(5) + 0.5, RNG.standard_normal(5)
    check_gradients(
        lambda *inputs: nn.fast.normalise(*inputs, 1e-3, slope=0.3)[0], x, gamma, beta, tol=1e-5
    )
    plain = np.where((y := norm.BatchNorm(1e-3)(x, gamma, beta).data) > 0, y, 0.3 * y)
    fused = nn.fast.normalise(x, gamma, beta, 1e-3, slope=0.3)[0].data
    np.testing.assert_allclose(fused, plain, atol=1e-12)


def _both_ways(f, *arrays):
    """[result, gradient of each input] of f on the fast kernels and on the plain ones."""
    found = []
    for fast in (True, False):
        nn.use_fast(fast)
        leaves = [nn.Tensor(a.copy(), requires_grad=True) for a in arrays]
        y = f(*leaves)
        y.backward(np.cos(np.arange(y.data.size)).reshape(y.shape))
        found.append([y.data, *(leaf.grad for leaf in leaves)])
    nn.use_fast(True)
    return found


@pytest.mark.parametrize("padding", pool.PADDINGS)
@pytest.mark.parametrize("size, stride", [(2, 2), (3, 2), (3, 3), (1, 1)])
def test_pools(size, stride, padding):
    for pool2d in (nn.max_pool2d, nn.avg_pool2d):
        x = RNG.standard_normal((2, 9, 6, 3))
        fast, plain = _both_ways(lambda x, p=pool2d: p(x, size, stride, padding), x)
        for a, b in zip(fast, plain, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-14)


def test_leaky_relu_batch_statistics_and_edge_l1():
    x = RNG.standard_normal((5, 40, 30, 6))
    gamma, beta, weights = RNG.random(6), RNG.standard_normal(6), RNG.random((1, 40, 30, 1))
    for f, *arrays in (
        (lambda x: nn.leaky_relu(x, 0.2), x),
        (lambda *inputs: norm.normalise(*inputs, 1e-3)[0], x, gamma, beta),
        (lambda p, t: losses.edge_l1(p, t, weights, 1.5), x, x[::-1].copy()),
    ):
        for fast, plain in zip(*_both_ways(f, *arrays), strict=True):
            np.testing.assert_allclose(fast, plain, atol=1e-11)


def test_adam_gives_the_same_bytes_both_ways():
    results = []
    for fast in (True, False):
        nn.use_fast(fast)
        rng = np.random.default_rng(5)
        p = nn.Tensor(rng.standard_normal(100_000).astype(np.float32), requires_grad=True)
        adam = optim.Adam()
        for _ in range(3):
            p.grad = rng.standard_normal(100_000).astype(np.float32)
            adam.step([p])
        results.append(p.data)
    nn.use_fast(True)
    np.testing.assert_array_equal(*results)
