"""A rendered clip and what is known of it, as files: rows, masks and the true swap."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

import nn
import video
from provenance import record

from .scene import RenderedFrame, Scene
from .sound import SAMPLE_RATE, synthesise_voice
from .truth_folder import PICTURES, ROWS, SWAP, begin_truth, finish_truth

ACTOR_COMMENT = "Synthetic media: a rendered person who does not exist"
STRONG_COMPRESSION = 40  # rate factor of H.264 for the hard case "compress"


def render_frames(scene: Scene, numbers: Iterable[int] | None = None) -> Iterator[RenderedFrame]:
    """Frames in order, all if no `numbers` are given; as many at a time as nn has threads."""
    numbers = list(range(scene.frames) if numbers is None else numbers)
    step = 2 * nn.parallel.thread_count()
    for first in range(0, len(numbers), step):
        batch = numbers[first : first + step]
        yield from nn.parallel.run([lambda n=n: scene.render_frame(n) for n in batch])


def film(
    scene: Scene, output: Path, truth: Path | None = None, quality: int = 14, sound: bool = True
) -> Iterator[RenderedFrame]:
    """Render a scene into a clip, and the truth into the folder `truth`; yields written frames.

    truth/truth.jsonl         a row a frame, see `describe_frame`
    truth/mask/NNNNNN.png     the face, 0..255, rounded up: where it is 0 the true swap is the same
    truth/visible/NNNNNN.png  the part of the mask that nothing hides
    truth/swap.mkv            the true swap, lossless, if the scene has a face to put on
    truth/belongs_to.json     whose truth this is, see files/claim.py
    truth/sha256.json         hashes of all this and of the clip; written last

    `quality` is the rate factor of H.264. A record stands beside each clip (see provenance). An
    earlier truth of the same clip is replaced whole, a folder with anything else is refused.
    Raises video.OutputError.
    """
    if truth:
        begin_truth(truth, output)
    rate = Fraction(scene.rate).limit_denominator(1001)
    like = video.Clip(output, scene.size, rate, scene.frames, 1 / rate)
    quality = STRONG_COMPRESSION if "compress" in scene.hard else quality
    with ExitStack() as stack:
        writer = stack.enter_context(video.open_writer(output, like, quality, ACTOR_COMMENT))
        if sound:
            voice = synthesise_voice(scene.mouth, scene.frames / scene.rate, scene.performance)
            writer.add_sound(voice, SAMPLE_RATE)
        truth_writer = _TruthWriter(truth, scene, like, stack) if truth else None
        for frame in render_frames(scene):
            time = frame.number / rate
            writer.write(frame.image, time)
            if truth_writer:
                truth_writer.write(frame, time)
            yield frame
    for clip in [output, truth / SWAP] if truth and scene.swapped_model else [output]:
        record.write(clip, record.Record(ACTOR_COMMENT, scene.frames, scene.settings))
    if truth:
        finish_truth(truth, output)


class _TruthWriter:
    """Writes the folder of the truth; its files are closed with `stack`."""

    def __init__(self, folder: Path, scene: Scene, like: video.Clip, stack: ExitStack):
        self.folder, self.scene, self.swap = folder, scene, None
        rows = open(folder / ROWS, "w", encoding="utf-8")
        self.rows = stack.enter_context(rows)
        if scene.swapped_model:
            swap = video.open_writer(folder / SWAP, like, comment=ACTOR_COMMENT)
            self.swap = stack.enter_context(swap)

    def write(self, frame: RenderedFrame, time: Fraction) -> None:
        self.rows.write(json.dumps(describe_frame(self.scene, frame)) + "\n")
        for name, values in zip(PICTURES, (frame.mask, frame.visible), strict=True):
            picture = Image.fromarray(np.ceil(values * 255).astype(np.uint8))
            picture.save(self.folder / name / f"{frame.number:06d}.png")
        if self.swap:
            self.swap.write(frame.swap, time)


def describe_frame(scene: Scene, frame: RenderedFrame) -> dict:
    """The row of a frame in truth.jsonl.

    frame and time (seconds), part (of the clip, between cuts), present, visible (the share of the
    face that nothing hides), points, swap_points, and the numbers of the Moment by name.
    """
    face = float(frame.mask.sum())
    swap_points = None if frame.swap_points is None else frame.swap_points.round(3).tolist()
    return {
        "frame": frame.number,
        "time": round(frame.number / scene.rate, 6),
        "part": scene.part(frame.number),
        "present": frame.present,
        "visible": round(float(frame.visible.sum()) / face, 4) if face else 0.0,
        "points": frame.points.round(3).tolist(),
        "swap_points": swap_points,
        **frame.moment.record(),
    }
