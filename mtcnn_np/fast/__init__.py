"""A faster form of PNet, in which most of the detector's time is spent.

`PlanarPNet.propose` returns what `nets.PNet.propose` returns, up to rounding, in 0.5 to 0.75 of the
time that PNet takes with `nn.fast` ("pnet" of python -m benchmarks.detect).
`nn.use_fast(False)` or NN_FAST=0 makes the detector use `nets.PNet`.
"""

from .pnet import PlanarPNet
