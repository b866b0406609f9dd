"""The colour and super-resolution net of 2020: a drawn face of 32 px -> 128 px in its true colours.

    drawn face, 32 px -- caenc -- cadec --+-- ccdec_a -- face of A, 128 px
                                          +-- ccdec_b -- face of B, 128 px

Both people share the encoder (caenc) and the decoder (cadec). Each person has only an own last
layer (ccdec), a 1x1 convolution that mixes eight feature maps into red, green and blue. It can
learn that person's colours but no shapes, so ccdec_a gives a face that was drawn as B the colours
of A. The names are those of the 2020 program.
"""

from __future__ import annotations

import numpy as np

import nn

SEED2020_OUTPUT_PX = 128  # side of the coloured face, in pixels; as in the 2020 program


class ColorNet(nn.Module):
    """Faces (N, 32, 32, 3) -> faces (N, 128, 128, 3), RGB 0..1."""

    def __init__(self, rng: np.random.Generator):
        self.caenc = nn.Sequential(
            *_encode(3, 32, rng),  # (N, 16, 16, 32)
            *_encode(32, 64, rng),  # (N, 8, 8, 64)
        )
        self.cadec = nn.Sequential(
            *_keep(64, 64, rng),  # (N, 8, 8, 64)
            *_keep(64, 64, rng),  # (N, 8, 8, 64)
            *_keep(64, 64, rng),  # (N, 8, 8, 64)
            *_double(64, 32, rng),  # (N, 16, 16, 32)
            *_keep(32, 32, rng),  # (N, 16, 16, 32)
            *_keep(32, 32, rng),  # (N, 16, 16, 32)
            *_double(32, 16, rng),  # (N, 32, 32, 16)
            *_keep(16, 16, rng),  # (N, 32, 32, 16)
            *_keep(16, 16, rng),  # (N, 32, 32, 16)
            *_double(16, 16, rng),  # (N, 64, 64, 16)
            *_keep(16, 16, rng),  # (N, 64, 64, 16)
            *_keep(16, 16, rng),  # (N, 64, 64, 16)
            *_double(16, 8, rng),  # (N, 128, 128, 8)
            *_double(8, 8, rng),  # (N, 256, 256, 8)
            *_halve(8, 8, rng),  # (N, 128, 128, 8)
        )
        self.ccdec_a = _build_own_decoder(rng)
        self.ccdec_b = _build_own_decoder(rng)

    def path(self, identity: str) -> nn.Sequential:
        """The net that ends in the colours of identity "a" or "b"."""
        own = {"a": self.ccdec_a, "b": self.ccdec_b}[identity]
        return nn.Sequential(self.caenc, self.cadec, own)


def _build_own_decoder(rng: np.random.Generator) -> nn.Sequential:
    return nn.Sequential(nn.ConvTranspose2d(8, 3, size=1, rng=rng), nn.BatchNorm(3), nn.sigmoid)


def _encode(inputs: int, outputs: int, rng: np.random.Generator) -> list[nn.Module]:
    """Three convolutions; max pooling after the first halves the size."""
    return [
        nn.Conv2d(inputs, outputs, rng=rng),
        nn.MaxPool2d(2),
        nn.LeakyReLU(),
        nn.Conv2d(outputs, outputs, rng=rng),
        nn.LeakyReLU(),
        nn.Conv2d(outputs, outputs, rng=rng),
        nn.LeakyReLU(),
    ]


def _keep(inputs: int, outputs: int, rng: np.random.Generator) -> list[nn.Module]:
    """A transposed convolution that keeps the size."""
    return [nn.ConvTranspose2d(inputs, outputs, rng=rng), nn.BatchNorm(outputs), nn.LeakyReLU()]


def _double(inputs: int, outputs: int, rng: np.random.Generator) -> list[nn.Module]:
    """Upsample to twice the size by repeating pixels, then a transposed convolution.

    The 2020 program upsampled before the LeakyReLU of the preceding layer. LeakyReLU acts on each
    pixel alone, so the result is the same.
    """
    up = nn.ConvTranspose2d(inputs, outputs, upsampled=True, rng=rng)
    return [up, nn.BatchNorm(outputs), nn.LeakyReLU()]


def _halve(inputs: int, outputs: int, rng: np.random.Generator) -> list[nn.Module]:
    """A transposed convolution, then average pooling to half the size."""
    convolution = nn.ConvTranspose2d(inputs, outputs, rng=rng)
    return [convolution, nn.BatchNorm(outputs), nn.AvgPool2d(2), nn.LeakyReLU()]
