"""Paired autoencoders that exchange faces. Those of 2020 stand apart, in `seed2020`."""

from . import augment, seed2020, train
from .model import INTRACODER_OUTPUT_PX, Intracoder, load_start_weights
from .swap import draw_as
