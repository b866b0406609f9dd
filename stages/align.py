"""Manifest rows -> aligned faces to train on, stored as PNG in the run folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

import video
from faces import Canvas
from faces.manifest import Row
from files import pick_evenly

from .cache import Stage
from .choose import Tracks
from .clips import Selection
from .run import Run
from .run_record import RunError

MAX_TRAINING_FACES = 3000  # of one track: 0.15 GB at 128 x 128; training holds them in memory

# of each track, its aligned faces (h, w, 3) uint8 by frame number
Faces = list[dict[int, np.ndarray]]


def align(run: Run, clips: dict[str, Selection], tracks: dict[str, Tracks]) -> dict[str, Faces]:
    """The aligned faces of both people in those frames of `clips` in which they were detected."""
    return {role: align_clip(run, role, clips[role], tracks[role]) for role in clips}


def align_clip(run: Run, role: str, frames: Selection, tracks: Tracks) -> Faces:
    """The aligned faces of one clip."""
    made_from = {
        "choose": run.fingerprint(f"choose {role}"),
        "frames": [frames.first, frames.last],
        "size": list(run.settings.preset.aligned),
        "corner": list(run.settings.preset.region.corner),
    }
    chosen = [choose_rows(rows, frames) for rows in tracks]
    stage = Stage(f"align {role}", made_from, (f"{role}/faces*/*.png",))
    run.make(stage, lambda: write_missing_faces(run, role, chosen, frames))
    return [read_faces(run, role, track, rows) for track, rows in enumerate(chosen)]


def choose_rows(rows: dict[int, Row], frames: Selection) -> dict[int, Row]:
    """The rows of `frames` with a detected face; if too many, some of them, evenly spaced."""
    ok = [row for row in rows.values() if row.status == "ok" and row.frame in frames]
    return {ok[i].frame: ok[i] for i in pick_evenly(len(ok), MAX_TRAINING_FACES)}


def write_missing_faces(
    run: Run, role: str, chosen: list[dict[int, Row]], frames: Selection
) -> None:
    """Write those faces of each track's rows that an earlier session did not write."""
    for track, rows in enumerate(chosen):
        missing = {n: row for n, row in rows.items() if not run.face_path(role, n, track).exists()}
        counted = run.progress(frames, f"align {role}", frames.count) if missing else ()
        for number, face in extract_faces(counted, missing, run.settings.preset.canvas):
            file = run.face_path(role, number, track)
            run.write_image(file.relative_to(run.path), face)


def read_faces(run: Run, role: str, track: int, rows: dict[int, Row]) -> dict[int, np.ndarray]:
    """The stored faces (h, w, 3) uint8 by frame number. Raises RunError for one that is damaged."""
    width, height = run.settings.preset.aligned
    faces = {}
    for number in rows:
        file = run.face_path(role, number, track)
        try:
            faces[number] = video.read_image(file)
        except video.VideoError:
            raise RunError(f"{file} is damaged; delete it to extract it anew") from None
        if faces[number].shape[:2] != (height, width):
            raise RunError(f"{file} is not {width}x{height}; delete it to extract it anew")
    return faces


def extract_faces(
    frames: Iterable[video.Frame], rows: dict[int, Row], canvas: Canvas
) -> Iterator[tuple[int, np.ndarray]]:
    """(frame number, aligned face (h, w, 3) uint8) of each row with a detected face."""
    for frame in frames:
        row = rows.get(frame.number)
        if row is not None and row.status == "ok":
            yield frame.number, canvas.warp(frame.image, np.array(row.matrix))
