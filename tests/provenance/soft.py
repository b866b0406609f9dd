"""True swaps that look like a program's."""

from dataclasses import replace

import numpy as np
from scipy import ndimage

from actors import Shot


def soft(shot: Shot) -> Shot:
    """The new face of its true swap as soft as a trained net draws it."""
    replaced = (shot.swap != shot.image).any(axis=2, keepdims=True)
    return replace(shot, swap=np.where(replaced, ndimage.gaussian_filter(shot.swap, (1.5, 1.5, 0)), shot.image))
