"""All faces found in a clip -> the manifest of each face that is swapped or learnt."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from faces import manifest

from . import detections_file, people
from .cache import Stage
from .clips import Selection
from .decide import Detections, decide, decide_all
from .run import Run
from .too_few import TooFewFaces, refuse_too_few

Tracks = list[dict[int, manifest.Row]]  # of each swapped face, its row in each frame


def choose(run: Run, role: str, frames: Selection) -> Tracks:
    """The manifest of each chosen face of a clip whose faces are found; says who was taken.

    Raises TooFewFaces if the face that the user names is not there, or there are too few.
    """
    patterns = (f"{role}/manifest*.jsonl", f"{role}/taken.txt")
    stage = Stage(f"choose {role}", _made_from(run, role), patterns)
    run.make(stage, lambda: _write_manifests(run, role, frames))
    tracks: Tracks = []
    while (path := run.manifest_path(role, len(tracks))).exists():
        tracks.append(manifest.read(path))
    refuse_too_few(run, role, frames, tracks)
    people.tell_taken(run, role)
    return tracks


def _made_from(run: Run, role: str) -> dict:
    settings = run.settings.as_record()
    names = ("face", "all_faces") if role == "target" else ("donor_face",)
    made_from = {"detect": run.fingerprint(f"detect {role}")} | {n: settings[n] for n in names}
    return made_from | {"smooth": run.settings.preset.smooth}


def _write_manifests(run: Run, role: str, frames: Selection) -> list[Path]:
    detections = detections_file.read(run.detections_path(role))
    try:
        tracks = _decide(run, role, detections)
    except ValueError as error:
        remedy = people.describe_choice(run, role)
        raise TooFewFaces(f"{frames.source.path}: {error}; {remedy}") from None
    for track, rows in enumerate(tracks):
        manifest.write(run.manifest_path(role, track), rows)
        counts = Counter(row.status for row in rows)
        summary = ", ".join(f"{count} {status}" for status, count in counts.items())
        run.tell(f"{role}: {len(rows)} frames, {summary}")
    people.write_taken(run, role, detections, tracks)
    return [run.manifest_path(role, track) for track in range(len(tracks))]


def _decide(run: Run, role: str, detections: list[Detections]) -> list[list[manifest.Row]]:
    """The rows of each face to swap. Raises ValueError if the chosen face is not there."""
    settings, smooth = run.settings, run.settings.preset.smooth
    everybody = role == "target" and settings.all_faces and decide_all(detections, smooth)
    return everybody or [decide(detections, settings.of(role, "face"), smooth)]
