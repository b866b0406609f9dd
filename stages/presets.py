"""Named ways to train and to convert."""

from __future__ import annotations

from dataclasses import dataclass

from faces import Canvas, align


@dataclass(frozen=True)
class Preset:
    """How to train, and what to do with the result."""

    name: str
    net: str  # key of stages.trainers.TRAINERS
    aligned: tuple[int, int]  # (w, h) of the stored faces, pixels
    region: align.Region  # the part of the face that is learnt and replaced
    batch: int  # faces a training step; for the net "today", pairs of faces
    rounds: int | None  # rounds of training; None: `minutes` says when to stop
    minutes: float | None  # wall-clock minutes of training
    phases: tuple[str, ...]  # epochs that make a round; a is the target's person, b the donor's
    colour: str  # key of colorcorrect.TRANSFERS: how colours are matched to the target's
    express: bool  # the target's eyes and mouth move the donor's, beyond what the net does
    smooth: bool  # smooth the faces' places over time, fill in short gaps, deflicker

    @property
    def canvas(self) -> Canvas:
        """The region of the face that is learnt, at the size in which it is stored."""
        return Canvas(self.region, self.aligned)


PRESETS = {
    # What the 2020 program did: each round an epoch of either face and of either colour, in twos.
    "seed": Preset(
        name="seed",
        net="seed2020",
        aligned=(70, 90),
        region=align.INNER_FACE,
        batch=2,
        rounds=2,
        minutes=None,
        phases=("face a", "face b", "colour a", "colour b"),
        colour="none",
        express=False,
        smooth=False,
    ),
    # A larger net that starts from weights which have seen many people: a good result in minutes.
    "standard": Preset(
        name="standard",
        net="today",
        aligned=(128, 128),
        region=align.WHOLE_FACE,
        batch=8,
        rounds=None,
        minutes=8,
        phases=("faces",),
        colour="light",
        express=True,
        smooth=True,
    ),
}
