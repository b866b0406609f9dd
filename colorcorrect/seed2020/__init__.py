"""The colour and super-resolution net of the 2020 program, layer by layer as it was."""

from .model import SIZE_IN, SIZE_OUT, ColorNet
from .train import colour_as, epoch
