"""The interface of a colour transfer, which acts before training and then on each frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from faces import Canvas

# Widths of the canvas. With so soft an edge, the middle of the face counts most. By eye.
STATISTICS_FEATHER = 0.3

# The least weight of a pixel, so that even a face that is hidden has statistics. By eye.
MIN_PIXEL_WEIGHT = 0.02

# (drawn, target, visible) -> drawn in the target's colours, which may leave 0..1: (N, h, w, 3)
# float32, 0..1; visible: (N, h, w) 0..1, how much each pixel shows of the target's face
FrameTransfer = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


class ColourTransfer(Protocol):
    """The two functions of a module in TRANSFERS."""

    def before_training(
        self, donor: np.ndarray, target: np.ndarray, weights: np.ndarray
    ) -> np.ndarray:
        """The donor's faces (N, h, w, 3) uint8 in the colours in which they are learnt, likewise.

        target   faces (M, h, w, 3) uint8 whose colours they may get
        weights  (h, w) 0..1: how much each pixel belongs to the face
        """
        ...

    def for_clip(self, canvas: Canvas) -> FrameTransfer:
        """The function for faces on a canvas. What they share is computed here, once."""
        ...


def weigh_pixels(canvas: Canvas, visible: np.ndarray) -> np.ndarray:
    """How much each pixel of faces on a canvas counts in their statistics: (N, h, w), 0..1."""
    return canvas.mask(STATISTICS_FEATHER) * np.maximum(visible, np.float32(MIN_PIXEL_WEIGHT))


def one_by_one(transfer: Callable[..., np.ndarray], canvas: Canvas) -> FrameTransfer:
    """A transfer of faces on a canvas, from a function (drawn, target, weights) of one face."""

    def transfer_all(drawn: np.ndarray, target: np.ndarray, visible: np.ndarray) -> np.ndarray:
        return np.stack([*map(transfer, drawn, target, weigh_pixels(canvas, visible))])

    return transfer_all


def repaint(
    transfer: Callable[..., np.ndarray],
    donor: np.ndarray,
    target: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """`before_training` by `transfer`, a function (source, target, mask, target_mask) -> repainted.

    All faces together give the statistics, and one map repaints them all. So the donor's faces
    still differ in light, which the nets have to learn.
    """
    images = [faces.astype(np.float32) / np.float32(255) for faces in (donor, target)]
    masks = [np.broadcast_to(weights, image.shape[:3]) for image in images]
    return np.clip(np.rint(transfer(*images, *masks) * 255), 0, 255).astype(np.uint8)
