import numpy as np
import pytest
from scipy import special

import nn
from tests.nn.gradcheck import check_gradients

RNG = np.random.default_rng(0)
A, B = RNG.standard_normal((2, 3, 4, 5)), RNG.standard_normal((2, 3, 4, 5))
POSITIVE = RNG.random((3, 4)) + 0.5

WEIGHTS = np.linspace(0.1, 2, 20).reshape(1, 4, 5, 1)
OPS = {
    "add": (lambda a, b: a + b, A, B),
    "add broadcast": (lambda a, b: a + b, A, B[0, :1, :, :1]),
    "subtract": (lambda a, b: a - b, A[0], B[0, 0]),
    "multiply": (lambda a, b: a * b, A, B[:, :, :1]),
    "divide": (lambda a, b: a / b, A[0], np.abs(B[0]) + 1),
    "number on the left": (lambda a: 2.0 - a * 3.0 + 1.0 / (a * a + 1.0), A[0]),
    "power": (lambda a: a**1.5, POSITIVE),
    "exp": (nn.exp, A[0]),
    "log": (nn.log, POSITIVE),
    "abs": (nn.absolute, A[0]),
    "matmul": (lambda a, b: a @ b, A[0, 0], B[0, 0].T),
    "matmul broadcast": (lambda a, b: a @ b, A, B[0, 0].T),
    "matmul broadcast left": (lambda a, b: a @ b, A[0, 0], B.swapaxes(2, 3)),
    "sum": (lambda a: nn.reduce_sum(a, axis=(0, 2)), A),
    "sum all": (lambda a: a.sum(), A),
    "mean keepdims": (lambda a: nn.mean(a, axis=1, keepdims=True), A),
    "reshape": (lambda a: nn.reshape(a, 6, 20), A),
    "transpose": (lambda a: nn.transpose(a, 2, 0, 3, 1), A),
    "getitem": (lambda a: a[:, 1, ::2], A),
    "concatenate": (lambda a, b: nn.concatenate([a, b], axis=2), A, B[:, :, :2]),
    "relu": (nn.relu, A),
    "leaky relu": (lambda a: nn.leaky_relu(a, 0.3), A),
    "prelu": (nn.prelu, A, RNG.random(5)),
    "sigmoid": (nn.sigmoid, A),
    "softmax": (nn.softmax, A),
    "softmax axis 1": (lambda a: nn.softmax(a, axis=1), A),
    "max pool": (lambda a: nn.max_pool2d(a, 2), RNG.standard_normal((2, 6, 4, 3))),
    "max pool same": (lambda a: nn.max_pool2d(a, 3, 2, "same"), RNG.standard_normal((2, 7, 6, 3))),
    "max pool ceil": (lambda a: nn.max_pool2d(a, 3, 2, "ceil"), RNG.standard_normal((2, 8, 7, 3))),
    "avg pool": (lambda a: nn.avg_pool2d(a, 2), RNG.standard_normal((2, 6, 5, 3))),
    "avg pool same": (lambda a: nn.avg_pool2d(a, 3, 2, "same"), RNG.standard_normal((2, 7, 6, 3))),
    "upsample": (lambda a: nn.upsample_nearest(a, 3), RNG.standard_normal((2, 3, 4, 2))),
    "dense": (nn.dense, A[0, 0], RNG.standard_normal((5, 7)), RNG.standard_normal(7)),
    "mse": (nn.mse, A, B),
    "edge_l1": (
        lambda p, t: nn.edge_l1(p, t, WEIGHTS, 1.5),
        RNG.random((2, 4, 5, 3)),
        RNG.random((2, 4, 5, 3)),
    ),
    "pixel_shuffle": (nn.PixelShuffle(2), RNG.random((2, 3, 4, 12))),
}


@pytest.mark.parametrize("name", OPS)
def test_gradients(name):
    f, *arrays = OPS[name]
    check_gradients(f, *arrays)


def test_prelu_and_softmax_against_scipy_and_the_definition():
    alpha = RNG.random(5)
    np.testing.assert_allclose(nn.prelu(A, alpha).data, np.where(A > 0, A, A * alpha))
    np.testing.assert_allclose(nn.softmax(A * 100).data, special.softmax(A * 100, axis=-1))
    np.testing.assert_allclose(nn.sigmoid(A * 100).data, special.expit(A * 100), atol=1e-15)
    np.testing.assert_allclose(nn.leaky_relu(A, 0.3).data, np.where(A > 0, A, 0.3 * A))


@pytest.mark.parametrize(
    "padding, expected",
    [
        ("valid", [[5, 7], [13, 15]]),
        ("ceil", [[5, 7, 9], [13, 15, 14], [8, 9, 3]]),
        ("same", [[5, 7, 9], [13, 15, 14], [8, 9, 3]]),
    ],
)
def test_max_pool_by_hand(padding, expected):
    x = np.array(
        [
            [1, 2, 3, 4, 9],
            [5, 0, 7, 6, 8],
            [9, 10, 11, 12, 13],
            [13, 1, 15, 2, 14],
            [8, 7, 9, 2, 3],
        ],
        float,
    )
    np.testing.assert_array_equal(
        nn.max_pool2d(x[None, :, :, None], 2, 2, padding).data[0, :, :, 0], expected
    )


def test_max_pool_gives_a_tie_to_the_first_cell_only():
    x = nn.Tensor(np.zeros((1, 2, 2, 1)), requires_grad=True)
    nn.max_pool2d(x).sum().backward()
    np.testing.assert_array_equal(x.grad[0, :, :, 0], [[1, 0], [0, 0]])


def test_avg_pool_does_not_count_its_padding_and_upsampling_repeats():
    ones = np.ones((1, 5, 5, 2))
    np.testing.assert_allclose(nn.avg_pool2d(ones, 3, 2, "same").data, 1)
    x = np.arange(6.0).reshape(1, 2, 3, 1)
    np.testing.assert_array_equal(
        nn.upsample_nearest(x, 2).data[0, :, :, 0], np.kron(x[0, :, :, 0], np.ones((2, 2)))
    )


def test_edge_l1_by_its_definition():
    p, t = RNG.random((2, 2, 4, 5, 3))
    d = p - t
    w = np.broadcast_to(WEIGHTS, d.shape)
    expected = (w * abs(d)).sum() + 1.5 * (
        (w[:, 1:] * abs(d[:, 1:] - d[:, :-1])).sum()
        + (w[:, :, 1:] * abs(d[:, :, 1:] - d[:, :, :-1])).sum()
    )
    assert float(nn.edge_l1(p, t, WEIGHTS, 1.5).data) == pytest.approx(expected / d.size, rel=1e-12)


def test_pixel_shuffle_puts_the_channels_of_a_cell_in_its_pixels():
    x = np.arange(2 * 2 * 4).reshape(1, 2, 2, 4)
    np.testing.assert_array_equal(
        nn.PixelShuffle(2)(nn.Tensor(x)).data[0, :, :, 0],
        [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13], [10, 11, 14, 15]],
    )


@pytest.mark.parametrize(
    "call",
    [
        lambda: nn.max_pool2d(np.zeros((1, 1, 4, 1)), 2),
        lambda: nn.max_pool2d(np.zeros((1, 4, 4, 1)), 2, 2, "full"),
    ],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(ValueError):
        call()
