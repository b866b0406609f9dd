"""The intracoder of 2020: two autoencoders that share everything except a last, small decoder.

    face of A -- aenc -- ienc -- idec --+-- adec_a -- face of A
    face of B -- aenc -- ienc -- idec --+-- adec_b -- face of B

Each autoencoder is trained on one person's faces. The shared nets learn pose and expression, which
both people have; adec_a and adec_b learn what their person looks like. To swap, decode a face of A
with adec_b.

The names are those of the 2020 program: "a" stands for appearance, "i" for the inner code, "enc"
for encoder, "dec" for decoder.
"""

from __future__ import annotations

import numpy as np

import nn

SEED2020_FACE_PX = 32  # side of a face, in and out, in pixels; as in the 2020 program


class Intracoder(nn.Module):
    """Faces (N, 32, 32, 3), RGB 0..1 -> faces of the same shape, roughly in 0..1."""

    def __init__(self, rng: np.random.Generator):
        self.aenc = nn.Sequential(*_halve(3, 32, rng))  # (N, 16, 16, 32)
        self.ienc = nn.Sequential(
            *_halve(32, 64, rng),  # (N, 8, 8, 64)
            *_halve(64, 128, rng),  # (N, 4, 4, 128)
        )
        self.idec = nn.Sequential(
            *_transpose(128, 128, 1, rng),  # (N, 4, 4, 128)
            *_transpose(128, 128, 2, rng),  # (N, 8, 8, 128)
            *_transpose(128, 128, 1, rng),  # (N, 8, 8, 128)
            *_transpose(128, 64, 1, rng),  # (N, 8, 8, 64)
            *_transpose(64, 64, 2, rng),  # (N, 16, 16, 64)
            *_transpose(64, 64, 1, rng),  # (N, 16, 16, 64)
        )
        self.adec_a = _build_own_decoder(rng)
        self.adec_b = _build_own_decoder(rng)

    def path(self, identity: str) -> nn.Sequential:
        """The autoencoder of identity "a" or "b"."""
        own = {"a": self.adec_a, "b": self.adec_b}[identity]
        return nn.Sequential(self.aenc, self.ienc, self.idec, own)


def _build_own_decoder(rng: np.random.Generator) -> nn.Sequential:
    return nn.Sequential(
        *_transpose(64, 32, 1, rng),  # (N, 16, 16, 32)
        *_transpose(32, 32, 2, rng),  # (N, 32, 32, 32)
        *_transpose(32, 32, 1, rng),  # (N, 32, 32, 32)
        *_transpose(32, 3, 1, rng, size=1),  # (N, 32, 32, 3)
    )


def _halve(inputs: int, outputs: int, rng: np.random.Generator) -> list[nn.Module]:
    """Three convolutions; the second one halves the size."""
    return [
        nn.Conv2d(inputs, outputs, rng=rng),
        nn.LeakyReLU(),
        nn.Conv2d(outputs, outputs, stride=2, rng=rng),
        nn.LeakyReLU(),
        nn.Conv2d(outputs, outputs, rng=rng),
        nn.LeakyReLU(),
    ]


def _transpose(
    inputs: int, outputs: int, stride: int, rng: np.random.Generator, size: int = 3
) -> list[nn.Module]:
    """A transposed convolution to `stride` times the size, BatchNorm, LeakyReLU."""
    convolution = nn.ConvTranspose2d(inputs, outputs, size=size, stride=stride, rng=rng)
    return [convolution, nn.BatchNorm(outputs), nn.LeakyReLU()]
