"""A layer of one person: its kernel is one that all people share, and a small part of its own.

    kernel = (shared + OWN_SHARE own) gain        at first own is 0 everywhere

Two decoders that own all their kernels drift apart in training: nothing makes them agree on what a
smile is. Two that share them all draw the same person. Here Adam decides what is shared. It moves
every parameter about equally far in a step, so the own part, times OWN_SHARE, moves slowly. Where
both people ask for the same change, the shared kernel makes it. Where they ask for opposite ones,
these cancel in the shared kernel, and only the own parts can make them.
"""

from __future__ import annotations

import numpy as np

import nn

OWN_SHARE = 0.03  # how fast a person's own part of a kernel moves; docs/quality.md


class PersonalLayer(nn.Module):
    """Uses the kernel of the layer `shared`; own part, gain and bias are this person's."""

    output_axis = -1  # of the kernel: the axis of the output channels

    def __init__(self, shared: nn.Module):
        vars(self).update({k: v for k, v in vars(shared).items() if k not in ("kernel", "bias")})
        outputs = shared.kernel.shape[self.output_axis]
        self.shared = shared.kernel
        self.own = nn.Tensor(np.zeros(shared.kernel.shape, np.float32), requires_grad=True)
        self.gain = nn.Tensor(np.ones(outputs, np.float32), requires_grad=True)
        self.bias = nn.Tensor(np.zeros(outputs, np.float32), requires_grad=True)

    @property
    def kernel(self) -> nn.Tensor:
        """The shared kernel and the own part, times the gain; the shape of the shared one."""
        gain = self.gain if self.output_axis == -1 else self.gain.reshape(-1, 1)
        return (self.shared + self.own * OWN_SHARE) * gain


class PersonalDense(PersonalLayer, nn.Dense):
    """A dense layer (nn.Dense) of one person."""


class PersonalConv2d(PersonalLayer, nn.Conv2d):
    """A convolution (nn.Conv2d) of one person."""


class PersonalConvTranspose2d(PersonalLayer, nn.ConvTranspose2d):
    """A transposed convolution (nn.ConvTranspose2d) of one person."""

    output_axis = -2


PERSONAL_KINDS = {
    nn.Dense: PersonalDense,
    nn.Conv2d: PersonalConv2d,
    nn.ConvTranspose2d: PersonalConvTranspose2d,
}


def make_personal(shared: nn.Sequential) -> nn.Sequential:
    """A person's decoder: each layer of `shared` that has a kernel becomes a PersonalLayer."""
    kinds = PERSONAL_KINDS
    return nn.Sequential(*(kinds[type(s)](s) if type(s) in kinds else s for s in shared.steps))


def personal_layers(decoder: nn.Sequential) -> list[PersonalLayer]:
    """The layers of a person's decoder that have a kernel, in order."""
    return [step for step in decoder.steps if isinstance(step, PersonalLayer)]
