"""Converted frames -> the output clip, its record, a contact sheet and, on request, the truth."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

import video
from faces import manifest
from files import digest, real_path
from provenance import record

from .cache import Stage
from .choose import Tracks
from .clips import Selection
from .convert import ConvertedFrame
from .result_sheet import ResultSheet
from .run import Run
from .sign import signing
from .truth import TruthWriter


def write(run: Run, clip: Selection, tracks: Tracks, frames: Iterable[ConvertedFrame]) -> None:
    """Write the output unless it is there already; `frames` are computed only if it is not."""
    stage = Stage("write", _made_from(run, clip))
    with signing(run):
        run.make(stage, lambda: write_output(run, clip, tracks, frames))


def _made_from(run: Run, clip: Selection) -> dict:
    settings = run.settings
    return {
        "frames": [clip.first, clip.last, clip.every],
        "choose": run.fingerprint("choose target"),
        "train": run.fingerprint("train"),
        "schedule": run.record["results"].get("schedule"),
        "size": settings.size,
        "quality": settings.quality,
        "mark": settings.mark,
        "output": str(real_path(settings.output)),
        "truth": settings.truth and str(real_path(settings.truth)),
    }


def write_output(
    run: Run, clip: Selection, tracks: Tracks, frames: Iterable[ConvertedFrame]
) -> list[Path]:
    """Write everything; returns the files whose content `Run.make` checks later."""
    settings, rows = run.settings, [row for number, row in tracks[0].items() if number in clip]
    how = statement(run), _interval(clip, rows)  # the comment of every clip, and what it shows
    writer = video.open_writer(settings.output, clip.source, settings.quality, *how)
    truth = TruthWriter(settings, clip.source, len(tracks), *how) if settings.truth else None
    sheet = ResultSheet(len(rows))
    with writer, truth or nullcontext():
        swapped = _write_frames(run.progress(frames, "swap", len(rows)), writer, truth, sheet)
    for note in writer.notes:
        run.note(note)
    sheet.write(run)
    _write_records(run, [settings.output, *(truth.clips.values() if truth else ())], swapped)
    return [settings.output, record.record_path(settings.output), *(truth.files if truth else ())]


def _write_frames(
    frames: Iterable[ConvertedFrame],
    writer: video.Writer,
    truth: TruthWriter | None,
    sheet: ResultSheet,
) -> list[bool]:
    """Write each frame; returns in which of them a face was replaced."""
    swapped = []
    for frame in frames:
        writer.write(frame.image, frame.untouched.time)
        if truth:
            truth.write(frame.untouched, frame.image, frame.matrices)
        sheet.add(frame)
        swapped.append(bool(frame.matrices))
    return swapped


def statement(run: Run) -> str:
    """What the metadata of every output say."""
    settings, identity = run.settings, run.record["identity"]
    mark = record.STATEMENT_MARKED if settings.mark else record.STATEMENT_UNMARKED
    return (
        f"{record.STATEMENT_REPLACED}; {mark}; pipeline.py preset={settings.preset.name} "
        f"seed={settings.seed} target_sha256={identity['target'][:16]} "
        f"donor_sha256={identity['donor'][:16]}"
    )


def _interval(clip: Selection, rows: list[manifest.Row]) -> video.Interval | None:
    """The part of the clip that is written; None for all of it."""
    if clip.is_whole:
        return None
    start, end = (manifest.time_of(row) for row in (rows[0], rows[-1]))
    return video.Interval(start, end + clip.every / clip.source.rate)


def _write_records(run: Run, clips: Iterable[Path], swapped: list[bool]) -> None:
    """Write a record beside each clip of how it was made, and the output's into that of the run."""
    settings, count = run.settings, len(swapped)
    numbers = [number for number, is_swapped in enumerate(swapped) if is_swapped]
    made = record.Record(
        statement(run), count, settings.public_record(), numbers, settings.mark, settings.clips
    )
    for path in clips:
        record.write(path, made)
    run.result(output={"sha256": digest(settings.output), "frames": count, "swapped": len(numbers)})
