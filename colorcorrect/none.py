"""No colour transfer: faces are learnt and drawn in the donor's own colours."""

from __future__ import annotations

import numpy as np

from .transfer import FrameTransfer


def before_training(donor: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The donor's faces as they are."""
    return donor


def for_clip(weights: np.ndarray) -> FrameTransfer:
    """Every drawn face as it is."""
    return lambda drawn, target: drawn
