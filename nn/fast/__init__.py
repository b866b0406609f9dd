"""Faster forms of functions in `nn`, with the same names; tests compare each with the plain one.

Nothing here is needed to understand the library. `nn.switch` sends calls here while the fast
kernels are on. The files in the order of their gain: strips (convolution), phases (its gradient at
strides above 1), winograd (3x3 kernels), conv (the layers), fuse (several layers in one pass),
norm, activations, pool, losses, optim. They use workspace, cache, epilogue and layouts;
`choose` decides which kernels a layer runs on. `python -m benchmarks.kernels` prints what each
gains on the program's nets.
"""

from .activations import leaky_relu
from .conv import conv2d, conv_transpose2d, upsampled_conv_transpose2d
from .fuse import Prepared, fuse, fuse_for_inference
from .losses import edge_l1
from .norm import normalise
from .optim import update_adam
from .pool import avg_pool2d, max_pool2d
