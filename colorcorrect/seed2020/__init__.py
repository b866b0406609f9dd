"""The colour and super-resolution net of the 2020 program, with exactly its layers."""

from .model import SEED2020_OUTPUT_PX, ColorNet
from .train import colour_as, epoch
