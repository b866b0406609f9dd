"""Modules: named parameters with the op that uses them.

A `Module` is a plain object. Its parameters are found by one ordered walk over its attributes: tensors, modules, and
lists of modules. A tensor that two modules share is found once, under the first name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from . import activations, backend, conv, norm, ops, pool
from .fast import correlate
from .init import glorot_uniform
from .tensor import Tensor, grad_enabled, no_grad


class Module:
    """Something with parameters; `training` chooses between the batch's and the moving statistics in BatchNorm."""

    training = True

    def named_tensors(self) -> Iterator[tuple[str, Tensor]]:
        """Every tensor in this module and below, parameters and moving statistics, with its dotted name."""
        seen = set()
        for name, tensor in _walk(self, ""):
            if id(tensor) not in seen:
                seen.add(id(tensor))
                yield name, tensor

    def parameters(self) -> list[Tensor]:
        """What an optimiser trains."""
        return [t for _, t in self.named_tensors() if t.requires_grad]

    def modules(self) -> Iterator[Module]:
        """This module and all below it."""
        yield self
        for child in _children(self):
            yield from child.modules()

    def train(self, training: bool = True) -> Module:
        for module in self.modules():
            module.training = training
        return self

    @contextmanager
    def inference(self):
        """Inside this block the module normalises with its moving statistics and keeps nothing for a backward pass."""
        before = [(module, module.training) for module in self.modules()]
        self.train(False)
        try:
            with no_grad():
                yield
        finally:
            for module, training in before:
                module.training = training

    def to(self, xp) -> Module:
        """Move every tensor to the arrays of module xp (numpy or cupy)."""
        for _, tensor in self.named_tensors():
            tensor.data = xp.asarray(tensor.data)
        return self

    def __call__(self, x) -> Tensor:
        return self.forward(x)

    def forward(self, x) -> Tensor:
        raise NotImplementedError


def _children(module: Module) -> Iterator[Module]:
    for value in vars(module).values():
        for item in value if isinstance(value, list | tuple) else (value,):
            if isinstance(item, Module):
                yield item


def _walk(module: Module, prefix: str) -> Iterator[tuple[str, Tensor]]:
    for name, value in vars(module).items():
        if isinstance(value, Tensor):
            yield prefix + name, value
        elif isinstance(value, Module):
            yield from _walk(value, f"{prefix}{name}.")
        elif isinstance(value, list | tuple):
            for i, item in enumerate(value):
                if isinstance(item, Module):
                    yield from _walk(item, f"{prefix}{name}.{i}.")


class Sequential(Module):
    """Modules and plain functions applied one after the other.

    A convolution or BatchNorm takes a LeakyReLU that follows it into its own pass over memory; and in inference, where BatchNorm is a
    scale and a shift for each channel, a convolution takes that into its kernel and bias, and the averaging of 2 x 2 cells after it
    into a stride of 2. The result is the same but for rounding.
    """

    def __init__(self, *steps: Callable):
        self.steps = list(steps)

    def forward(self, x) -> Tensor:
        rest = list(self.steps)
        while rest:
            step, more = rest.pop(0), {}
            if (
                isinstance(step, Conv2d | ConvTranspose2d)
                and rest
                and isinstance(rest[0], BatchNorm)
                and not (rest[0].training or grad_enabled())
            ):
                more["norm"] = rest.pop(0)
                if (
                    isinstance(step, ConvTranspose2d)
                    and step.plain
                    and rest
                    and isinstance(rest[0], AvgPool2d)
                    and rest[0].size == 2
                ):
                    more["halved"] = rest.pop(0).size == 2
            if (
                isinstance(step, Conv2d | ConvTranspose2d | BatchNorm)
                and rest
                and isinstance(rest[0], LeakyReLU)
            ):
                more["slope"] = rest.pop(0).slope
            x = step.forward(x, **more) if more else step(x)
        return x


def _parameter(array: np.ndarray) -> Tensor:
    return Tensor(array, requires_grad=True)


