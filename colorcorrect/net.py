"""The colour net: a drawn face as it would look in the target's frame.

    drawn face, relit (light.py) -----+
    the target's face, blurred -------+-- net --> what to add to the relit face
    the frame around the face --------+
    where the face can be seen -------+

An intracoder draws a face softly, in a light of its own. What is missing can be seen in the frame:
the colours, the light and how sharp pictures are. But the target's face must not show through. So
the net sees it only blurred, too much to tell whose it is, and sees the frame sharply only where
there is no face (visible.py).

Well within the face, only the smooth part of it is added. The details would be those of rendered
people, and show a little of the target. The drawn face keeps its own, sharpened (sharpen.py). Near
the outline all is added, since hair or a wall may have been drawn there.

The net is a U-Net. Its weights come from rendered people, for whom the answer is known, and from
nobody real (actors/pretrain_colour.py).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy

import nn
from faces import Canvas

from . import light
from .sharpen import sharpen
from .transfer import FrameTransfer
from .unet import UNET_INFER_BATCH, UNet, load_unet

COLOUR_WEIGHTS = Path(__file__).with_name("net.npz")  # by python -m actors.pretrain_colour
COLOUR_NET_PX = 128  # side of the faces that the net takes and gives
COLOUR_INPUTS = 10  # channels: three pictures and where the face is
COLOUR_CHANNELS = 24, 32, 64, 128  # by choice
BLUR_PX = 8  # standard deviation of the target's blur; by eye
CHANGE_BLUR_PX = 5  # likewise, of what is added well within the face; by eye
SMOOTH_FEATHER = 0.15  # widths of the canvas, from where all is added to there; by eye
BLURRED_AROUND = 0.02  # how much what is no face counts in the blur, beside the face; by choice

before_training = light.before_training


def make_colour_net(rng: np.random.Generator) -> UNet:
    """What `show_net` gives, (N, 128, 128, 10) -> what to add to the relit faces."""
    return UNet(COLOUR_INPUTS, 3, COLOUR_CHANNELS, rng)


def show_net(relit: np.ndarray, target: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """What the net sees of faces: (N, 128, 128, 10), 0..1.

    relit    the drawn faces (N, 128, 128, 3), 0..1, in the light of the target's
    target   the faces that they replace, likewise
    visible  (N, 128, 128, 1) 0..1: how much each pixel shows of the target's face
    """
    blurred = _blur_within(target, visible + np.float32(BLURRED_AROUND))
    return np.concatenate([relit, blurred, target * (1 - visible), visible], axis=-1)


def _blur_within(faces: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Each pixel becomes the mean of those around it, by distance and by weights (N, h, w, 1)."""
    pictures = np.concatenate([faces * weights, weights], axis=-1)
    sigmas = 0, BLUR_PX, BLUR_PX, 0
    sums = scipy.ndimage.gaussian_filter(pictures, sigmas, mode="nearest", truncate=3)
    return sums[..., :3] / sums[..., 3:]


def for_clip(canvas: Canvas) -> FrameTransfer:
    """Gives drawn faces the look that the net expects of them in their frames."""
    small = Canvas(canvas.region, (COLOUR_NET_PX, COLOUR_NET_PX))
    relight, relight_small = light.for_clip(canvas), light.for_clip(small)

    def transfer(drawn: np.ndarray, target: np.ndarray, visible: np.ndarray) -> np.ndarray:
        ours, theirs, seen = (small.resize(x) for x in (drawn, target, visible[..., None]))
        relit = relight_small(ours, theirs, seen[..., 0]).clip(0, 1)
        net = load_unet(make_colour_net, COLOUR_WEIGHTS)
        change = nn.train.infer(net, show_net(relit, theirs, seen), UNET_INFER_BATCH)
        smooth = scipy.ndimage.gaussian_filter(change, (0, CHANGE_BLUR_PX, CHANGE_BLUR_PX, 0))
        change += (smooth - change) * small.mask(SMOOTH_FEATHER)[..., None]
        coloured = relight(drawn, target, visible).clip(0, 1) + canvas.resize(change)
        return sharpen(coloured, target, canvas.mask() * visible)

    return transfer
