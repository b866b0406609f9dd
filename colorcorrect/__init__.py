"""Colour correction: the 2020 net with super-resolution, and the classic transfers of colour statistics."""

from .model import SIZE_IN, SIZE_OUT, ColorNet
from .train import colour_as, epoch
