"""No colour transfer: faces are learnt and drawn in the donor's own colours."""

from __future__ import annotations

import numpy as np

from faces import Canvas

from .transfer import FrameTransfer


def before_training(donor: np.ndarray, target: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The donor's faces (N, h, w, 3) as they are."""
    return donor


def for_clip(canvas: Canvas) -> FrameTransfer:
    """The drawn faces as they are."""
    return lambda drawn, target, visible: drawn
