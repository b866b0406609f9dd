"""The three nets of MTCNN (Zhang, Zhang, Li & Qiao 2016, fig. 2), each a little slower and surer than the one before.

All take RGB (N, H, W, 3), (level - 127.5) / 128. Convolutions are "valid", each followed by a PReLU. "box" is the
correction of x1, y1, x2, y2 in units of the window's sides.
"""

from __future__ import annotations

import numpy as np

import nn

from . import weights


class _Net:
    """Convolutions with pooling, then perhaps a dense layer, then the heads; arrays in the order of `weights.load`."""

    def __init__(self, name: str, pools: list[tuple[int, str] | None], dense: bool):
        arrays = iter(weights.load(name))
        self.convs = [(next(arrays), next(arrays), next(arrays).ravel(), pool) for pool in pools]
        self.dense = (next(arrays), next(arrays), next(arrays)) if dense else None
        rest = list(arrays)
        # all heads are one product
        self.heads = tuple(
            np.concatenate([a.reshape(-1, a.shape[-1]) if a.ndim > 1 else a for a in part], axis=-1)
            for part in (rest[::2], rest[1::2])
        )
        self.ends = np.cumsum([b.size for b in rest[1::2]])[:-1]

    def __call__(self, x) -> list:
        """What the heads give for x, as arrays: box, (points,) and the probability of a face."""
        with nn.no_grad():
            for kernel, bias, slope, pool in self.convs:
                x = nn.fast.conv2d(x, kernel, bias, padding="valid", slope=slope)
                if pool:
                    x = nn.max_pool2d(x, pool[0], 2, pool[1])
            if self.dense:
                kernel, bias, slope = self.dense
                # the nets were trained on transposed images: a dense layer's inputs are ordered x, y, channel
                x = nn.reshape(nn.transpose(x, 0, 2, 1, 3), x.shape[0], -1)
                x = nn.prelu(nn.dense(x, kernel, bias), slope)
            *others, score = np.split(nn.dense(x, *self.heads).data, self.ends, axis=-1)
            # softmax of two numbers, the second's share
            return [*others, 1 / (1 + np.exp(score[..., 0] - score[..., 1]))]


class PNet(_Net):
    """Proposals: fully convolutional, one (box (..., 4), score) for each 12 px window at a stride of 2.

    `padding` of its pool: the Caffe original rounds sizes up ("ceil"), the TensorFlow graph of 2020 down ("valid").
    """

    def __init__(self, padding: str = "valid"):
        super().__init__("pnet", [(2, padding), None, None], dense=False)


class RNet(_Net):
    """Refinement of windows scaled to 24 px: box (N, 4), score (N,)."""

    def __init__(self):
        super().__init__("rnet", [(3, "ceil"), (3, "valid"), None], dense=True)


class ONet(_Net):
    """Output, on windows scaled to 48 px: box (N, 4), points (N, 10) as x0..x4, y0..y4 in window sides, score (N,)."""

    def __init__(self):
        super().__init__("onet", [(3, "ceil"), (3, "valid"), (2, "valid"), None], dense=True)
