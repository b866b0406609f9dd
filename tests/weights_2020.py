"""The trained weights of the 2020 program, for our copies of its nets.

Both have the same layers in the same order, so weights are matched by position.
"""

import numpy as np

import nn
from tests.reference import REFERENCE

TENSORS_OF_LAYER = {
    nn.Conv2d: ("kernel", "bias"),
    nn.ConvTranspose2d: ("kernel",),
    nn.BatchNorm: ("gamma", "beta", "moving_mean", "moving_var"),
}


def load_2020(sequence: nn.Sequential, net: str) -> None:
    """Put the recorded weights of the net of that name into `sequence`."""
    weights = np.load(REFERENCE / "seed" / "weights.npz")
    names = [
        k
        for k in weights
        if k.startswith(net + "/") and weights[k].ndim and not k.endswith("strides")
    ]
    layers = [step for step in sequence.steps if type(step) in TENSORS_OF_LAYER]
    wanted = [(layer, name) for layer in layers for name in TENSORS_OF_LAYER[type(layer)]]
    assert len(wanted) == len(names)
    for (layer, name), key in zip(wanted, names, strict=True):
        assert key.rsplit("/", 1)[1].startswith(name[:10])
        tensor = getattr(layer, name)
        assert tensor.shape == weights[key].shape
        tensor.data = weights[key]
