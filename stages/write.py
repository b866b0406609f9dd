"""Converted frames -> the output clip, its record, a contact sheet and, on request, the truth."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import numpy as np

import video
from faces import manifest
from files import contact_sheet, digest, pick_evenly
from provenance import record

from .cache import Stage
from .choose import Tracks
from .clips import PEOPLE, Selection
from .convert import ConvertedFrame
from .run import Run
from .truth import TruthWriter
from .truth_folder import claim_truth

SHEET_FRAMES = 12  # in result.png
SHEET_CELL_WIDTH = 240  # pixels


def write(run: Run, clip: Selection, tracks: Tracks, frames: Iterable[ConvertedFrame]) -> None:
    """Write the output unless it is there already; `frames` are computed only if it is not."""
    run.make(Stage("write", _made_from(run, clip)), lambda: write_output(run, clip, tracks, frames))


def _made_from(run: Run, clip: Selection) -> dict:
    settings = run.settings
    return {
        "frames": [clip.first, clip.last, clip.every],
        "choose": run.fingerprint("choose target"),
        "train": run.fingerprint("train"),
        "schedule": run.record["results"].get("schedule"),
        "express": settings.preset.express,
        "size": settings.size,
        "quality": settings.quality,
        "mark": settings.mark,
        "output": str(settings.output.resolve()),
        "truth": settings.truth and str(settings.truth.resolve()),
    }


def write_output(
    run: Run, clip: Selection, tracks: Tracks, frames: Iterable[ConvertedFrame]
) -> list[Path]:
    """Write everything; returns the files whose content `Run.make` checks later."""
    settings, rows = run.settings, {n: row for n, row in tracks[0].items() if n in clip}
    comment, interval, count = statement(run), _interval(clip, rows), len(rows)
    picked, before, after = set(pick_evenly(count, SHEET_FRAMES)), [], []  # for result.png
    swapped = []  # positions in the output of the frames with a replaced face
    with ExitStack() as stack:
        writer = stack.enter_context(
            video.open_writer(settings.output, clip.source, settings.quality, comment, interval)
        )
        truth = None
        if settings.truth:
            claim = claim_truth(settings, *(run.record["identity"][role] for role in PEOPLE))
            truth = TruthWriter(settings.truth, clip.source, len(tracks), comment, interval, claim)
            stack.enter_context(truth)
        for i, frame in enumerate(run.progress(frames, "swap", count)):
            writer.write(frame.image, frame.untouched.time)
            if i in picked:
                before.append(frame.untouched.image)
                after.append(frame.image)
            if truth:
                truth.write(frame.untouched, frame.image, frame.matrices)
            if frame.matrices:
                swapped.append(i)
    clips = [settings.output, *(truth.clips.values() if truth else [])]
    _write_records(run, clips, count, swapped)
    run.write_image("result.png", draw_sheet(before, after), record.STATEMENT_REPLACED)
    for note in writer.notes:
        run.note(note)
    sha256 = digest(settings.output)
    run.result(output={"sha256": sha256, "frames": count, "swapped": len(swapped)})
    files = [settings.output, record.record_path(settings.output)]
    return files + (truth.files if truth else [])


def statement(run: Run) -> str:
    """What the metadata of every output say."""
    settings, identity = run.settings, run.record["identity"]
    mark = record.STATEMENT_MARKED if settings.mark else record.STATEMENT_UNMARKED
    return (
        f"{record.STATEMENT_REPLACED}; {mark}; pipeline.py preset={settings.preset.name} "
        f"seed={settings.seed} target_sha256={identity['target'][:16]} "
        f"donor_sha256={identity['donor'][:16]}"
    )


def _interval(clip: Selection, rows: dict[int, manifest.Row]) -> video.Interval | None:
    """The part of the clip that is written; None for all of it."""
    if clip.is_whole:
        return None
    start, last = (manifest.time_of(rows[number]) for number in (min(rows), max(rows)))
    return video.Interval(start, last + clip.every / clip.source.rate)


def _write_records(run: Run, clips: Iterable[Path], count: int, swapped: list[int]) -> None:
    """Write a record beside each clip of how it was made."""
    settings = run.settings
    inputs = {"target": settings.target, "donor": settings.donor}
    made = record.Record(
        statement(run), count, settings.public_record(), swapped, settings.mark, inputs
    )
    for path in clips:
        record.write(path, made)


def draw_sheet(before: list[np.ndarray], after: list[np.ndarray]) -> np.ndarray:
    """A contact sheet of frames (H, W, 3) uint8: two rows before and after the swap, two more."""
    height, width = before[0].shape[:2]
    half = -(-len(before) // 2)
    rows = [before[:half], after[:half], before[half:], after[half:]]
    cell = SHEET_CELL_WIDTH, round(SHEET_CELL_WIDTH * height / width)
    return contact_sheet([row for row in rows if row], cell=cell)
