"""What training starts from: a net that has seen many rendered people, and nobody real.

    face --- trunk --+-- code: what the face does -----------+
                     |                                       +-- decoder -- face
                     +-- vector: whose face it is -- style --+

The decoder's kernels serve everybody. A *style* says how a person differs: in each layer a gain and
a bias for each channel (cf. Karras et al. 2019, eq. 1), a linear function of the person's vector.
A person's vector is the mean over his faces. So a likeness is there before training begins.

actors/pretrain.py trains this net; `begin` gives its weights to an intracoder.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import nn
from files import pick_evenly

from .model import CODE_SIZE, FEATURES, Intracoder, build_decoder, build_trunk, downsample
from .personal import personal_layers

START_WEIGHTS = Path(__file__).with_name("start.npz")  # made by python -m actors.pretrain
VECTOR_SIZE = 64  # numbers that say whose face it is; by choice
STYLE_INIT = np.float32(0.1)  # the first styles differ so much less than Glorot's would; by eye
BEGIN_FACES = 96  # of a person, from which his vector is taken; by choice


class StartNet(nn.Module):
    """Any actor's expression on any actor's face."""

    def __init__(self, rng: np.random.Generator):
        self.trunk = build_trunk(rng)
        self.code = nn.Dense(FEATURES, CODE_SIZE, rng=rng)
        self.identity = nn.Dense(FEATURES, VECTOR_SIZE, rng=rng)
        self.decoder = build_decoder(rng)
        outputs = [layer.bias.data.size for layer in self.styled_layers()]
        self.styles = nn.Sequential(
            *(nn.Dense(VECTOR_SIZE, 2 * count, rng=rng) for count in outputs)
        )
        for style, count in zip(self.styles.steps, outputs, strict=True):
            style.kernel.data *= STYLE_INIT
            style.bias.data[:count] = 1  # the gains

    def styled_layers(self) -> list[nn.Module]:
        """The decoder's layers that have a kernel, in order."""
        return [step for step in self.decoder.steps if hasattr(step, "kernel")]

    def encode(self, faces) -> tuple[nn.Tensor, nn.Tensor]:
        """Faces (N, 64, 64, 3), 0..1 -> codes (N, CODE_SIZE), vectors (N, VECTOR_SIZE)."""
        features = self.trunk(faces)
        return self.code(features), self.identity(features)

    def style_of(self, vectors) -> list[tuple[nn.Tensor, nn.Tensor]]:
        """The style of people with vectors (N, VECTOR_SIZE).

        It has gains and biases, (N, channels) each, for each layer.
        """
        both = [style(vectors) for style in self.styles.steps]
        return [(b[:, : b.shape[1] // 2], b[:, b.shape[1] // 2 :]) for b in both]

    def draw(self, codes, vectors) -> nn.Tensor:
        """Codes (N, CODE_SIZE) on the faces of people with vectors (N, VECTOR_SIZE).

        Returns (N, 128, 128, 3), roughly in 0..1.
        """
        x, styles = codes, iter(self.style_of(vectors))
        for step in self.decoder.steps:
            x = step(x)
            if hasattr(step, "kernel"):
                x = apply_style(x, *next(styles))
        return x


def apply_style(x, gain, bias) -> nn.Tensor:
    """x (N, ..., C) times `gain` plus `bias`, (N, C) each."""
    shape = (x.shape[0], *[1] * (len(x.shape) - 2), x.shape[-1])  # the same for every pixel
    return x * gain.reshape(*shape) + bias.reshape(*shape)


def load_start(path: Path = START_WEIGHTS) -> StartNet:
    """The net of a file. Raises nn.CheckpointError if the file is damaged or unfit."""
    net = StartNet(np.random.default_rng(0))
    nn.checkpoint.load_weights(path, net)
    return net


def begin(model: Intracoder, start: StartNet, faces: dict[str, np.ndarray]) -> None:
    """Give `model` the weights of `start`, and each decoder the style of its person.

    faces {"a": (N, 128, 128, 3) uint8, "b": ...}; the weights become the model's own.
    """
    model.encoder = nn.Sequential(start.trunk, start.code)
    for identity, own in faces.items():
        own = own[pick_evenly(len(own), BEGIN_FACES)]
        with nn.no_grad():
            vector = start.encode(downsample(own))[1].mean(axis=0, keepdims=True)
            style = start.style_of(vector)
        layers = personal_layers(model.decoder(identity))
        for layer, shared, (gain, bias) in zip(layers, start.styled_layers(), style, strict=True):
            layer.shared = shared.kernel
            layer.gain.data = gain.data[0].copy()
            # The shared layer's own bias comes before the gain.
            layer.bias.data = bias.data[0] + shared.bias.data * gain.data[0]
