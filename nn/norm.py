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
        self.mean = sum(backend.over_batch(lambda s: channel_sum(x[s]), x)) / self.count
        centred, y = xp.empty_like(x), xp.empty_like(x)

        def centre(s):
            xp.subtract(x[s], self.mean, out=centred[s])
            return channel_sum(xp.multiply(centred[s], centred[s], out=y[s]))  # y serves as scratch

        self.var = sum(backend.over_batch(centre, x)) / self.count
        self.inv_std = 1 / xp.sqrt(self.var + self.epsilon)
        self.centred, self.gamma = centred, gamma
        scale = gamma * self.inv_std

        def job(s):
            xp.multiply(centred[s], scale, out=y[s])
            y[s] += beta

        backend.over_batch(job, x)
        return y

    # gbeta = sum g, ggamma = sum g x^, gx = gamma / std (g - mean(g) - x^ mean(g x^))
    def backward(self, g):
        xp = backend.of(g)
        centred, gx = self.centred, xp.empty_like(g)

        def sums(s):
            return xp.stack([channel_sum(g[s]), channel_sum(xp.multiply(g[s], centred[s], out=gx[s]))])

        g_beta, g_gamma = sum(backend.over_batch(sums, g))
        g_gamma = g_gamma * self.inv_std
        scale = self.gamma * self.inv_std
        of_centred, shift = scale * self.inv_std * g_gamma / self.count, scale * g_beta / self.count

        def job(s):
            xp.multiply(g[s], scale, out=gx[s])
            centred[s] *= of_centred  # overwritten: nobody needs it after this
            gx[s] -= centred[s]
            gx[s] -= shift

        backend.over_batch(job, g)
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
