"""Batch normalisation (Ioffe & Szegedy 2015), over every axis but the channels."""

from __future__ import annotations

from . import backend
from .conv import channel_sum
from .tensor import Function, Tensor


class BatchNorm(Function):
    """y = gamma x^ + beta with x^ = (x - mean) / sqrt(var + epsilon), statistics those of the batch."""

    def __init__(self, epsilon: float):
        self.epsilon = epsilon

    def forward(self, x, gamma, beta):  # (N, H, W, C), (C,), (C,)
        xp = backend.of(x)
        self.count = x.size // x.shape[-1]
        self.mean = channel_sum(x) / self.count
        centred = x - self.mean
        self.var = channel_sum(centred * centred) / self.count
        self.inv_std = 1 / xp.sqrt(self.var + self.epsilon)
        self.centred, self.gamma = centred, gamma
        y = centred * (gamma * self.inv_std)
        y += beta
        return y

    # gbeta = sum g, ggamma = sum g x^, gx = gamma / std (g - mean(g) - x^ mean(g x^))
    def backward(self, g):
        g_beta = channel_sum(g)
        g_gamma = channel_sum(g * self.centred) * self.inv_std
        scale = self.gamma * self.inv_std
        gx = self.centred  # overwritten: nobody needs it after this
        gx *= -scale * self.inv_std * g_gamma / self.count
        gx += g * scale
        gx -= scale * g_beta / self.count
        return gx, g_gamma, g_beta


def batch_norm(x, gamma, beta, moving_mean, moving_var, training: bool, momentum: float = 0.99,
               epsilon: float = 1e-3) -> Tensor:
    """Normalise x (N, H, W, C) per channel; gamma, beta and the moving arrays are (C,).

    In training with the batch's own statistics, which also move the two moving arrays, in place, a step 1 - momentum
    towards them (the variance unbiased, as Keras' fused kernel has it). Otherwise with the moving ones.
    """
    if not training:
        xp = backend.of(moving_var)
        inv_std = 1 / xp.sqrt(moving_var + epsilon)
        scale = gamma * inv_std
        return x * scale + (beta - scale * moving_mean)
    op = BatchNorm(epsilon)
    y = op(x, gamma, beta)
    unbiased = y.data.size // y.shape[-1]
    for moving, now in ((moving_mean, op.mean), (moving_var, op.var * (unbiased / max(unbiased - 1, 1)))):
        moving *= momentum
        moving += (1 - momentum) * now
    return y
