"""The exercises of chapter 2, convolution as a matrix."""

import numpy as np

import nn
from nn import conv


def check_window_grid(solution) -> None:
    """Hold it against the library, for all small axes, kernels and strides."""
    for n in range(3, 12):
        for k in range(1, 4):
            for stride in range(1, 4):
                for padding in ("same", "valid", 0, 2):
                    shapes = (1, n, n, 1), (k, k, 1, 1)
                    (before, _), (count, _) = conv.window_grid(*shapes, stride, padding)
                    given = n, k, stride, padding
                    assert tuple(solution(*given)) == (before, count), given


def check_kernel_gradient(solution) -> None:
    """Hold it against what the library's walk back gives the kernel."""
    rng = np.random.default_rng(0)
    for kernel, stride in [((3, 3), 1), ((3, 3), 2), ((1, 4), 1), ((2, 2), 3)]:
        x = rng.standard_normal((2, 7, 9, 3))
        w = nn.Tensor(rng.standard_normal((*kernel, 3, 4)), requires_grad=True)
        y = nn.conv2d(x, w, stride=stride, padding="valid")
        g = rng.standard_normal(y.shape)
        y.backward(g)
        np.testing.assert_allclose(solution(x, g, kernel, stride), w.grad, atol=1e-10)


def check_receptive_field(solution) -> None:
    """Hold it against the cells that the gradient of one output cell reaches."""
    nets = [[], [(3, 1)], [(3, 1), (3, 1)], [(2, 2), (2, 2)], [(3, 1), (2, 2), (3, 1), (3, 1)]]
    for layers in [*nets, [(5, 2), (3, 2), (3, 1)], [(1, 3), (4, 1)]]:
        x = nn.Tensor(np.ones((1, 60, 1, 1)), requires_grad=True)
        y = x * 1.0
        for taps, stride in layers:
            y = nn.conv2d(y, np.ones((taps, 1, 1, 1)), stride=stride, padding="valid")
        y[0, 2, 0, 0].backward()
        seen = np.flatnonzero(x.grad)
        assert solution(layers) == seen[-1] - seen[0] + 1, layers
