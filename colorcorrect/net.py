"""The colour net: a drawn face as it would look in the target's frame.

    drawn face, relit (light.py) -----+
    the target's face, blurred -------+-- net --> what to add to the relit face
    the frame around the face --------+
    where the face is ----------------+

An intracoder draws a face softly, in a light of its own. What is missing can be seen in the frame:
the colours, the light and how sharp pictures are. But the target's face must not show through. So
the net sees it only blurred, too much to tell whose it is, and sees the frame sharply only around
the face.

The net is a U-Net (Ronneberger et al. 2015): it halves the picture three times and doubles it
again, and each size also gets what was there on the way down. Its weights come from rendered
people, for whom the answer is known, and from nobody real (actors/pretrain_colour.py).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from scipy import ndimage

import nn
from faces import Canvas

from . import light
from .transfer import FrameTransfer

COLOUR_WEIGHTS = Path(__file__).with_name("net.npz")  # by python -m actors.pretrain_colour
COLOUR_NET_PX = 128  # side of the faces that the net takes and gives
COLOUR_INPUTS = 10  # channels: three pictures and where the face is
COLOUR_CHANNELS = 24, 32, 64, 128  # at each size of the picture, the largest first; by choice
BLUR_PX = 8, 8  # standard deviation of the target's blur, along y and x; by eye
COLOUR_SLOPE = 0.1  # of LeakyReLU below 0; by eye
INFER_BATCH = 4  # faces at once: more are no faster

before_training = light.before_training


class ColourNet(nn.Module):
    """Inputs (N, 128, 128, 10), 0..1, from `Inputs` -> what to add to the relit faces."""

    def __init__(self, rng: np.random.Generator):
        full, half, quarter, eighth = COLOUR_CHANNELS

        def conv(inputs: int, outputs: int, stride: int = 1) -> nn.Module:
            layer = nn.Conv2d(inputs, outputs, stride=stride, rng=rng)
            return nn.Sequential(layer, nn.LeakyReLU(COLOUR_SLOPE))

        def double(inputs: int, outputs: int) -> nn.Module:
            layer = nn.ConvTranspose2d(inputs, outputs, upsampled=True, bias=True, rng=rng)
            return nn.Sequential(layer, nn.LeakyReLU(COLOUR_SLOPE))

        self.down1, self.down2 = conv(COLOUR_INPUTS, half, 2), conv(half, quarter, 2)
        self.down3, self.middle = conv(quarter, eighth, 2), conv(eighth, eighth)
        self.up3, self.mix3 = double(eighth, quarter), conv(quarter, quarter)
        self.up2, self.mix2 = double(quarter, half), conv(half, half)
        self.up1, self.mix1 = double(half, full), conv(full + COLOUR_INPUTS, full)
        self.last = nn.Conv2d(full, 3, rng=rng)
        self.last.kernel.data[...] = 0  # so it begins by adding nothing

    def forward(self, inputs) -> nn.Tensor:
        x = nn.Tensor(inputs) * 2 - 1  # (N, 128, 128, 10), -1..1
        half = self.down1(x)  # (N, 64, 64, 32)
        quarter = self.down2(half)  # (N, 32, 32, 64)
        eighth = self.middle(self.down3(quarter))  # (N, 16, 16, 128)
        up = self.mix3(self.up3(eighth) + quarter)  # (N, 32, 32, 64)
        up = self.mix2(self.up2(up) + half)  # (N, 64, 64, 32)
        up = self.mix1(nn.concatenate([self.up1(up), x], axis=3))  # (N, 128, 128, 24)
        return self.last(up) * 0.25  # (N, 128, 128, 3)


class Inputs:
    """What the net sees of faces on a canvas.

    canvas  where the faces are; it is taken at 128 x 128 pixels
    """

    def __init__(self, canvas: Canvas):
        self.canvas = Canvas(canvas.region, (COLOUR_NET_PX, COLOUR_NET_PX))
        self.relight = light.for_clip(self.canvas)
        self._face = self.canvas.mask()[..., None]  # (128, 128, 1)

    def __call__(self, relit: np.ndarray, target: np.ndarray) -> np.ndarray:
        """(N, 128, 128, 10): the relit faces, the blurred target, what surrounds it, the mask."""
        blurred = ndimage.gaussian_filter(target, (0, *BLUR_PX, 0), mode="nearest", truncate=3)
        around = target * (1 - self._face)
        face = np.broadcast_to(self._face, (*target.shape[:3], 1))
        return np.concatenate([relit, blurred, around, face], axis=-1)


@cache
def load_net(path: Path = COLOUR_WEIGHTS) -> ColourNet:
    """The net with the weights of a file; nn.CheckpointError if that is damaged or unfit."""
    net = ColourNet(np.random.default_rng(0))
    nn.checkpoint.load_weights(path, net)
    return net


def for_clip(canvas: Canvas) -> FrameTransfer:
    """Gives drawn faces the look that the net expects of them in their frames."""
    inputs, net, relight = Inputs(canvas), load_net(), light.for_clip(canvas)

    def transfer(drawn: np.ndarray, target: np.ndarray) -> np.ndarray:
        small, theirs = map(inputs.canvas.resize, (drawn, target))
        seen = inputs(inputs.relight(small, theirs).clip(0, 1), theirs)
        change = nn.train.infer(net, seen, INFER_BATCH)
        return relight(drawn, target).clip(0, 1) + canvas.resize(change)

    return transfer
