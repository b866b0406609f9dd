"""Named settings of a run. Nets and losses are the same in all; what differs is how they are fed and for how long."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Preset:
    """How to train, and what to do with the result.

    net          "coder" (64 to 128 px, many people seen before) or "intracoder" (the nets of 2020)
    aligned      (w, h) of the stored faces, in pixels
    area         whether faces are shrunk to the coder's size by area; otherwise bilinearly, as OpenCV does by default
    batch        faces a step
    rounds       rounds of training, or None: then `minutes` says when to stop
    minutes      wall-clock minutes of training
    phases       the epochs that make a round; a is the target's person, b the donor's
    colour_from  the share of training after which rounds include the colour net; 0 is from the start
    match        whether colour statistics are matched: the donor's faces get the target's palette before training, and
                 each swapped face that of the face it replaces. The colours are then b's own, else a's
    smooth       whether faces' places are smoothed over time, and short gaps filled in
    settle       whether the colour net's BatchNorm statistics are taken anew on swapped faces before it is used
    """

    net: str
    aligned: tuple[int, int]
    area: bool
    batch: int
    rounds: int | None
    minutes: float | None
    phases: tuple[str, ...]
    colour_from: float
    match: bool
    smooth: bool
    settle: bool


PRESETS = {
    # What the 2020 program did: each round an epoch of either face and of either colour, in twos.
    "seed": Preset("intracoder", (70, 90), area=False, batch=2, rounds=2, minutes=None,
                   phases=("face a", "face b", "colour a", "colour b"), colour_from=0.0, match=False, smooth=False, settle=False),
    # The same nets, fed for a good result in minutes: the faces first, their colours when there is something to colour.
    "quick": Preset("intracoder", (128, 128), area=True, batch=4, rounds=None, minutes=2.5,
                    phases=("face a", "face b", "colour b"), colour_from=0.4, match=True, smooth=True, settle=True),
    "standard": Preset("coder", (128, 128), area=True, batch=16, rounds=None, minutes=8,
                       phases=("faces",), colour_from=0.0, match=True, smooth=True, settle=False),
}
