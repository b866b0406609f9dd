"""Paired autoencoders that swap faces; `seed2020` holds those of the 2020 program."""

from . import augment, seed2020, train
from .model import INTRACODER_OUTPUT_PX, Intracoder, load_start_weights
from .swap import draw_as
