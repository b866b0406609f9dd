"""The three nets of MTCNN (Zhang, Zhang, Li & Qiao 2016, fig. 2).

All take normalised RGB (N, H, W, 3), about -1..1, and return arrays:

offsets  (..., 4) bounding-box regression: what to add to x1, y1, x2, y2, in sides of the window
points   (..., 10) x0..x4, y0..y4 of five landmarks, in sides of the window from its corner (ONet)
scores   (...) probability that the window shows a face, 0..1
"""

from __future__ import annotations

import numpy as np

import nn

from . import weights
from .boxes import Candidates
from .pyramid import Patch
from .sampling import normalise, sample_level

_RNG = np.random.default_rng(0)  # for the layers' constructors; `_Net` replaces their weights


def _conv(inputs: int, outputs: int, size: int = 3) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, size, padding="valid", rng=_RNG)


def _conv_prelu(inputs: int, outputs: int, size: int = 3) -> nn.Sequential:
    return nn.Sequential(_conv(inputs, outputs, size), nn.PReLU(outputs))


def _dense(inputs: int, outputs: int) -> nn.Dense:
    return nn.Dense(inputs, outputs, rng=_RNG)


def _flatten_by_columns(x: nn.Tensor) -> nn.Tensor:
    """(N, H, W, C) -> (N, W H C), x before y, since the nets were trained on transposed images."""
    return nn.reshape(nn.transpose(x, 0, 2, 1, 3), x.shape[0], -1)


class _Net(nn.Module):
    """A body, then a layer that holds all heads, with the trained weights of this name.

    outputs  channels of each head: 4 offsets, 10 points (ONet only), 2 logits (no face, face)
    """

    def __init__(self, name: str, body: nn.Sequential, head: nn.Module, outputs: tuple[int, ...]):
        self.body, self.head = body, head
        self.ends = np.cumsum(outputs)[:-1]
        arrays, tensors = weights.load(name), [tensor for _, tensor in self.named_tensors()]
        heads = arrays[len(tensors) - 2 :]  # kernel and bias of each
        arrays = arrays[: len(tensors) - 2] + [np.concatenate(heads[i::2], -1) for i in (0, 1)]
        for tensor, array in zip(tensors, arrays, strict=True):
            tensor.data = array.reshape(tensor.shape)
        self.prepared = nn.fast.Prepared(body)

    def forward(self, x: np.ndarray) -> list[np.ndarray]:  # [offsets, (points,) scores]
        with nn.no_grad():
            *others, logits = np.split(self.head(self.prepared(x)).data, self.ends, axis=-1)
        # softmax over (no face, face): e^b / (e^a + e^b) = 1 / (1 + e^(a - b))
        return [*others, 1 / (1 + np.exp(logits[..., 0] - logits[..., 1]))]


class PNet(_Net):
    """The proposal net: fully convolutional, each output cell judges a window of 12 x 12 pixels.

    (N, H, W, 3) -> offsets (N, h, w, 4), scores (N, h, w), at a stride of 2 pixels.
    pool_padding  "ceil" rounds sizes up as the Caffe original, "valid" down as the graph of 2020
    """

    def __init__(self, pool_padding: str = "valid"):
        body = nn.Sequential(
            _conv_prelu(3, 10),  # window 12 -> 10
            nn.MaxPool2d(2, padding=pool_padding),  # -> 5
            _conv_prelu(10, 16),  # -> 3
            _conv_prelu(16, 32),  # -> 1
        )
        super().__init__("pnet", body, _conv(32, 6, size=1), outputs=(4, 2))

    def propose(self, image: np.ndarray, patch: Patch, threshold: float) -> Candidates:
        """The windows of a patch of the image's pyramid that score above the threshold."""
        level = normalise(sample_level(image, patch))  # (rows, columns, 3)
        offsets, scores = (output[0] for output in self(level[None]))  # (h, w, 4), (h, w)
        passed = np.nonzero(scores > threshold)  # rows (M,), columns (M,)
        return Candidates(patch.boxes(*passed), scores[passed], offsets[passed])


class RNet(_Net):
    """The refinement net, on windows scaled to 24 x 24: offsets (N, 4), scores (N,)."""

    window = 24  # pixels

    def __init__(self):
        body = nn.Sequential(
            _conv_prelu(3, 28),  # 24 -> 22
            nn.MaxPool2d(3, 2, "ceil"),  # -> 11
            _conv_prelu(28, 48),  # -> 9
            nn.MaxPool2d(3, 2),  # -> 4
            _conv_prelu(48, 64, size=2),  # -> 3
            _flatten_by_columns,
            _dense(3 * 3 * 64, 128),
            nn.PReLU(128),
        )
        super().__init__("rnet", body, _dense(128, 6), outputs=(4, 2))


class ONet(_Net):
    """The output net, on windows scaled to 48 x 48: offsets (N, 4), points (N, 10), scores (N,)."""

    window = 48  # pixels

    def __init__(self):
        body = nn.Sequential(
            _conv_prelu(3, 32),  # 48 -> 46
            nn.MaxPool2d(3, 2, "ceil"),  # -> 23
            _conv_prelu(32, 64),  # -> 21
            nn.MaxPool2d(3, 2),  # -> 10
            _conv_prelu(64, 64),  # -> 8
            nn.MaxPool2d(2),  # -> 4
            _conv_prelu(64, 128, size=2),  # -> 3
            _flatten_by_columns,
            _dense(3 * 3 * 128, 256),
            nn.PReLU(256),
        )
        super().__init__("onet", body, _dense(256, 16), outputs=(4, 10, 2))
