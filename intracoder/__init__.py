"""Paired autoencoders that swap faces; `seed2020` holds those of the 2020 program."""

from . import augment, seed2020, train
from .model import INTRACODER_OUTPUT_PX, Intracoder
from .start import begin, load_start
from .swap import Crossing, measure_crossing, redraw_faces, swap_faces
