"""Batch normalisation (Ioffe & Szegedy 2015, algorithm 1), over every axis but the channels."""

from __future__ import annotations

from . import backend
from .parallel import team_mean
from .switch import has_fast_form
from .tensor import Function, Tensor

PIXELS = 0, 1, 2  # the axes N, H, W of an NHWC array


class BatchNorm(Function):
    """y = gamma x^ + beta, where x^ = (x - mean) / sqrt(var + epsilon).

    Mean and variance are those of the whole batch, also where a team of processes shares it:
    `team_mean` averages over the team, and changes nothing outside of one.
    """

    def __init__(self, epsilon: float):
        self.epsilon = epsilon

    def forward(self, x, gamma, beta):  # (N, H, W, C), (C,), (C,)
        mean, self.count = team_mean(x.mean(PIXELS), x[..., 0].size)
        var, _ = team_mean(((x - mean) ** 2).mean(PIXELS), x[..., 0].size)
        self.mean, self.var, self.gamma = mean, var, gamma
        self.inv_std = 1 / backend.of(x).sqrt(var + self.epsilon)
        self.x_hat = (x - mean) * self.inv_std
        return gamma * self.x_hat + beta

    # gbeta = sum g,  ggamma = sum g x^,
    # gx = gamma / sqrt(var + epsilon) (g - mean(g) - x^ mean(g x^)),  means over the whole batch
    def backward(self, g):
        mean_g, _ = team_mean(g.mean(PIXELS), g[..., 0].size)
        mean_gx, _ = team_mean((g * self.x_hat).mean(PIXELS), g[..., 0].size)
        gx = self.gamma * self.inv_std * (g - mean_g - self.x_hat * mean_gx)
        return gx, (g * self.x_hat).sum(PIXELS), g.sum(PIXELS)


@has_fast_form
def normalise(x, gamma, beta, epsilon: float) -> tuple[Tensor, BatchNorm]:
    """x (N, H, W, C) normalised with its own statistics, and the op that did it.

    The op has the attributes `mean` and `var`, (C,) each, and `count`, the cells averaged.
    """
    op = BatchNorm(epsilon)
    return op(x, gamma, beta), op


def batch_norm(
    x, gamma, beta, moving_mean, moving_var, training, momentum=0.99, epsilon=1e-3
) -> Tensor:
    """Normalise x (N, H, W, C) for each channel; gamma, beta and the moving arrays are (C,).

    In training it uses the batch's own statistics and updates the moving ones in place. In
    inference it uses the moving ones.
    """
    if training:
        y, op = normalise(x, gamma, beta, epsilon)
        update_moving(moving_mean, moving_var, op, momentum)
        return y
    scale = gamma * (1 / backend.of(moving_var).sqrt(moving_var + epsilon))
    return x * scale + (beta - scale * moving_mean)


def update_moving(moving_mean, moving_var, op: BatchNorm, momentum: float) -> None:
    """moving = momentum moving + (1 - momentum) now, in place, for the op's statistics.

    The variance is made unbiased first, n / (n - 1) (Ioffe & Szegedy 2015, algorithm 2; Keras).
    """
    unbiased = op.var * (op.count / max(op.count - 1, 1))
    for moving, now in ((moving_mean, op.mean), (moving_var, unbiased)):
        moving *= momentum
        moving += ((1 - momentum) * now).astype(moving.dtype)
