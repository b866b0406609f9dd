"""The paired autoencoders of the 2020 program, with exactly its layers."""

from .model import SEED2020_FACE_PX, Intracoder
from .swap import draw_as
from .train import epoch
