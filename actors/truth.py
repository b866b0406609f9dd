"""What is known of a rendered clip, as files: a row a frame, masks as pictures, the true swap as a lossless clip."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import TextIO

import numpy as np
from PIL import Image

import nn
import provenance
import video

from .scene import Scene, Shot
from .sound import RATE, voice

COMMENT = "Synthetic media: a rendered person who does not exist"


def shots(scene: Scene, numbers: Iterable[int] | None = None) -> Iterator[Shot]:
    """Frames in order, all if no `numbers` are given; as many at a time as nn has threads."""
    numbers = list(range(scene.frames) if numbers is None else numbers)
    step = 2 * nn.parallel.thread_count()
    for first in range(0, len(numbers), step):
        yield from nn.parallel.run(
            [lambda n=n: scene.shot(n) for n in numbers[first : first + step]]
        )


def film(
    scene: Scene, output: Path, truth: Path | None = None, quality: int = 14, sound: bool = True
) -> Iterator[Shot]:
    """Render a scene into a clip, and what is known of it into the folder `truth`; yields each shot when it is written.

    truth/truth.jsonl      a row a frame: frame, time, part (of the clip, between cuts), present, visible (share of the face that nothing
                           hides), points, swap_points, and the numbers of the Moment under their names
    truth/mask/NNNNNN.png  the face, 0..255, rounded up: where it is 0 the true swap is the same picture;
                           truth/visible/NNNNNN.png the part of it that can be seen
    truth/swap.mkv         the true swap, where the scene has a face to put on
    and beside each clip its record (see provenance). Raises video.OutputError.
    """
    rate = Fraction(scene.rate).limit_denominator(1001)
    like = video.Clip(output, scene.size, rate, scene.frames, 1 / rate)
    with ExitStack() as stack:
        writer = stack.enter_context(
            video.open_writer(output, like, 40 if "compress" in scene.hard else quality, COMMENT)
        )
        if sound:
            writer.add_sound(voice(scene.mouth, scene.frames / scene.rate, scene.seed), RATE)
        swap = rows = None
        if truth:
            rows = stack.enter_context(_opened(truth))
            if scene.wearing:
                swap = stack.enter_context(
                    video.open_writer(truth / "swap.mkv", like, comment=COMMENT)
                )
        for shot in shots(scene):
            time = shot.number / rate
            writer.write(shot.image, time)
            if rows:
                rows.write(json.dumps(record(scene, shot)) + "\n")
                for folder, values in (("mask", shot.mask), ("visible", shot.visible)):
                    Image.fromarray(np.ceil(values * 255).astype(np.uint8)).save(
                        truth / folder / f"{shot.number:06d}.png"
                    )
            if swap:
                swap.write(shot.swap, time)
            yield shot
    for clip in [output, truth / "swap.mkv"] if truth and scene.wearing else [output]:
        made = provenance.record.Record(COMMENT, scene.frames, scene.settings)
        provenance.record.write(clip, made)


def _opened(truth: Path) -> TextIO:
    """The folder made ready, and its truth.jsonl."""
    try:
        for folder in ("mask", "visible"):
            (truth / folder).mkdir(parents=True, exist_ok=True)
        return open(truth / "truth.jsonl", "w", encoding="utf-8")
    except OSError as error:
        raise video.OutputError(
            f"{error.filename} cannot be written: {error.strerror}; choose another place"
        ) from None


def record(scene: Scene, shot: Shot) -> dict:
    """The row of a frame."""
    whole = float(shot.mask.sum())
    return {
        "frame": shot.number,
        "time": round(shot.number / scene.rate, 6),
        "part": scene.part(shot.number),
        "present": shot.present,
        "visible": round(float(shot.visible.sum()) / whole, 4) if whole else 0.0,
        "points": shot.points.round(3).tolist(),
        "swap_points": None if shot.swap_points is None else shot.swap_points.round(3).tolist(),
        **shot.moment.record(),
    }
