"""Paired autoencoders that exchange faces. Those of 2020 stand apart, in `seed2020`."""

from . import seed2020, train
from .model import SIZE_IN, SIZE_OUT, Intracoder, start
