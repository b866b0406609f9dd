"""The built-in demo: two actors are rendered, and afterwards the swap is set beside the truth."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

import video
from files import atomic_file, contact_sheet, digest, pick_evenly
from mtcnn_np import Detector
from provenance import record

from .comparison import read_compared
from .person import sample_actor
from .render import Model
from .scene import Scene
from .score import nan_to_none, score
from .truth import ACTOR_COMMENT, film
from .truth_folder import SWAP, TRUTH_DIGESTS, check_truth_folder, is_intact

TARGET, DONOR = 6, 3  # seeds of the actors
PERFORMANCES = {"target": 11, "donor": 24}  # seeds: other light, other room, other things done
DEMO_SIZE = (320, 320)  # (w, h) pixels
DEMO_FRAMES = 125  # of each clip: five seconds
DEMO_PICTURES = 6  # frames in compare.png
REPORTED_FIGURES = ("psnr", "ssim", "points", "mouth", "seam", "flicker")
COMPARED_NAMES = "compare.mp4", "compare.mp4.json", "compare.png", "figures.json"


def find_missing(folder: Path) -> list[str]:
    """The clips that are missing or damaged, "target" and "donor"; the truth is the target's.

    Raises video.OutputError if something else lies where they belong.
    """
    return [name for name in PERFORMANCES if not _is_rendered(folder, name)]


def render(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Write these clips into the folder: target.mp4 with truth/, or donor.mp4.

    Yields the name of the clip and the number of each frame that was rendered.
    """
    for name in names:
        settings = scene_settings(name)
        scene = Scene(**settings | {"size": tuple(settings["size"])})
        for frame in film(scene, folder / f"{name}.mp4", _truth_of(folder, name)):
            yield name, frame.number


def scene_settings(name: str) -> dict:
    """What a clip is rendered with: the settings in its record."""
    actor, face = {"target": (TARGET, DONOR), "donor": (DONOR, None)}[name]
    settings = {"actor": actor, "performance": PERFORMANCES[name], "face": face}
    return settings | {"frames": DEMO_FRAMES, "rate": 25, "size": list(DEMO_SIZE), "hard": []}


def _truth_of(folder: Path, name: str) -> Path | None:
    return folder / "truth" if name == "target" else None


def _is_rendered(folder: Path, name: str) -> bool:
    """Whether a clip is there, whole, and with its truth. Raises video.OutputError if not ours."""
    clip, truth = folder / f"{name}.mp4", _truth_of(folder, name)
    if clip.exists() and _is_whole(clip, name) and (not truth or is_intact(truth, clip)):
        return True
    if truth:
        check_truth_folder(truth, clip)
    return False


def _is_whole(clip: Path, name: str) -> bool:
    """Whether a clip is as the demo renders it; False if it is the demo's, but was damaged.

    Raises video.OutputError if it is another one.
    """
    beside = _read_record(clip)
    fits = bool(beside) and beside["fits"]
    is_record_ours = bool(beside) and beside.get("settings") == scene_settings(name)
    if is_record_ours and fits:
        return True
    says_ours = clip.is_file() and video.read_comment(clip) == ACTOR_COMMENT
    if not fits and (says_ours or (is_record_ours and not _can_be_read(clip))):
        return False
    raise video.OutputError(
        f"{clip} is not the clip that the demo renders; move it, or choose another folder "
        "with --run"
    )


def _read_record(clip: Path) -> dict | None:
    """The record beside a clip if it is that of a rendered one; whether it fits may be False."""
    try:
        found = record.read(clip) if clip.is_file() else None
    except record.RecordError:
        return None
    return found if found and found.get("statement") == ACTOR_COMMENT else None


def _can_be_read(clip: Path) -> bool:
    try:
        video.open_clip(clip)
    except video.VideoError:
        return False
    return True


def truth_digest(folder: Path) -> str:
    """The hash of what the swap is compared with."""
    return digest(folder / "truth" / TRUTH_DIGESTS)


def compare(folder: Path, swap: Path) -> list[Path]:
    """Write compare.mp4, its record, compare.png and figures.json into the folder; returns these.

    compare.png has a few frames: a row of the target's, one of the swap's and one of the truth's.
    figures.json has the figures by candidate (see `score`).
    """
    paths = {
        "target": folder / "target.mp4",
        "swap": swap,
        "truth": folder / "truth" / SWAP,
    }
    clips = [video.open_clip(path) for path in paths.values()]
    written = [folder / name for name in COMPARED_NAMES]
    movie, beside, sheet, figures = written
    pictures = _write_side_by_side(movie, clips, paths)
    page = Image.fromarray(contact_sheet(pictures, ["target", "swap", "true swap"], (200, 200)))
    with atomic_file(sheet) as file:
        page.save(file, "png", pnginfo=video.png_text(record.STATEMENT_REPLACED))
    model = Model(sample_actor(TARGET).with_face_of(sample_actor(DONOR)))
    found = nan_to_none(score(read_compared(folder / "truth", clips), model, Detector()))
    with atomic_file(figures) as file:
        file.write(json.dumps(found, indent=1).encode() + b"\n")
    return written


def describe(folder: Path) -> str:
    """Lines to print: the figures that matter, and where the comparison is."""
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    lines = [
        f"{name:8}" + "".join(f" {key} {_format(figures[name][key])}" for key in REPORTED_FIGURES)
        for name in ("nothing", "swap")
    ]
    lines.append(f"{folder / 'compare.mp4'} and compare.png: target, swap, truth.")
    return "\n".join(lines)


def _format(figure: float | None) -> str:
    return "unknown" if figure is None else f"{figure:.2f}"


def _write_side_by_side(
    output: Path, clips: list[video.Clip], paths: dict[str, Path]
) -> list[list[np.ndarray]]:
    """Write target, swap and truth side by side, with the target's sound; returns a few frames."""
    target = clips[0]
    width, height = target.size
    like = video.Clip(
        target.path, (3 * width, height), target.rate, target.frames, target.time_base
    )
    like.extras = target.extras
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
