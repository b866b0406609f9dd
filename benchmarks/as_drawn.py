"""What the nets of a run give, before it is put into the frames: clips of faces for the judges.

The judges look for a face in a picture, so the aligned faces, which fill theirs, are enlarged and
get a border. A frame whose face is not aligned is grey, so that frames keep their numbers.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

import nn
import video
from colorcorrect import TRANSFERS
from colorcorrect.visible import find_visible
from provenance.record import STATEMENT_REPLACED
from stages.align import Faces, align
from stages.clips import open_clips, select_learnt
from stages.convert_steps import CONVERT_BATCH, Draw, batched
from stages.detect import detect
from stages.options import parse
from stages.presets import Preset
from stages.run import Run
from stages.start import prepare
from stages.train import train
from stages.trainers import Trainer

ENLARGED = 3  # times; by eye
BORDER = 60  # pixels around the enlarged face, enough for both judges' detectors
GREY = 128  # 8-bit level


def open_trained(arguments: list[str]) -> tuple[dict[str, Faces], Trainer]:
    """Aligned faces and the trained nets of a run with these arguments of pipeline.py.

    What is not finished of detection, alignment and training is finished first.
    """
    settings = prepare(parse(arguments))
    nn.set_threads(settings.threads)
    clips = open_clips(settings)
    with Run(settings) as run:
        faces = align(run, select_learnt(clips, settings), detect(run, clips))
        return faces, train(run, faces, lambda _: None)


def draw_as_donor(faces: dict[int, np.ndarray], draw: Draw) -> dict[int, np.ndarray]:
    """The target's aligned faces drawn as the donor's, both uint8 by frame number."""
    drawn = {}
    for numbers in batched(faces, CONVERT_BATCH):
        pictures = draw(np.stack([faces[number] for number in numbers]))
        drawn |= zip(numbers, np.rint(pictures.clip(0, 1) * 255).astype(np.uint8), strict=True)
    return drawn


def colour(draw: Draw, preset: Preset) -> Draw:
    """`draw`, followed by the preset's transfer of colours, which a face gets in a frame."""
    transfer = TRANSFERS[preset.colour].for_clip(preset.canvas)

    def draw_coloured(faces: np.ndarray) -> np.ndarray:
        target = faces / np.float32(255)
        return transfer(draw(faces), target, find_visible(target))

    return draw_coloured


def write_faces(
    path: Path, faces: dict[int, np.ndarray], rate: Fraction, statement: str = ""
) -> None:
    """Write aligned faces (h, w, 3) uint8, by frame number, as a lossless clip."""
    h, w = next(iter(faces.values())).shape[:2]
    size = w * ENLARGED + 2 * BORDER, h * ENLARGED + 2 * BORDER
    like = video.Clip(path, size, rate, max(faces) + 1, 1 / rate)
    with video.open_writer(path, like, comment=statement) as writer:
        for number in range(like.frames):
            picture = np.full((size[1], size[0], 3), GREY, np.uint8)
            if number in faces:
                large = Image.fromarray(faces[number]).resize(
                    (w * ENLARGED, h * ENLARGED), Image.Resampling.BICUBIC
                )
                picture[BORDER:-BORDER, BORDER:-BORDER] = large
            writer.write(picture, number / rate)


def write_drawn(
    arguments: list[str], drawn: Path, target: Path, donor: Path, coloured: bool = False
) -> None:
    """Write a clip of what a run's nets draw; and of both people's faces, unless it is there."""
    faces, trainer = open_trained(arguments)
    draw = colour(trainer.swap, trainer.preset) if coloured else trainer.swap
    rate = video.open_clip(arguments[0]).rate
    for path, role in ((target, "target"), (donor, "donor")):
        if not path.exists():
            write_faces(path, faces[role][0], rate)
    write_faces(drawn, draw_as_donor(faces["target"][0], draw), rate, STATEMENT_REPLACED)
