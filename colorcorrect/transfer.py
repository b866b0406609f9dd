"""The interface of a colour transfer, which acts before training and then on each frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

import nn
from faces import Canvas
from files import pick_evenly

# Widths of the canvas. With so soft an edge, the middle of the face counts most. By eye.
STATISTICS_FEATHER = 0.3

# The least weight of a pixel, so that even a face that is hidden has statistics. By eye.
MIN_PIXEL_WEIGHT = 0.02

STATISTICS_FACES = 100  # of a person, that give the statistics before training; by choice
REPAINT_BATCH = 16  # faces at a time, in each thread: more need more memory and are no faster

ColourMap = Callable[[np.ndarray], np.ndarray]  # colours (..., 3) floats 0..1 -> others, likewise
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
    fit: Callable[..., ColourMap], donor: np.ndarray, target: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """`before_training` by `fit`, a function (source, target, mask, target_mask) -> colour map.

    The map is fitted to a sample of both people's faces. It repaints all faces of the donor, which
    keeps their differences in light: the nets have to learn these.
    """
    some = [f[pick_evenly(len(f), STATISTICS_FACES)] / np.float32(255) for f in (donor, target)]
    change = fit(*some, *(np.broadcast_to(weights, faces.shape[:3]) for faces in some))

    def repaint_some(faces: np.ndarray) -> np.ndarray:
        return np.rint(change(faces / np.float32(255)).clip(0, 1) * 255).astype(np.uint8)

    return np.concatenate(nn.parallel.map_batches(repaint_some, donor, REPAINT_BATCH))
