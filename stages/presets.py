"""Named settings of a run."""

from __future__ import annotations

from dataclasses import dataclass

from faces import align


@dataclass(frozen=True)
class Preset:
    """How to train, and what to do with the result.

    net       "today" (64 to 128 px, starting from weights that have seen many people) or "seed2020" (the nets of 2020)
    aligned   (w, h) of the stored faces, in pixels
    region    the part of the face that is learnt and replaced
    batch     faces a step; for today's net, pairs
    rounds    rounds of training, or None: then `minutes` says when to stop
    minutes   wall-clock minutes of training
    phases    the epochs that make a round; a is the target's person, b the donor's
    colour    which transfer of colorcorrect.TRANSFERS is applied, before training and to each frame
    express   whether the target's eyes and mouth, where they differ from how they usually look, move the donor's
    smooth    whether faces' places are smoothed over time, and short gaps filled in
    """

    net: str
    aligned: tuple[int, int]
    region: align.Region
    batch: int
    rounds: int | None
    minutes: float | None
    phases: tuple[str, ...]
    colour: str
    express: bool
    smooth: bool


PRESETS = {
    # What the 2020 program did: each round an epoch of either face and of either colour, in twos.
    "seed": Preset(
        "seed2020",
        (70, 90),
        align.INNER_FACE,
        batch=2,
        rounds=2,
        minutes=None,
        phases=("face a", "face b", "colour a", "colour b"),
        colour="none",
        express=False,
        smooth=False,
    ),
    # A larger net with a head start, for a good result in minutes.
    "standard": Preset(
        "today",
        (128, 128),
        align.WHOLE_FACE,
        batch=8,
        rounds=None,
        minutes=8,
        phases=("faces",),
        colour="light",
        express=True,
        smooth=True,
    ),
}
