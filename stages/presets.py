"""Named ways to train and to convert."""

from __future__ import annotations

from dataclasses import dataclass

from faces import Canvas, align


@dataclass(frozen=True)
class Preset:
    """How to train and to convert; `Settings.preset` has the command line's changes applied."""

    name: str
    net: str  # key of stages.trainers.TRAINERS
    aligned: tuple[int, int]  # (w, h) of the stored faces, pixels
    region: align.Region  # the part of the face that is learnt and replaced
    batch: int  # faces a training step; for the net "today", pairs of faces
    rounds: int | None  # of training; None: `minutes` limits it
    minutes: float | None  # of training, wall clock; None: `rounds` limits it
    phases: tuple[str, ...]  # epochs that make a round; a is the target's person, b the donor's
    colour: str  # key of colorcorrect.TRANSFERS: how colours are matched to the target's
    smooth: bool  # smooth the matrices over time, fill in short gaps, deflicker

    @property
    def canvas(self) -> Canvas:
        """The learnt region of the face at the size of the stored faces."""
        return Canvas(self.region, self.aligned)


PRESETS = {
    # The 2020 program: in each round an epoch for each face net and each colour net, batches of 2.
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
        smooth=False,
    ),
    # A larger net that starts from weights trained on many people: a good result within minutes.
    "standard": Preset(
        name="standard",
        net="today",
        aligned=(128, 128),
        region=align.WHOLE_FACE,
        batch=8,
        rounds=None,
        minutes=8,
        phases=("faces",),
        colour="net",
        smooth=True,
    ),
}
