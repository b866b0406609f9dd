"""The built-in demo: two actors are rendered, and afterwards the swap is set beside the truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

import video
from files import contact_sheet, pick_evenly
from mtcnn_np import Detector
from provenance import record

from .comparison import read_compared
from .person import sample_actor
from .render import Model
from .scene import Scene
from .score import Figures, nan_to_none, score
from .truth import ACTOR_COMMENT, film

TARGET, DONOR = 6, 3  # seeds of the actors
PERFORMANCES = {"target": 11, "donor": 12}  # seeds: other light, other room, other things done
DEMO_SIZE = (320, 320)  # (w, h) pixels
DEMO_FRAMES = 125  # of each clip: five seconds
DEMO_PICTURES = 6  # frames in compare.png
REPORTED_FIGURES = ("psnr", "ssim", "points", "mouth", "seam", "flicker")


def render(folder: Path) -> Iterator[tuple[str, int]]:
    """Write target.mp4, donor.mp4 and truth/ into the folder, unless the clips are there.

    Yields the name of the clip and the number of each frame that was rendered.
    """
    clips = (("target", TARGET, DONOR, folder / "truth"), ("donor", DONOR, None, None))
    for name, actor, face, truth in clips:
        output = folder / f"{name}.mp4"
        if not output.exists():
            scene = Scene(actor, PERFORMANCES[name], DEMO_FRAMES, DEMO_SIZE, face=face)
            for frame in film(scene, output, truth):
                yield name, frame.number


def compare(folder: Path, swap: Path) -> tuple[dict[str, Figures], list[list[np.ndarray]]]:
    """Write compare.mp4 and figures.json into the folder.

    Returns the figures by candidate (see `score`), and a few frames: a row of the target's, one of
    the swap's and one of the truth's.
    """
    paths = {
        "target": folder / "target.mp4",
        "swap": swap,
        "truth": folder / "truth" / "swap.mkv",
    }
    clips = [video.open_clip(path) for path in paths.values()]
    pictures = _write_side_by_side(folder / "compare.mp4", clips, paths)
    model = Model(sample_actor(TARGET).with_face_of(sample_actor(DONOR)))
    figures = score(read_compared(folder / "truth", clips), model, Detector())
    text = json.dumps(nan_to_none(figures), indent=1) + "\n"
    (folder / "figures.json").write_text(text, encoding="utf-8")
    return figures, pictures


def report(folder: Path, swap: Path) -> str:
    """Compare (see `compare`), write compare.png too, and return lines to print."""
    figures, pictures = compare(folder, swap)
    sheet = contact_sheet(pictures, ["target", "swap", "true swap"], cell=(200, 200))
    comment = video.png_text(record.STATEMENT_REPLACED)
    Image.fromarray(sheet).save(folder / "compare.png", pnginfo=comment)
    lines = [
        f"{name:8}" + "".join(f" {key} {figures[name][key]:.2f}" for key in REPORTED_FIGURES)
        for name in ("nothing", "swap")
    ]
    lines.append(f"{folder / 'compare.mp4'} and compare.png: target, swap, truth.")
    return "\n".join(lines)


def _write_side_by_side(
    output: Path, clips: list[video.Clip], paths: dict[str, Path]
) -> list[list[np.ndarray]]:
    """Write target, swap and truth side by side, with the target's sound; returns a few frames."""
    target = clips[0]
    width, height = target.size
    like = video.Clip(
        target.path, (3 * width, height), target.rate, target.frames, target.time_base
    )
    like.has_audio = target.has_audio
    statement = f"{ACTOR_COMMENT}; target, swap by this program, true swap"
    picked = set(pick_evenly(DEMO_FRAMES, DEMO_PICTURES + 2)[1:-1])  # without first and last
    pictures: list[list[np.ndarray]] = [[] for _ in clips]
    with video.open_writer(output, like, comment=statement) as writer:
        for frames in zip(*clips, strict=True):
            writer.write(np.concatenate([f.image for f in frames], 1), frames[0].time)
            if frames[0].number in picked:
                for row, frame in zip(pictures, frames, strict=True):
                    row.append(frame.image)
    settings = {"target": TARGET, "donor": DONOR, "performances": PERFORMANCES}
    record.write(output, record.Record(statement, DEMO_FRAMES, settings, inputs=paths))
    return pictures
