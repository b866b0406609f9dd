"""The intracoder of 2020: two autoencoders that share all but their last, shallow decoder.

    face of A -- aenc -- ienc -- idec --+-- adec_a -- face of A
    face of B -- aenc -- ienc -- idec --+-- adec_b -- face of B

Each is trained on one person's faces. What pose and expression are must then be said in the shared code; what the person
looks like is left to the own decoder. A swap is a face of A decoded by B's.
"""

from __future__ import annotations

import numpy as np

from nn import BatchNorm, Conv2d, ConvTranspose2d, LeakyReLU, Module, Sequential, Tensor

SIZE = 32  # the side of a face, in and out, in pixels
IDENTITIES = ("a", "b")


def _conv_stack(inputs: int, channels: int, rng: np.random.Generator) -> list[Module]:
    """Three convolutions, the middle one halving the size."""
    steps: list[Module] = []
    for stride in (1, 2, 1):
        steps += [Conv2d(inputs, channels, stride=stride, rng=rng), LeakyReLU()]
        inputs = channels
    return steps


def _transpose_stack(
    inputs: int, channels: list[int], strides: list[int], rng: np.random.Generator
) -> list[Module]:
    """Transposed convolutions, each followed by BatchNorm and LeakyReLU."""
    steps: list[Module] = []
    for outputs, stride in zip(channels, strides, strict=True):
        steps += [
            ConvTranspose2d(inputs, outputs, stride=stride, rng=rng),
            BatchNorm(outputs),
            LeakyReLU(),
        ]
        inputs = outputs
    return steps


class Intracoder(Module):
    """Faces (N, 32, 32, 3) in RGB, 0..1 -> faces of the same shape, roughly in 0..1."""

    def __init__(self, rng: np.random.Generator):
        self.aenc = Sequential(*_conv_stack(3, 32, rng))  # -> (N, 16, 16, 32)
        self.ienc = Sequential(
            *_conv_stack(32, 64, rng), *_conv_stack(64, 128, rng)
        )  # -> (N, 4, 4, 128)
        self.idec = Sequential(
            *_transpose_stack(
                128, [128, 128, 128, 64, 64, 64], [1, 2, 1, 1, 2, 1], rng
            )  # -> (N, 16, 16, 64)
        )
        self.adec_a = self._own_decoder(rng)
        self.adec_b = self._own_decoder(rng)

    @staticmethod
    def _own_decoder(rng: np.random.Generator) -> Sequential:
        return Sequential(
            *_transpose_stack(64, [32, 32, 32], [1, 2, 1], rng),
            ConvTranspose2d(32, 3, size=1, rng=rng),
            BatchNorm(3),
            LeakyReLU(),
        )  # -> (N, 32, 32, 3)

    def path(self, identity: str) -> Sequential:
        """The autoencoder of identity "a" or "b"."""
        own = {"a": self.adec_a, "b": self.adec_b}[identity]
        return Sequential(self.aenc, self.ienc, self.idec, own)

    def reconstruct(self, faces, identity: str) -> Tensor:
        """Whatever the faces show, drawn as `identity`."""
        return self.path(identity)(faces)
