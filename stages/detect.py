"""Frames -> tracks: find every face once, then choose which one is swapped in which frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from faces import Canvas, align, reject
from mtcnn_np import WHOLE_SEARCH_INTERVAL, Detector, TurnedDetector, find_quarter_turns, follow
from video import Frame

from . import detections_file, people
from .cache import Stage
from .choose import Tracks, choose
from .clips import Selection
from .decide import Detections
from .detect_parts import search_in_parts
from .run import Run
from .shared_detections import find_once

PICTURE_INTERVAL = 12  # frames; of every 12th the faces are kept as pictures, for tracks.png
CONTRAST_CANVAS = Canvas(align.INNER_FACE, align.INNER_FACE.size)  # where contrast is measured


def detect(run: Run, clips: dict[str, Selection]) -> dict[str, Tracks]:
    """The faces to swap in the target and to learn in the donor. Raises TooFewFaces."""
    return {role: detect_clip(run, role, frames) for role, frames in clips.items()}


def detect_clip(run: Run, role: str, frames: Selection) -> Tracks:
    """The manifest of each swapped face of a clip; without --all-faces there is one.

    All faces are stored before one is chosen, so another choice needs no second search.
    """
    made_from = {
        "clip": run.record["identity"][role],
        "frames": [frames.first, frames.last, frames.every],
        "min_size": run.settings.min_size,
        "turn": run.settings.of(role, "turn"),
        "contrasts": "of quarters",  # of earlier versions: of whole faces
    }
    names = ("detections.jsonl", "tracks.png", "people.txt")
    stage = Stage(f"detect {role}", made_from, tuple(f"{role}/{name}" for name in names))
    search = partial(_write_detections, run, role, frames)
    run.make(stage, lambda: find_once(run, stage, search))
    return choose(run, role, frames)


def _write_detections(run: Run, role: str, frames: Selection) -> list[Path]:
    detections = find_faces(run, role, frames)
    people.write(run, role, detections)
    detections_file.write(run.detections_path(role), detections)
    return [run.detections_path(role)]


def find_faces(run: Run, role: str, frames: Selection) -> list[Detections]:
    """All faces of the frames; a clip that does not stand upright is noticed, or --turn says so."""
    detector, min_size, turn = Detector(), run.settings.min_size, run.settings.of(role, "turn")

    def search(quarter_turns: int) -> list[Detections]:
        turned = TurnedDetector(detector, quarter_turns) if quarter_turns else detector
        how = turned, min_size, WHOLE_SEARCH_INTERVAL
        found = search_in_parts(frames, lambda part: detect_frames(part, *how))
        return sorted(run.progress(found, f"detect {role}", frames.count), key=lambda d: d.number)

    if turn is not None:
        return search(turn // 90)
    detections = search(0)
    faces = {frame.number: frame.faces for frame in detections}
    quarter_turns = find_quarter_turns(faces, frames, detector, min_size)
    if not quarter_turns:
        return detections
    path, option = frames.source.path, people.name_option(role, "turn")
    posture = "stands on its head" if quarter_turns == 2 else "lies on its side"
    run.note(
        f"{path} {posture}: faces are searched in pictures turned by {90 * quarter_turns} degrees "
        f"clockwise; if that is wrong, {option} 0"
    )
    return search(quarter_turns)


def detect_frames(
    frames: Iterable[tuple[Frame, bool]], detector: Detector, min_size: float, every: int = 1
) -> Iterator[Detections]:
    """The faces of every (frame, whether a shot begins with it), with the contrasts of each.

    Every `every`-th frame is searched whole, those between only where faces are expected.
    """
    for count, found in enumerate(follow(frames, detector, min_size, every)):
        frame = found.frame
        matrices = [align.similarity(face.points) for face in found.faces]
        pictures = [CONTRAST_CANVAS.warp(frame.image, matrix) for matrix in matrices]
        contrasts = [reject.measure_contrasts(picture) for picture in pictures]
        kept = pictures if count % PICTURE_INTERVAL == 0 else None
        yield Detections(frame.number, frame.time, found.faces, contrasts, found.cut, kept)
