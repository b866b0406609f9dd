"""A minimal autograd and convolution library on NumPy, with CuPy as its GPU backend.

Arrays are NHWC. Read in this order: tensor, ops, pool, conv, activations, norm, layers, losses,
optim, train, checkpoint. `nn.fast` has the same functions made faster, and `nn.parallel` puts all
cores to work; neither is needed to understand the rest.
"""

from . import backend, checkpoint, fast, init, parallel, train
from .activations import leaky_relu, prelu, relu, sigmoid, softmax
from .backend import DeviceError
from .checkpoint import CheckpointError
from .conv import conv2d, conv_transpose2d
from .layers import (
    AvgPool2d,
    BatchNorm,
    Conv2d,
    ConvTranspose2d,
    Dense,
    Flatten,
    LeakyReLU,
    MaxPool2d,
    Module,
    PixelShuffle,
    PReLU,
    Sequential,
)
from .losses import edge_l1, mse
from .norm import batch_norm
from .ops import (
    absolute,
    concatenate,
    dense,
    exp,
    log,
    matmul,
    mean,
    reduce_sum,
    reshape,
    transpose,
)
from .optim import Adam, cosine_annealing
from .parallel import set_threads
from .pool import avg_pool2d, max_pool2d, upsample_nearest
from .switch import fast_enabled, use_fast
from .tensor import Function, Tensor, no_grad
