"""The built-in demo: two actors, and afterwards the swap beside the truth."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
from PIL import Image

import video
from files import contact_sheet
from mtcnn_np import Detector
from provenance import record

from .performance import Moment
from .person import sample_actor as draw
from .render import Model
from .scene import Scene
from .score import Compared, plain, score
from .truth import COMMENT, film

TARGET, DONOR = 6, 3  # actors' seeds
PERFORMANCES = {"target": 11, "donor": 12}  # other light, other place, other things done
SIZE, FRAMES = (320, 320), 125
SHOWN = 6  # frames in the picture


def render(folder: Path) -> Iterator[tuple[str, int]]:
    """Write folder/target.mp4, folder/donor.mp4 and folder/truth, where they are not yet; yields what was rendered and the frame's number."""
    for name, actor, face, truth in (
        ("target", TARGET, DONOR, folder / "truth"),
        ("donor", DONOR, None, None),
    ):
        if not (folder / f"{name}.mp4").exists():
            for shot in film(
                Scene(actor, PERFORMANCES[name], FRAMES, SIZE, face=face),
                folder / f"{name}.mp4",
                truth,
            ):
                yield name, shot.number


def compare(
    folder: Path, swapped: Path
) -> tuple[dict[str, dict[str, float]], list[list[np.ndarray]]]:
    """Write folder/compare.mp4 (target, swap and truth side by side, with the sound) and folder/figures.json.

    Gives the figures by candidate, see `score`, and some frames: a row of the target's, one of the swap's, one of the truth's.
    """
    shown = set(np.linspace(0, FRAMES - 1, SHOWN + 2).astype(int)[1:-1])
    pictures: list[list[np.ndarray]] = [[], [], []]
    target = video.open_clip(folder / "target.mp4")
    width, height = target.size
    like = video.Clip(
        target.path, (3 * width, height), target.rate, target.frames, target.time_base
    )
    like.has_audio = target.has_audio
    clips = [target, video.open_clip(swapped), video.open_clip(folder / "truth" / "swap.mkv")]
    statement = f"{COMMENT}; target, swap by this program, true swap"
    with video.open_writer(folder / "compare.mp4", like, comment=statement) as writer:
        for frames in zip(*clips, strict=True):
            writer.write(np.concatenate([f.image for f in frames], 1), frames[0].time)
            if frames[0].number in shown:
                for row, frame in zip(pictures, frames, strict=True):
                    row.append(frame.image)
    inputs = dict(zip(("target", "swap", "truth"), (clip.path for clip in clips), strict=True))
    settings = {"target": TARGET, "donor": DONOR, "performances": PERFORMANCES}
    made = record.Record(statement, FRAMES, settings, inputs=inputs)
    record.write(folder / "compare.mp4", made)
    figures = score(
        compared(folder / "truth", clips), Model(draw(TARGET).with_face_of(draw(DONOR))), Detector()
    )
    (folder / "figures.json").write_text(
        json.dumps(plain(figures), indent=1) + "\n", encoding="utf-8"
    )
    return figures, pictures


def compared(
    truth: Path, clips: Iterable[Iterable[video.Frame]], names=("nothing", "swap", "truth")
) -> Iterator[Compared]:
    """The frames that can be scored, present and not half hidden, of clips in the order of `names`, with what the folder `truth` knows of them."""
    rows = [
        json.loads(line)
        for line in (truth / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    known = [f.name for f in fields(Moment)]
    for row, *frames in zip(rows, *clips, strict=True):
        if row["present"] and row["visible"] > 0.5:
            mask = (
                np.array(Image.open(truth / "mask" / f"{row['frame']:06d}.png"), np.float32) / 255
            )
            moment = Moment(**{k: tuple(row[k]) if k == "light" else row[k] for k in known})
            yield Compared(
                row["frame"],
                {name: f.image for name, f in zip(names, frames, strict=True)},
                mask,
                np.array(row["swap_points"]),
                moment,
            )


def report(folder: Path, swapped: Path) -> str:
    """Compare, see `compare`, and write folder/compare.png too; gives what to tell of it."""
    figures, pictures = compare(folder, swapped)
    sheet = contact_sheet(pictures, ["target", "swap", "true swap"], cell=(200, 200))
    comment = video.png_text(record.STATEMENT_REPLACED)
    Image.fromarray(sheet).save(folder / "compare.png", pnginfo=comment)
    shown = ("psnr", "ssim", "points", "mouth", "seam", "flicker")
    lines = [
        f"{name:8}" + "".join(f" {key} {figures[name][key]:.2f}" for key in shown)
        for name in ("nothing", "swap")
    ]
    lines.append(f"{folder / 'compare.mp4'} and compare.png: target, swap, truth.")
    return "\n".join(lines)
