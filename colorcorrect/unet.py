"""A U-Net (Ronneberger et al. 2015): a net that gives a picture for a picture.

It halves the picture a few times, so that it sees the whole face at once, and doubles it again.
Each size also gets what was there on the way down, so that no detail is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

import nn

UNET_SLOPE = 0.1  # of LeakyReLU below 0; by eye
UNET_INFER_BATCH = 4  # faces at once: more are no faster
OUTPUT_SCALE = 0.25  # of the last layer, so that training's first steps are small; by eye


class UNet(nn.Module):
    """Pictures (N, h, w, inputs), 0..1 -> (N, h, w, outputs), all 0 before training.

    channels  at each size of the picture, the largest first; h and w can be halved as often
    """

    def __init__(
        self, inputs: int, outputs: int, channels: Sequence[int], rng: np.random.Generator
    ):
        def conv(inputs: int, outputs: int, stride: int = 1) -> nn.Module:
            layer = nn.Conv2d(inputs, outputs, stride=stride, rng=rng)
            return nn.Sequential(layer, nn.LeakyReLU(UNET_SLOPE))

        def double(inputs: int, outputs: int) -> nn.Module:
            layer = nn.ConvTranspose2d(inputs, outputs, upsampled=True, bias=True, rng=rng)
            return nn.Sequential(layer, nn.LeakyReLU(UNET_SLOPE))

        self.first = conv(inputs, channels[0])
        self.down = [conv(larger, smaller, 2) for larger, smaller in pairwise(channels)]
        self.middle = conv(channels[-1], channels[-1])
        self.up = [double(smaller, larger) for larger, smaller in pairwise(channels)]
        self.mix = [conv(same, same) for same in channels[:-1]]
        self.last = nn.Conv2d(channels[0], outputs, rng=rng)
        self.last.kernel.data[...] = 0

    def forward(self, inputs) -> nn.Tensor:
        x, sizes = self.first(nn.Tensor(inputs) * 2 - 1), []
        for down in self.down:
            sizes.append(x)
            x = down(x)
        x = self.middle(x)
        for up, mix in zip(reversed(self.up), reversed(self.mix), strict=True):
            x = mix(up(x) + sizes.pop())
        return self.last(x) * OUTPUT_SCALE


@cache
def load_unet(make: Callable[[np.random.Generator], UNet], path: Path) -> nn.fast.Prepared:
    """A net with the weights of a file; nn.CheckpointError if that is damaged or unfit."""
    net = make(np.random.default_rng(0))
    nn.checkpoint.load_weights(path, net)
    return nn.fast.Prepared(net)
