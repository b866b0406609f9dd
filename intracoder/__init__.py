"""Paired autoencoders that exchange faces."""

from . import learn
from .coder import SIZE_IN, SIZE_OUT, Coder, start
from .model import IDENTITIES, SIZE, Intracoder
from .swap import draw_as
from .train import epoch
