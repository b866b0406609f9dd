"""The trained nets of the 2020 program, put into ours: its layers, in order, are ours without the parameterless ones."""

import numpy as np

import nn
from tests.reference import REFERENCE

_TENSORS = {
    nn.Conv2d: ("kernel", "bias"),
    nn.ConvTranspose2d: ("kernel",),
    nn.BatchNorm: ("gamma", "beta", "moving_mean", "moving_var"),
}


def load_2020(sequence: nn.Sequential, net: str) -> None:
    weights = np.load(REFERENCE / "seed" / "weights.npz")
    names = [
        k
        for k in weights
        if k.startswith(net + "/") and weights[k].ndim and not k.endswith("strides")
    ]
    layers = [step for step in sequence.steps if type(step) in _TENSORS]
    wanted = [(layer, name) for layer in layers for name in _TENSORS[type(layer)]]
    assert len(wanted) == len(names)
    for (layer, name), key in zip(wanted, names, strict=True):
        assert key.rsplit("/", 1)[1].startswith(name[:10])
        tensor = getattr(layer, name)
        assert tensor.shape == weights[key].shape
        tensor.data = weights[key]
