"""A minimal autograd and convolution library on NumPy, with CuPy as its GPU backend.

Arrays are NHWC. Read in this order: tensor, ops, conv (with correlate, then winograd), layers, optim, train
(with parallel), checkpoint (with whole).
"""

from . import backend, checkpoint, init, parallel, train
from .activations import leaky_relu, prelu, relu, sigmoid, softmax
from .backend import DeviceError
from .checkpoint import CheckpointError
from .conv import conv2d, conv_transpose2d, dense
from .layers import (
    AvgPool2d,
    BatchNorm,
    Conv2d,
    ConvTranspose2d,
    Dense,
    LeakyReLU,
    Module,
    PixelShuffle,
    PReLU,
    Sequential,
)
from .losses import dssim, edge_l1, l1, mse
from .norm import batch_norm
from .ops import absolute, concatenate, exp, log, matmul, mean, reduce_sum, reshape, transpose
from .optim import SGD, Adam, cosine_annealing
from .parallel import set_threads
from .pool import avg_pool2d, max_pool2d, upsample_nearest
from .tensor import Function, Tensor, no_grad