class Conv2d(Module):
    """A "same" convolution with bias."""

    def __init__(
        self, inputs: int, outputs: int, size: int = 3, stride: int = 1, *, rng: np.random.Generator
    ):
        self.stride = stride
        self.kernel = _parameter(glorot_uniform((size, size, inputs, outputs), rng))
        self.bias = _parameter(np.zeros(outputs, np.float32))

    def forward(self, x, norm: BatchNorm | None = None, slope: float = 1) -> Tensor:
        kernel, bias = self.kernel, self.bias
        if norm:
            scale, shift = norm.affine()
            kernel, bias = kernel.data * scale, bias.data * scale + shift
        return conv.conv2d(x, kernel, bias, self.stride, slope=slope)


class ConvTranspose2d(Module):
    """A transposed "same" convolution, without bias unless asked (a BatchNorm that follows has one); `upsampled`: of x doubled in size."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        size: int = 3,
        stride: int = 1,
        upsampled: bool = False,
        bias: bool = False,
        *,
        rng: np.random.Generator,
    ):
        self.stride, self.upsampled = stride, upsampled
        self.plain = stride == 1 and not upsampled and size % 2 == 1
        self.kernel = _parameter(glorot_uniform((size, size, outputs, inputs), rng))
        self.bias = _parameter(np.zeros(outputs, np.float32)) if bias else None

    def forward(
        self, x, norm: BatchNorm | None = None, slope: float = 1, halved: bool = False
    ) -> Tensor:
        kernel, bias = self.kernel, self.bias
        if norm:
            scale, shift = norm.affine()
            kernel = kernel.data * scale[:, None]  # (kh, kw, O, I)
            bias = shift if bias is None else shift + scale * bias.data
        if halved:  # averaging 2 x 2 cells of a correlation at stride 1 is one at stride 2
            return conv.conv2d(
                x, conv.spread(correlate.turn(kernel)) / 4, bias, stride=2, slope=slope
            )
        return conv.conv_transpose2d(x, kernel, bias, self.stride, self.upsampled, slope)


class Dense(Module):
    def __init__(self, inputs: int, outputs: int, *, rng: np.random.Generator):
        self.kernel = _parameter(glorot_uniform((inputs, outputs), rng))
        self.bias = _parameter(np.zeros(outputs, np.float32))

    def forward(self, x) -> Tensor:
        return conv.dense(x, self.kernel, self.bias)


class BatchNorm(Module):
    def __init__(self, channels: int, momentum: float = 0.99, epsilon: float = 1e-3):
        self.momentum, self.epsilon = momentum, epsilon
        self.gamma = _parameter(np.ones(channels, np.float32))
        self.beta = _parameter(np.zeros(channels, np.float32))
        self.moving_mean = Tensor(np.zeros(channels, np.float32))
        self.moving_var = Tensor(np.ones(channels, np.float32))

    def forward(self, x, slope: float = 1) -> Tensor:
        return norm.batch_norm(
            x,
            self.gamma,
            self.beta,
            self.moving_mean.data,
            self.moving_var.data,
            self.training,
            self.momentum,
            self.epsilon,
            slope,
        )

    def affine(self) -> tuple:
        """What this is in inference: (scale, shift), arrays (C,)."""
        scale = self.gamma.data / backend.of(self.gamma.data).sqrt(
            self.moving_var.data + self.epsilon
        )
        return scale, self.beta.data - scale * self.moving_mean.data


class LeakyReLU(Module):
    def __init__(self, slope: float = 0.3):
        self.slope = slope

    def forward(self, x) -> Tensor:
        return activations.leaky_relu(x, self.slope)


class AvgPool2d(Module):
    """Means of size x size cells side by side."""

    def __init__(self, size: int = 2):
        self.size = size

    def forward(self, x) -> Tensor:
        return pool.avg_pool2d(x, self.size)


class PixelShuffle(Module):
    """(N, H, W, factor^2 C) -> (N, factor H, factor W, C): the channels of a cell become its pixels (Shi et al. 2016, eq. 4)."""

    def __init__(self, factor: int = 2):
        self.factor = factor

    def forward(self, x) -> Tensor:
        n, h, w, channels = x.shape
        f = self.factor
        cells = ops.reshape(x, n, h, w, f, f, channels // f**2)
        return ops.reshape(
            ops.transpose(cells, 0, 1, 3, 2, 4, 5), n, h * f, w * f, channels // f**2
        )


class PReLU(Module):
    def __init__(self, channels: int):
        self.alpha = _parameter(np.zeros(channels, np.float32))

    def forward(self, x) -> Tensor:
        return activations.prelu(x, self.alpha)
