"""Two autoencoders that share an encoder and, softly, a decoder: the net that swaps faces.

    face of A, 64 px -- encoder -- code --+-- decoder_a -- face of A, 128 px
    face of B, 64 px -- encoder -- code --+-- decoder_b -- face of B, 128 px

Each decoder learns to draw one person, and both read the same kind of code. The code has only 256
numbers, too few to describe a face pixel by pixel. So it describes what both people have, pose,
expression and light, and each decoder stores what its own person looks like. To swap, encode a
face of A and decode it with decoder_b: the result is B with A's pose and expression.

This works only as far as both decoders mean the same by a code. So their kernels are one shared
kernel each, plus a small part of each person's own (personal.py). Training practises drawing B from
faces that look like A (train.py). It starts from a net that has learnt to swap rendered people
(start.py).
"""

from __future__ import annotations

import numpy as np

import nn

from .personal import make_personal

INTRACODER_OUTPUT_PX = 128  # side of the faces it draws, in pixels; its inputs have half of it
CODE_SIZE = 256  # numbers in the code of a face; by choice
FEATURES = 4 * 4 * 192  # numbers that the encoder's convolutions end with
INTRACODER_SLOPE = 0.1  # of LeakyReLU below 0; by eye


class Intracoder(nn.Module):
    """Faces (N, 64, 64, 3), RGB 0..1 -> faces (N, 128, 128, 3), roughly in 0..1."""

    def __init__(self, rng: np.random.Generator):
        self.encoder = build_encoder(rng)
        shared = build_decoder(rng)
        self.decoder_a = make_personal(shared)
        self.decoder_b = make_personal(shared)

    def path(self, identity: str) -> nn.Sequential:
        """The autoencoder that draws identity "a" or "b"."""
        return nn.Sequential(self.encoder, self.decoder(identity))

    def decoder(self, identity: str) -> nn.Sequential:
        """The decoder that draws identity "a" or "b"."""
        return {"a": self.decoder_a, "b": self.decoder_b}[identity]


def build_trunk(rng: np.random.Generator) -> nn.Sequential:
    """Faces (N, 64, 64, 3), 0..1 -> features (N, 3072)."""

    def halve(inputs: int, outputs: int) -> list[nn.Module]:
        return [nn.Conv2d(inputs, outputs, stride=2, rng=rng), nn.LeakyReLU(INTRACODER_SLOPE)]

    return nn.Sequential(
        normalise,  # (N, 64, 64, 3), -2..2
        *halve(3, 32),  # (N, 32, 32, 32)
        *halve(32, 64),  # (N, 16, 16, 64)
        *halve(64, 128),  # (N, 8, 8, 128)
        *halve(128, 192),  # (N, 4, 4, 192)
        nn.Flatten(),  # (N, 3072)
    )


def build_encoder(rng: np.random.Generator) -> nn.Sequential:
    """Faces (N, 64, 64, 3), 0..1 -> codes (N, 256)."""
    return nn.Sequential(build_trunk(rng), nn.Dense(FEATURES, CODE_SIZE, rng=rng))


def build_decoder(rng: np.random.Generator) -> nn.Sequential:
    """Codes (N, 256) -> faces (N, 128, 128, 3)."""

    def double(inputs: int, outputs: int) -> list[nn.Module]:
        up = nn.ConvTranspose2d(inputs, outputs, upsampled=True, bias=True, rng=rng)
        return [up, nn.LeakyReLU(INTRACODER_SLOPE)]

    return nn.Sequential(
        nn.Dense(CODE_SIZE, FEATURES, rng=rng),  # (N, 3072)
        unflatten,  # (N, 4, 4, 192)
        nn.LeakyReLU(INTRACODER_SLOPE),
        *double(192, 128),  # (N, 8, 8, 128)
        *double(128, 96),  # (N, 16, 16, 96)
        *double(96, 48),  # (N, 32, 32, 48)
        *double(48, 32),  # (N, 64, 64, 32)
        nn.Conv2d(32, 12, rng=rng),  # (N, 64, 64, 12)
        nn.PixelShuffle(2),  # (N, 128, 128, 3)
        denormalise,  # roughly 0..1
    )


def normalise(faces):
    """0..1 -> -2..2: mean near 0 and variance near 1, which Glorot initialisation preserves."""
    return faces * 4 - 2


def denormalise(x: nn.Tensor) -> nn.Tensor:
    """-2..2 -> 0..1; any shape."""
    return x * 0.25 + 0.5


def unflatten(x: nn.Tensor) -> nn.Tensor:
    """(N, 3072) -> (N, 4, 4, 192)."""
    return x.reshape(len(x.data), 4, 4, 192)


def downsample(faces: np.ndarray) -> np.ndarray:
    """Faces (N, 128, 128, 3) uint8 -> means of 2 x 2 pixels (N, 64, 64, 3) float32, 0..1."""
    rows = np.add(faces[:, ::2], faces[:, 1::2], dtype=np.uint16)  # (N, 64, 128, 3)
    return (rows[:, :, ::2] + rows[:, :, 1::2]) * np.float32(1 / 4 / 255)


def shrink(drawn):
    """Drawn faces (N, 128, 128, 3) -> as the encoder takes them (N, 64, 64, 3), 0..1."""
    n, h, w, c = drawn.shape
    return drawn.clip(0, 1).reshape(n, h // 2, 2, w // 2, 2, c).mean((2, 4))
