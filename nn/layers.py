"""Modules: named tensors with the op that uses them.

A `Module` is a plain object. One ordered walk over its attributes (tensors, modules, and lists of
them) finds its tensors. A tensor that two modules share is found once, under the first name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from . import activations, backend, conv, norm, ops, pool
from .init import glorot_uniform
from .tensor import Tensor, no_grad


class Module:
    """Something with parameters; `training` tells BatchNorm which statistics to use."""

    training = True

    def named_tensors(self) -> Iterator[tuple[str, Tensor]]:
        """Parameters and statistics, of any shape, of this module and all below, by dotted name."""
        seen = set()
        for name, tensor in _walk(self, ""):
            if tensor not in seen:
                seen.add(tensor)
                yield name, tensor

    def parameters(self) -> list[Tensor]:
        """The tensors, of any shape, that an optimiser trains."""
        return [t for _, t in self.named_tensors() if t.requires_grad]

    def modules(self) -> Iterator[Module]:
        """This module and all below it."""
        yield self
        for _, value in _attributes(self):
            if isinstance(value, Module):
                yield from value.modules()

    def train(self, training: bool = True) -> Module:
        """Set `training` of this module and all below it."""
        for module in self.modules():
            module.training = training
        return self

    @contextmanager
    def inference(self):
        """Inside this block BatchNorm uses its moving statistics, and no op keeps a graph."""
        before = [(module, module.training) for module in self.modules()]
        self.train(False)
        try:
            with no_grad():
                yield
        finally:
            for module, training in before:
                module.training = training

    def to(self, xp) -> Module:
        """Turn the data of every tensor into an array of xp (numpy or cupy)."""
        for _, tensor in self.named_tensors():
            tensor.data = xp.asarray(tensor.data)
        return self

    def __call__(self, x) -> Tensor:
        return self.forward(x)

    def forward(self, x) -> Tensor:
        """The output for x; each layer's docstring says which shapes it takes and gives."""
        raise NotImplementedError


def _attributes(module: Module) -> Iterator[tuple[str, object]]:
    """The attributes of a module by name; the items of a list are `name.0`, `name.1`, ..."""
    for name, value in vars(module).items():
        if isinstance(value, list | tuple):
            yield from ((f"{name}.{i}", item) for i, item in enumerate(value))
        else:
            yield name, value


def _walk(module: Module, prefix: str) -> Iterator[tuple[str, Tensor]]:
    for name, value in _attributes(module):
        if isinstance(value, Tensor):
            yield prefix + name, value
        elif isinstance(value, Module):
            yield from _walk(value, f"{prefix}{name}.")


class Sequential(Module):
    """Modules and plain functions, applied one after the other."""

    def __init__(self, *steps: Callable):
        self.steps = list(steps)

    def forward(self, x) -> Tensor:
        for step in self.steps:
            x = step(x)
        return x


def _parameter(array: np.ndarray) -> Tensor:
    return Tensor(array, requires_grad=True)


class Conv2d(Module):
    """A convolution with bias; padding as in `nn.conv2d`."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        size: int = 3,
        stride: int = 1,
        padding="same",
        *,
        rng: np.random.Generator,
    ):
        self.stride, self.padding = stride, padding
        self.kernel = _parameter(glorot_uniform((size, size, inputs, outputs), rng))
        self.bias = _parameter(np.zeros(outputs, np.float32))

    def forward(self, x) -> Tensor:
        return conv.conv2d(x, self.kernel, self.bias, self.stride, self.padding)


class ConvTranspose2d(Module):
    """A transposed "same" convolution, without bias unless asked: a BatchNorm after it has one.

    upsampled  first repeat every cell of the input 2 x 2 times; the stride must be 1
    """

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
        if upsampled and stride != 1:
            raise ValueError("an upsampled transposed convolution has stride 1")
        self.stride, self.upsampled = stride, upsampled
        self.kernel = _parameter(glorot_uniform((size, size, outputs, inputs), rng))
        self.bias = _parameter(np.zeros(outputs, np.float32)) if bias else None

    def forward(self, x) -> Tensor:
        if self.upsampled:
            return conv.upsampled_conv_transpose2d(x, self.kernel, self.bias)
        return conv.conv_transpose2d(x, self.kernel, self.bias, self.stride)


class Dense(Module):
    """A fully connected layer: x (N, inputs) -> (N, outputs)."""

    def __init__(self, inputs: int, outputs: int, *, rng: np.random.Generator):
        self.kernel = _parameter(glorot_uniform((inputs, outputs), rng))
        self.bias = _parameter(np.zeros(outputs, np.float32))

    def forward(self, x) -> Tensor:
        return ops.dense(x, self.kernel, self.bias)


class BatchNorm(Module):
    """Batch normalisation with its moving statistics; momentum and epsilon are those of Keras."""

    def __init__(self, channels: int, momentum: float = 0.99, epsilon: float = 1e-3):
        self.momentum, self.epsilon = momentum, epsilon
        self.gamma = _parameter(np.ones(channels, np.float32))
        self.beta = _parameter(np.zeros(channels, np.float32))
        self.moving_mean = Tensor(np.zeros(channels, np.float32))
        self.moving_var = Tensor(np.ones(channels, np.float32))

    def forward(self, x) -> Tensor:
        moving = self.moving_mean.data, self.moving_var.data
        how = self.training, self.momentum, self.epsilon
        return norm.batch_norm(x, self.gamma, self.beta, *moving, *how)

    def affine(self) -> tuple:
        """(scale, shift), arrays (C,): in inference this layer is x * scale + shift."""
        xp = backend.of(self.gamma.data)
        scale = self.gamma.data / xp.sqrt(self.moving_var.data + self.epsilon)
        return scale, self.beta.data - scale * self.moving_mean.data


class LeakyReLU(Module):
    """`leaky_relu` as a layer, for arrays of any shape."""

    def __init__(self, slope: float = 0.3):
        self.slope = slope

    def forward(self, x) -> Tensor:
        return activations.leaky_relu(x, self.slope)


class PReLU(Module):
    """LeakyReLU with a learnt slope for each channel."""

    def __init__(self, channels: int):
        self.alpha = _parameter(np.zeros(channels, np.float32))

    def forward(self, x) -> Tensor:
        return activations.prelu(x, self.alpha)


class MaxPool2d(Module):
    """The largest value of each size x size window; padding as in `nn.pool.output_size`."""

    def __init__(self, size: int = 2, stride: int | None = None, padding: str = "valid"):
        self.size, self.stride, self.padding = size, stride or size, padding

    def forward(self, x) -> Tensor:
        return pool.max_pool2d(x, self.size, self.stride, self.padding)


class AvgPool2d(Module):
    """The mean of each size x size window; the windows lie side by side."""

    def __init__(self, size: int = 2):
        self.size = size

    def forward(self, x) -> Tensor:
        return pool.avg_pool2d(x, self.size)


class Flatten(Module):
    """(N, ...) -> (N, product of the other lengths)."""

    def forward(self, x) -> Tensor:
        return ops.reshape(x, len(x.data), -1)


class PixelShuffle(Module):
    """(N, H, W, factor^2 C) -> (N, factor H, factor W, C): channels become pixels.

    (Shi et al. 2016, eq. 4.)
    """

    def __init__(self, factor: int = 2):
        self.factor = factor

    def forward(self, x) -> Tensor:
        (n, h, w, channels), f = x.shape, self.factor
        cells = ops.reshape(x, n, h, w, f, f, channels // f**2)
        return ops.reshape(ops.transpose(cells, 0, 1, 3, 2, 4, 5), n, h * f, w * f, -1)
