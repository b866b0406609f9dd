"""Paired autoencoders that exchange faces."""

from .model import IDENTITIES, SIZE, Intracoder
from .swap import draw_as
from .train import epoch

__all__ = ["IDENTITIES", "SIZE", "Intracoder", "draw_as", "epoch"]
