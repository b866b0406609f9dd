"""Where a face can be seen: a net finds the pixels of a frame that show it.

Hair, hands, glasses and the wall beside a turned cheek are no face. They stay as they are in the
frame, and no colour is taken from them.

The net is a U-Net. Its weights come from rendered people, for whom the answer is known, and from
nobody real (actors/pretrain_visible.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy

import nn
from faces import Canvas, align

from .unet import UNET_INFER_BATCH, UNet, load_unet

VISIBLE_WEIGHTS = Path(__file__).with_name("visible.npz")  # by python -m actors.pretrain_visible
VISIBLE_CANVAS = Canvas(align.WHOLE_FACE, (128, 128))  # on which the net looks for the face
VISIBLE_CHANNELS = 16, 24, 48, 96, 96  # by choice
CERTAINLY_FACE = 0.9  # what the net gives at least where there is surely face; by eye
HOLE_EDGE = 2  # pixels: width of the soft edge around a hole; by eye


def make_visible_net(rng: np.random.Generator) -> UNet:
    """Faces (N, 128, 128, 3), 0..1 -> (N, 128, 128, 1): -1/2 no face, 1/2 face."""
    return UNet(3, 1, VISIBLE_CHANNELS, rng)


def find_visible(faces: np.ndarray, canvas: Canvas = VISIBLE_CANVAS) -> np.ndarray:
    """How much each pixel of a canvas shows of a face: (N, h, w) float32, 0..1.

    faces  on VISIBLE_CANVAS: (N, 128, 128, 3) float32, 0..1

    It is 0 beyond the canvas's reach.
    """
    net = load_unet(make_visible_net, VISIBLE_WEIGHTS)
    found = nn.train.infer(net, faces, UNET_INFER_BATCH)[..., 0]
    filled = np.stack([_fill_holes(f) for f in (found + np.float32(0.5)).clip(0, 1)])
    to_aligned = align.invert(VISIBLE_CANVAS.matrix(np.eye(2, 3)))
    on_canvas = np.stack([canvas.warp(f[..., None], to_aligned)[..., 0] for f in filled])
    return on_canvas * canvas.reach()


def _fill_holes(found: np.ndarray) -> np.ndarray:
    """What the net finds (h, w), with the holes within the face filled.

    What hides a face reaches in from outside: an arm, a fringe, glasses. So a hole is an error of
    the net. It may take a deep frown for the bridge of glasses.
    """
    face = found > CERTAINLY_FACE
    holes = scipy.ndimage.binary_fill_holes(face) & ~face
    filled = scipy.ndimage.binary_dilation(holes, iterations=HOLE_EDGE)
    return np.where(filled, np.float32(1), found)
