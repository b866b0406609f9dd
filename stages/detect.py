"""Frames -> tracks: find every face once, and choose which one is swapped in which frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import nn
from faces import Canvas, align, manifest, reject
from files import contact_sheet
from mtcnn_np import WHOLE_SEARCH_INTERVAL, Detector, follow
from video import Frame, with_cuts

from .cache import Stage
from .clips import Selection
from .decide import Detections, decide, decide_all, describe_tracks
from .run import Run

MIN_TRAINING_FACES = 16  # of a person; with fewer the nets learn nothing useful; by eye
PICTURE_INTERVAL = 12  # frames; of every 12th the faces are kept as pictures, for tracks.png
TRIM_INTERVAL = 10  # frames after which freed memory is given back to the system; by eye
CONTRAST_CANVAS = Canvas(align.INNER_FACE, align.INNER_FACE.size)  # where contrast is measured
MAX_TRACKS_SHOWN = 12  # in tracks.png

Tracks = list[dict[int, manifest.Row]]  # of each swapped face, its row in each frame


class TooFewFaces(Exception):
    """No face to swap, or too few faces of a person to learn from."""


def detect(run: Run, clips: dict[str, Selection]) -> dict[str, Tracks]:
    """The faces to swap in the target and to learn in the donor. Raises TooFewFaces."""
    return {role: detect_clip(run, role, frames) for role, frames in clips.items()}


def detect_clip(run: Run, role: str, frames: Selection) -> Tracks:
    """The manifest of each swapped face of a clip; without --all-faces there is one."""
    stage = Stage(f"detect {role}", _made_from(run, role, frames), (f"{role}/manifest*.jsonl",))
    run.make(stage, lambda: _write_manifests(run, role, frames))
    tracks: Tracks = []
    while (path := run.manifest_path(role, len(tracks))).exists():
        tracks.append(manifest.read(path))
    _refuse_too_few(tracks, frames, run.settings.min_size)
    return tracks


def _made_from(run: Run, role: str, frames: Selection) -> dict:
    names = {
        "target": ("face", "all_faces", "min_size"),
        "donor": ("donor_face", "min_size"),
    }
    settings = run.settings.as_record()
    made_from = {"clip": run.record["identity"][role]} | {n: settings[n] for n in names[role]}
    made_from["frames"] = [frames.first, frames.last, frames.every]
    return made_from | {"smooth": run.settings.preset.smooth}


def _write_manifests(run: Run, role: str, frames: Selection) -> None:
    min_size, counted = run.settings.min_size, run.progress(frames, f"detect {role}", frames.count)
    detections = list(detect_frames(counted, Detector(), min_size, WHOLE_SEARCH_INTERVAL))
    try:
        tracks = _decide(run, role, detections)
    except ValueError as error:
        option = "--face" if role == "target" else "--donor-face"
        raise TooFewFaces(f"{frames.source.path}: {error}; try another {option}") from None
    _write_pictures(run, role, detections)
    for track, rows in enumerate(tracks):
        manifest.write(run.manifest_path(role, track), rows)
        counts = Counter(row.status for row in rows)
        summary = ", ".join(f"{count} {status}" for status, count in counts.items())
        run.tell(f"{role}: {len(rows)} frames, {summary}")


def _decide(run: Run, role: str, detections: list[Detections]) -> list[list[manifest.Row]]:
    """The rows of each face to swap. Raises ValueError if the chosen face is not there."""
    settings, smooth = run.settings, run.settings.preset.smooth
    if role == "donor":
        return [decide(detections, settings.donor_face, smooth)]
    everybody = decide_all(detections, smooth) if settings.all_faces else []
    return everybody or [decide(detections, settings.face, smooth)]


def _write_pictures(run: Run, role: str, detections: list[Detections]) -> None:
    """Write tracks.png: every person found, with the number that --face takes."""
    pictured = [(text, pictures) for text, pictures in describe_tracks(detections) if pictures]
    if pictured:
        texts, pictures = zip(*pictured[:MAX_TRACKS_SHOWN], strict=True)
        run.write_image(f"{role}/tracks.png", contact_sheet(pictures, texts, cell=(70, 90)))


def _refuse_too_few(tracks: Tracks, frames: Selection, min_size: float) -> None:
    clip = frames.source.path
    usable = sum(row.status == "ok" for rows in tracks for row in rows.values())
    if usable == 0:
        raise TooFewFaces(
            f"{clip}: no face in any of {len(tracks[0])} frames; is it upright, and at least "
            f"{min_size:g} px (--min-size)?"
        )
    if usable < MIN_TRAINING_FACES:
        raise TooFewFaces(
            f"{clip}: a face in only {usable} frames, and training needs {MIN_TRAINING_FACES}; "
            "give a longer clip"
        )


def detect_frames(
    frames: Iterable[Frame], detector: Detector, min_size: float, every: int = 1
) -> Iterator[Detections]:
    """The faces of every frame, with the contrast of each.

    Every `every`-th frame is searched whole, those between only where faces are expected.
    """
    for count, found in enumerate(follow(with_cuts(frames), detector, min_size, every)):
        if count % TRIM_INTERVAL == 0:
            nn.parallel.trim_memory()
        frame = found.frame
        matrices = [align.similarity(face.points) for face in found.faces]
        pictures = [CONTRAST_CANVAS.warp(frame.image, matrix) for matrix in matrices]
        contrasts = [reject.measure_contrast(picture) for picture in pictures]
        kept = pictures if frame.number % PICTURE_INTERVAL == 0 else None
        yield Detections(frame.number, frame.time, found.faces, contrasts, found.cut, kept)
