"""PNet on the image pyramid, where most of the detector's time goes, made faster.

`PlanarPNet.propose` gives what `nets.PNet.propose` gives, up to rounding, in 0.5 to 0.75 of the
time that `nn.fast` alone takes for it ("pnet" of python -m benchmarks.detect).
`nn.use_fast(False)` or NN_FAST=0 makes the detector take the plain one.
"""

from .pnet import PlanarPNet
