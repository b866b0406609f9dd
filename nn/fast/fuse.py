"""A net with its layers fused: several layers in one pass over memory.

`fuse` is for training, `fuse_for_inference` for inference. Both return a new net with the
parameters of the given one and, but for rounding, its results. While the fast kernels are off they
return the net itself.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial

from .. import layers, ops
from ..layers import Module, Sequential
from ..norm import update_moving
from ..switch import fast_enabled
from ..tensor import Tensor
from . import conv, norm
from .layouts import FixedKernel
from .phases import flip


class Fused(Module):
    """Some layers as one function of their input; it keeps them, so their parameters are found."""

    def __init__(self, fused: list[Module], function: Callable):
        self.fused, self.function = fused, function

    def forward(self, x) -> Tensor:
        return self.function(x)


def fuse(net: Module) -> Module:
    """The net for training: each convolution or BatchNorm with the LeakyReLU that follows it."""
    return _rewrite(net, _fuse_next)


def fuse_for_inference(net: Module) -> Module:
    """The net for inference, made from the weights of this moment: make it anew when they change.

    In inference BatchNorm is a scale and a shift for each channel. They go into the kernel and bias
    of the convolution before it; so does a 2 x 2 mean that follows. LeakyReLU or PReLU is its
    epilogue.
    """
    return _rewrite(net, _fold_next)


class Prepared:
    """A net for `nn.train.infer` with its weights of this moment: make it anew when they change.

    Whoever uses a net often without changing it saves the time that fusing and laying out take.
    """

    def __init__(self, net: Module):
        self.module = net
        with net.inference():
            self.fused = fuse_for_inference(net)

    def __call__(self, x) -> Tensor:
        return self.fused(x) if fast_enabled() else self.module(x)


def _rewrite(net: Module, rule: Callable[[list], Callable]) -> Module:
    """The net with the steps of its Sequentials replaced by `rule`.

    The rule takes the steps that it fuses off the front of a list, and returns their replacement.
    Any other module becomes a shallow copy, in which its own modules are rewritten.
    """
    if not fast_enabled():
        return net
    if isinstance(net, Sequential):
        rest, steps = _flatten(net), []
        while rest:
            steps.append(rule(rest))
        return Sequential(*steps)
    rewritten = copy.copy(net)
    for name, value in vars(net).items():
        if isinstance(value, Module):
            setattr(rewritten, name, _rewrite(value, rule))
        elif isinstance(value, list):
            items = (_rewrite(v, rule) if isinstance(v, Module) else v for v in value)
            setattr(rewritten, name, list(items))
    return rewritten


def _flatten(net: Sequential) -> list[Callable]:
    nested = (_flatten(s) if isinstance(s, Sequential) else [s] for s in net.steps)
    return [step for steps in nested for step in steps]


def _next_is(rest: list, kind) -> bool:
    return bool(rest) and isinstance(rest[0], kind)


def _fuse_next(rest: list) -> Callable:
    layer = rest.pop(0)
    if not isinstance(layer, layers.Conv2d | layers.ConvTranspose2d | layers.BatchNorm):
        return layer
    slope = rest.pop(0).slope if _next_is(rest, layers.LeakyReLU) else 1.0
    if isinstance(layer, layers.BatchNorm):
        return Fused([layer], partial(_norm_leaky, layer, slope))
    function = _convolution(layer)
    return Fused([layer], lambda x: function(x, layer.kernel, layer.bias, slope=slope))


def _norm_leaky(layer: layers.BatchNorm, slope: float, x) -> Tensor:
    """BatchNorm in training, then LeakyReLU."""
    y, op = norm.normalise(x, layer.gamma, layer.beta, layer.epsilon, slope)
    update_moving(layer.moving_mean.data, layer.moving_var.data, op, layer.momentum)
    return y


def _fold_next(rest: list) -> Callable:
    layer = rest.pop(0)
    if isinstance(layer, layers.Dense):
        kernel, bias = layer.kernel, layer.bias  # a personal layer makes its kernel when asked
        return Fused([layer], lambda x: ops.dense(x, kernel, bias))
    if not isinstance(layer, layers.Conv2d | layers.ConvTranspose2d):
        return layer
    fused, function = [layer], _convolution(layer)
    kernel, bias, slope = layer.kernel.data, layer.bias and layer.bias.data, 1.0
    if _next_is(rest, layers.BatchNorm):
        fused.append(rest.pop(0))
        scale, shift = fused[-1].affine()
        by_output = scale if isinstance(layer, layers.Conv2d) else scale[:, None]
        kernel = kernel * by_output  # (kh, kw, I, O), or transposed (kh, kw, O, I)
        bias = shift if bias is None else bias * scale + shift
        if _is_plain_correlation(layer) and _next_is(rest, layers.AvgPool2d) and rest[0].size == 2:
            rest.pop(0)
            # The mean of 2 x 2 results of a correlation at stride 1 is a correlation at stride 2
            # with a wider kernel.
            kernel = conv.convolve_with_box(flip(kernel)) / 4
            function = _half_size_conv2d
    if _next_is(rest, layers.LeakyReLU | layers.PReLU):
        activation = rest.pop(0)
        fused.append(activation)
        slope = activation.alpha.data if isinstance(activation, layers.PReLU) else activation.slope
    fixed = FixedKernel(kernel)
    return Fused(fused, lambda x: function(x, fixed, bias, slope=slope))


def _half_size_conv2d(x, kernel, bias, slope) -> Tensor:
    """A convolution at stride 2 with half as many rows and columns, rounded down as in a pool."""
    y = conv.conv2d(x, kernel, bias, stride=2, slope=slope)
    return y[:, : x.shape[1] // 2, : x.shape[2] // 2]


def _convolution(layer: layers.Conv2d | layers.ConvTranspose2d) -> Callable:
    """The fast function of a layer's kind: (x, kernel, bias, slope=...) -> Tensor."""
    if isinstance(layer, layers.Conv2d):
        return partial(conv.conv2d, stride=layer.stride, padding=layer.padding)
    if layer.upsampled:
        return conv.upsampled_conv_transpose2d
    return partial(conv.conv_transpose2d, stride=layer.stride)


def _is_plain_correlation(layer) -> bool:
    """Whether a layer is a transposed convolution that is a centred correlation at stride 1."""
    transposed = isinstance(layer, layers.ConvTranspose2d) and not layer.upsampled
    return transposed and layer.stride == 1 and layer.kernel.shape[0] % 2 == 1
