import numpy as np
import pytest
from scipy import signal

import nn
from tests.nn.gradcheck import check_gradients

RNG = np.random.default_rng(0)


@pytest.fixture(params=[1, 2], autouse=True)
def threads(request):
    nn.set_threads(request.param)
    yield
    nn.set_threads(1)


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("size", [(9, 8), (8, 9), (5, 5)])
@pytest.mark.parametrize("padding", ["same", "valid", 2])
def test_conv2d_gradients(stride, size, padding):
    shapes = (2, *size, 3), (3, 3, 3, 4), (4,)
    x, w, b = (RNG.standard_normal(shape) for shape in shapes)
    check_gradients(lambda x, w, b: nn.conv2d(x, w, b, stride, padding), x, w, b)


@pytest.mark.parametrize("kernel", [(1, 1), (2, 3), (5, 5)])
def test_conv2d_gradients_of_other_kernels(kernel):
    check_gradients(
        lambda x, w: nn.conv2d(x, w),
        RNG.standard_normal((2, 7, 6, 2)),
        RNG.standard_normal((*kernel, 2, 3)),
    )


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [(1, 1), (3, 3), (4, 2)])
def test_conv_transpose2d_gradients(stride, kernel):
    if kernel == (4, 2) and stride == 3:
        kernel = (4, 4)
    shapes = (2, 4, 5, 3), (*kernel, 2, 3), (2,)
    x, w, b = (RNG.standard_normal(shape) for shape in shapes)
    check_gradients(lambda x, w, b: nn.conv_transpose2d(x, w, b, stride), x, w, b)


@pytest.mark.parametrize("shape", [(3, 9, 8, 2), (1, 40, 70, 3), (5, 4, 4, 16)])
def test_conv2d_against_scipy(shape):
    x, w = RNG.standard_normal(shape), RNG.standard_normal((3, 3, shape[3], 4))
    expected = np.zeros((*shape[:3], 4))
    for n in range(shape[0]):
        for o in range(4):
            for i in range(shape[3]):
                expected[n, :, :, o] += signal.correlate2d(x[n, :, :, i], w[:, :, i, o], "same")
    np.testing.assert_allclose(nn.conv2d(x, w).data, expected, atol=1e-12)
    np.testing.assert_allclose(
        nn.conv2d(x, w, padding="valid").data, expected[:, 1:-1, 1:-1], atol=1e-12
    )


def test_stride_2_on_even_sizes_pads_bottom_and_right():
    x, w = RNG.standard_normal((1, 8, 8, 1)), RNG.standard_normal((3, 3, 1, 1))
    padded = np.pad(x[0, :, :, 0], ((0, 1), (0, 1)))
    expected = signal.correlate2d(padded, w[:, :, 0, 0], "valid")[::2, ::2]
    np.testing.assert_allclose(nn.conv2d(x, w, stride=2).data[0, :, :, 0], expected, atol=1e-12)


@pytest.mark.parametrize("stride, first", [(1, 1), (2, 0)])
def test_conv_transpose2d_is_the_scatter_written_out(stride, first):
    x, w = RNG.standard_normal((1, 4, 5, 2)), RNG.standard_normal((3, 3, 3, 2))
    full = np.zeros((stride * 3 + 3, stride * 4 + 3, 3))
    for r in range(4):
        for c in range(5):
            full[stride * r : stride * r + 3, stride * c : stride * c + 3] += np.einsum(
                "ijoq,q->ijo", w, x[0, r, c]
            )
    expected = full[first : first + 4 * stride, first : first + 5 * stride]
    np.testing.assert_allclose(
        nn.conv_transpose2d(x, w, stride=stride).data[0], expected, atol=1e-12
    )


@pytest.mark.parametrize("stride", [1, 2])
def test_conv_transpose2d_is_the_transpose_of_conv2d(stride):
    x, w = RNG.standard_normal((2, 8, 6, 3)), RNG.standard_normal((3, 3, 3, 4))
    y = nn.conv2d(x, w, stride=stride).data
    g = RNG.standard_normal(y.shape)
    assert (y * g).sum() == pytest.approx((x * nn.conv_transpose2d(g, w, stride=stride).data).sum())


def test_large_inputs_cut_into_strips_give_what_small_ones_give():
    x, w = RNG.standard_normal((3, 90, 64, 24)), RNG.standard_normal((3, 3, 24, 5))
    x, w = nn.Tensor(x, requires_grad=True), nn.Tensor(w, requires_grad=True)
    y = nn.conv2d(x, w)
    g = RNG.standard_normal(y.shape)
    y.backward(g)
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(x.data, ((0, 0), (1, 1), (1, 1), (0, 0))), (3, 3), axis=(1, 2)
    )
    np.testing.assert_allclose(
        y.data, np.einsum("nrcqij,ijqo->nrco", windows, w.data, optimize=True), atol=1e-10
    )
    np.testing.assert_allclose(
        w.grad, np.einsum("nrcqij,nrco->ijqo", windows, g, optimize=True), atol=1e-9
    )


def test_channels_that_do_not_agree_are_refused():
    with pytest.raises(ValueError, match="channels"):
        nn.conv2d(np.zeros((1, 4, 4, 3)), np.zeros((3, 3, 2, 4)))
    with pytest.raises(ValueError, match="channels"):
        nn.conv_transpose2d(np.zeros((1, 4, 4, 3)), np.zeros((3, 3, 4, 2)))
    with pytest.raises(ValueError, match="fit"):
        nn.conv2d(np.zeros((1, 2, 2, 3)), np.zeros((3, 3, 3, 4)), padding="valid")
