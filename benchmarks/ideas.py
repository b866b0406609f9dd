"""The ideas that benchmarks.quality can leave out of the program, one at a time.

Each name gives a context manager within which the program works without the idea. Of training:
    start       the weights that have seen rendered people
    warps       the random warps of the faces that the net is shown
    repaint     the donor's faces in the target's colours
    sharing     the kernels that both people's decoders share: each has its own in full
    back        made-up faces of the target's person: the donor is redrawn as himself instead
Of conversion, which uses the nets that the whole program has trained:
    correction  correcting codes by what of the expression has not arrived
    deflicker   the mean over time of what the net draws
    net         the colour net
    light       the transfer of the target's light in each frame, which the net begins with
    sharpen     details as strong as those of the frame
    visible     finding where the face can be seen: the outline that all faces have, instead
    biweight    ignoring differences at the rim that are too great to be light
"""

from __future__ import annotations

from unittest.mock import patch

import numpy as np

import nn
from colorcorrect import light, none
from faces import Canvas
from intracoder import Intracoder, personal, swap, train
from intracoder.model import shrink
from intracoder.start import StartNet
from poisson import rim
from stages import convert


def _draw_as_b(model: Intracoder, codes: nn.Tensor) -> np.ndarray:
    with nn.no_grad():
        return shrink(model.decoder_b(codes).data)


def _take_outline(faces: np.ndarray, canvas: Canvas) -> np.ndarray:
    return np.repeat(canvas.mask()[None], len(faces), axis=0)


WITHOUT_IN_TRAINING = {
    "start": lambda: patch("intracoder.load_start", lambda: StartNet(np.random.default_rng(0))),
    "warps": lambda: patch("intracoder.augment.warp_randomly", lambda faces, rng: faces),
    "repaint": lambda: patch("colorcorrect.net.before_training", none.before_training),
    "back": lambda: patch.object(train, "draw_as_a", _draw_as_b),
    "sharing": lambda: patch.object(personal, "OWN_SHARE", 1.0),
}
WITHOUT_IN_CONVERSION = {
    "correction": lambda: patch.object(swap, "CORRECTIONS", 0),
    "deflicker": lambda: patch.object(convert, "deflicker_over_time", lambda faces: faces),
    "net": lambda: patch("colorcorrect.net.for_clip", light.for_clip),
    "light": lambda: patch("colorcorrect.light.for_clip", none.for_clip),
    "sharpen": lambda: patch("colorcorrect.net.sharpen", lambda faces, *_: faces),
    "visible": lambda: patch("colorcorrect.visible.find_visible", _take_outline),
    "biweight": lambda: patch.object(rim, "RIM_OUTLIER", 1e9),
}
WITHOUT = WITHOUT_IN_TRAINING | WITHOUT_IN_CONVERSION
