"""The colour and super-resolution net of 2020: a 32 px face as the intracoder draws it -> 128 px in true colours.

Encoder and decoder are shared by both identities, and only the last 1x1 convolution, which mixes eight feature maps into
red, green and blue, is a person's own. It learns each person's colours on that person's faces; so `a`'s gives a face that
the intracoder drew as B the colours of A.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from nn import (
    AvgPool2d,
    BatchNorm,
    Conv2d,
    ConvTranspose2d,
    LeakyReLU,
    Module,
    Sequential,
    Tensor,
    max_pool2d,
    sigmoid,
)

SIZE_IN, SIZE_OUT = 32, 128  # pixels


def _down(inputs: int, channels: int, rng: np.random.Generator) -> list:
    """Three convolutions, the size halved by max pooling after the first."""
    return [
        Conv2d(inputs, channels, rng=rng),
        partial(max_pool2d, size=2),
        LeakyReLU(),
        Conv2d(channels, channels, rng=rng),
        LeakyReLU(),
        Conv2d(channels, channels, rng=rng),
        LeakyReLU(),
    ]


def _up(inputs: int, channels: int, signs: str, rng: np.random.Generator) -> list:
    """Transposed convolutions with BatchNorm, one for each sign: + doubles the size first, - keeps it, / halves it after by averaging.

    In 2020 LeakyReLU came after the doubling; repeating cells and changing each for itself may change places.
    """
    steps: list = []
    for sign in signs:
        steps += [
            ConvTranspose2d(inputs, channels, upsampled=sign == "+", rng=rng),
            BatchNorm(channels),
        ]
        steps += [AvgPool2d(2)] * (sign == "/") + [LeakyReLU()]
        inputs = channels
    return steps


class ColorNet(Module):
    """Faces (N, 32, 32, 3) -> faces (N, 128, 128, 3), RGB 0..1."""

    def __init__(self, rng: np.random.Generator):
        self.caenc = Sequential(*_down(3, 32, rng), *_down(32, 64, rng))  # -> (N, 8, 8, 64)
        self.cadec = Sequential(
            *_up(64, 64, "---", rng),
            *_up(64, 32, "+--", rng),
            *_up(32, 16, "+--", rng),
            *_up(16, 16, "+--", rng),  # -> (N, 64, 64, 16)
            *_up(16, 8, "++/", rng),  # to 256 px and back: -> (N, 128, 128, 8)
        )
        self.ccdec_a = self._own_decoder(rng)
        self.ccdec_b = self._own_decoder(rng)

    @staticmethod
    def _own_decoder(rng: np.random.Generator) -> Sequential:
        return Sequential(ConvTranspose2d(8, 3, size=1, rng=rng), BatchNorm(3), sigmoid)

    def path(self, identity: str) -> Sequential:
        """The net that ends in the colours of identity "a" or "b"."""
        own = {"a": self.ccdec_a, "b": self.ccdec_b}[identity]
        return Sequential(self.caenc, self.cadec, own)

    def correct(self, faces, identity: str) -> Tensor:
        """The faces, four times as large, in the colours of `identity`."""
        return self.path(identity)(faces)
