"""The functions of `nn`, sooner: same names, same signatures, held against the plain ones by tests.

Nothing here is needed to understand the library. `nn.switch` sends calls here while the fast
kernels are on. In the order of the gain: strips and bands (convolution), phases (its gradient at
strides), winograd (3x3 kernels), conv (the layers), fuse (a net's layers in one pass), norm,
activations, pool, losses, optim; below them workspace, cache and epilogue. `choose` says when
Winograd is taken. `python -m benchmarks.kernels` prints what each gains on the nets that the
program uses.
"""

from .activations import leaky_relu
from .conv import conv2d, conv_transpose2d, upsampled_conv_transpose2d
from .fuse import fuse, fuse_for_inference
from .losses import edge_l1
from .norm import normalise
from .optim import update_adam
from .pool import avg_pool2d, max_pool2d
