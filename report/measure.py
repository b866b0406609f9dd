"""What the page shows of a finished output: measured once, and kept in RUN/report.json.

The file says which output and which weights it was made from, and is made anew for others.
"""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

import video
from faces import Canvas
from files import atomic_file, pick_evenly
from stages.clips import PEOPLE
from stages.trainers.base import repaint_donor

from .folder import MEASURED_NAME, RunFolder
from .latents import TrainedNet, draw_strips
from .quality import Quality
from .readings import find_closed_eyes, measure_eye_detail
from .signs import MarkSearch, describe_signs
from .stills import Stills, pick_stills, read_frames

MEASURED_FORMAT = 1  # of report.json; goes up whenever it holds something else
CODED_FACES = 96  # of each person, for the latents and the identity figure
MAX_EYES_LOOKED_AT = 1000  # faces of each person


def read_measured(run: RunFolder) -> dict | None:
    """What report.json holds; None if it is missing, damaged, or of another output."""
    try:
        found = json.loads((run.path / MEASURED_NAME).read_text(encoding="utf-8"))
        return found if found["made_from"] == _made_from(run) else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None  # it is made anew


def measure(run: RunFolder) -> dict:
    """Measure a finished output and write report.json.

    Raises video.VideoError if a clip is gone or damaged, nn.CheckpointError for damaged weights.
    """
    rows = {n: row for n, row in run.manifests["target"][0].items() if run.is_written(n)}
    people, net = read_people(run), TrainedNet.read(run)
    quality = Quality(rows, run.preset.canvas, net and net.redraw)
    picked = pick_stills(rows)
    stills, search = Stills(len(picked)), MarkSearch()
    for frames in read_frames(run, set(picked) | quality.wanted):
        number = frames["target"].number
        if number in picked:
            stills.add(number, frames)
        if number in quality.wanted:
            quality.add(frames)
        if rows[number].ok:
            search.add(frames["swap"].image, rows[number])
    measured = {
        "made_from": _made_from(run),
        "stills": {str(number): shown for number, shown in stills.pictures.items()},
        "quality": quality.figures(people),
        "darkness": _measure_brightness(people, run.preset.canvas),
        "closed_eyes": {role: _find_closed_eyes(run, role) for role in PEOPLE},
        "strips": draw_strips(net, people) if net else [],
        "signs": describe_signs(run.find("output"), search.result(), run.settings["mark"]),
    }
    with atomic_file(run.path / MEASURED_NAME, durable=False) as file:
        file.write(json.dumps(measured, allow_nan=False).encode())
    return measured


def _made_from(run: RunFolder) -> dict:
    train = run.record["stages"].get("train", {}).get("made_from")
    return {"format": MEASURED_FORMAT, "output": run.output_digest, "train": train}


def read_people(run: RunFolder) -> dict[str, np.ndarray]:
    """Some aligned faces of both, {"a": (N, h, w, 3) uint8, "b": ...}, as the nets saw them."""
    people = {}
    for role, identity in PEOPLE.items():
        files = list(run.face_files(role).values())
        picked = [files[i] for i in pick_evenly(len(files), CODED_FACES)]
        people[identity] = np.stack([video.read_image(file) for file in picked])
    return repaint_donor(people, replace(run.preset, colour=run.settings["preset"]["colour"]))


def _measure_brightness(people: dict[str, np.ndarray], canvas: Canvas) -> dict[str, float]:
    """The median level, 0..255, of the target's faces: {"target": ...}."""
    inside = canvas.mask() > 0.5
    return {"target": float(np.median(people["a"][:, inside]))}


def _find_closed_eyes(run: RunFolder, role: str) -> dict[str, list[int] | int]:
    """The frames in which a person's eyes are closed, and how many frames were looked at."""
    files = run.face_files(role)
    numbers = list(files)
    picked = [numbers[i] for i in pick_evenly(len(numbers), MAX_EYES_LOOKED_AT)]
    canvas = run.preset.canvas
    details = {n: measure_eye_detail(video.read_image(files[n]), canvas) for n in picked}
    return {"closed": find_closed_eyes(details), "looked_at": len(details)}
