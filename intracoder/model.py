"""The coder: the same idea as the intracoder, larger, and with more of its own for each person.

    face of A, 64 px -- encoder -- code --+-- decoder_a -- face of A, 128 px
    face of B, 64 px -- encoder -- code --+-- decoder_b -- face of B, 128 px

The code is 256 numbers: few enough that pose, expression and light fill them, and who it is has to live in the decoders. Learning that
from nothing takes long, so it starts from weights that have already seen many people (`start`), and then learns these two.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import nn
from nn import Conv2d, ConvTranspose2d, Dense, LeakyReLU, Module, PixelShuffle, Sequential, Tensor

SIZE_IN, SIZE_OUT = 64, 128  # the sides of a face, in pixels
CODE = 256
ENCODER, DECODER = (
    (32, 64, 128, 192),
    (128, 96, 48, 32),
)  # channels after each halving and each doubling
SLOPE = 0.1
START = Path(__file__).with_name("start.npz")


class Intracoder(Module):
    """Faces (N, 64, 64, 3) in RGB, 0..1 -> faces (N, 128, 128, 3), roughly in 0..1."""

    def __init__(self, rng: np.random.Generator):
        steps, channels = [], 3
        for outputs in ENCODER:
            steps += [Conv2d(channels, outputs, stride=2, rng=rng), LeakyReLU(SLOPE)]
            channels = outputs
        self.encoder = Sequential(centred, *steps, flat, Dense(16 * channels, CODE, rng=rng))
        self.decoder_a = decoder(rng)
        self.decoder_b = decoder(rng)

    def path(self, identity: str) -> Sequential:
        """The autoencoder of identity "a" or "b"."""
        return Sequential(self.encoder, {"a": self.decoder_a, "b": self.decoder_b}[identity])

    def both(self, faces, count: int) -> tuple[Tensor, Tensor]:
        """The first `count` faces as a, the others as b; encoded together, which takes less time."""
        code = self.encoder(faces)
        return self.decoder_a(code[:count]), self.decoder_b(code[count:])


def decoder(rng: np.random.Generator) -> Sequential:
    """Code (N, 256) -> face (N, 128, 128, 3): 4 px, doubled four times; the last doubling puts 12 channels into 2 x 2 pixels."""
    channels = ENCODER[-1]
    steps = [Dense(CODE, 16 * channels, rng=rng), squares, LeakyReLU(SLOPE)]
    for outputs in DECODER:
        steps += [
            ConvTranspose2d(channels, outputs, upsampled=True, bias=True, rng=rng),
            LeakyReLU(SLOPE),
        ]
        channels = outputs
    return Sequential(*steps, Conv2d(channels, 12, rng=rng), PixelShuffle(2), brightened)


def centred(faces) -> Tensor:
    """0..1 -> -2..2, about the spread that layers expect."""
    return (faces if isinstance(faces, Tensor) else Tensor(faces)) * 4 - 2


def brightened(x: Tensor) -> Tensor:
    return x * 0.25 + 0.5


def flat(x: Tensor) -> Tensor:
    return x.reshape(len(x.data), -1)


def squares(x: Tensor) -> Tensor:
    return x.reshape(len(x.data), 4, 4, ENCODER[-1])


def start(coder: Intracoder) -> Intracoder:
    """Give `coder` the weights that were trained on rendered people; both decoders the same. Raises nn.CheckpointError."""
    arrays, _ = nn.checkpoint.read_arrays(START)
    arrays = {name: values.astype(np.float32) for name, values in arrays.items()}
    nn.checkpoint.load_module(coder.encoder, arrays, str(START), "encoder.")
    for own in (coder.decoder_a, coder.decoder_b):
        nn.checkpoint.load_module(own, arrays, str(START), "decoder.")
    return coder


def halved(faces: np.ndarray) -> np.ndarray:
    """Faces (N, 128, 128, 3) uint8 as the coder sees them: (N, 64, 64, 3) float32, 0..1, means of 2 x 2 pixels."""
    rows = np.add(faces[:, ::2], faces[:, 1::2], dtype=np.uint16)
    return (rows[:, :, ::2] + rows[:, :, 1::2]) * np.float32(1 / 4 / 255)
