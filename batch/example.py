"""A tiny data set in seconds, to try loaders on: true swaps of rendered people, nothing is trained.

For rendered people the perfect swap is known, so it takes the place of a trained net's swap here.
All else is as in a data set of real swaps: labels, masks, compressions, records, invisible marks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import numpy as np

import provenance
import video
from actors import RenderedFrame, Scene, film
from faces import align
from files import atomic_file
from provenance import record
from stages.options import parse
from stages.settings import Settings
from stages.truth import TRUTH_RATE_FACTORS, TruthWriter

from .dataset import Summary, assemble
from .jobs import Job, Source
from .originals import write_original

EXAMPLE_OPTIONS = "--rounds", "1"  # what the jobs say; nothing is trained
EXAMPLE_PERFORMANCE = 11  # added to an actor's seed, gives that of its performance; by choice
EXAMPLE_STATEMENT = f"{record.STATEMENT_REPLACED}; a true swap of rendered people; an example"


def make_example(
    folder: Path, pairs: Sequence[tuple[int, int]] = ((6, 3),), frames: int = 6, size: int = 96
) -> Summary:
    """Write a data set into a folder, with two swaps for each pair of actors, one each way.

    pairs   seeds of actors; nobody is in two pairs
    frames  of each clip
    size    of the pictures, in pixels

    Raises ValueError for settings out of range, DatasetError or video.OutputError for a folder that
    holds something else or cannot be written.
    """
    jobs = list_example_jobs(pairs)
    for there, back in zip(jobs[::2], jobs[1::2], strict=True):
        rendered = [_render(folder / "work", job, frames, size) for job in (there, back)]
        for job, own in zip((there, back), rendered, strict=True):
            _write_job(folder / "work", job, own)
    return assemble(folder, lambda: jobs, seed=0)


def list_example_jobs(pairs: Sequence[tuple[int, int]]) -> list[Job]:
    """The jobs of the example: of each pair of actors, two."""
    jobs = []
    for target, donor in (both for pair in pairs for both in permutations(pair)):
        row, sources = (
            len(jobs) + 1,
            [Source(f"actors:{seed}", f"actor {seed}", f"{seed:016x}") for seed in (target, donor)],
        )
        jobs.append(Job(row, *sources, EXAMPLE_OPTIONS, f"{row:016x}"))
    return jobs


def _render(work: Path, job: Job, frames: int, size: int) -> list[RenderedFrame]:
    """Write a job's target, and its original; returns its frames, with the true swap."""
    actor, face = (int(source.key, 16) for source in (job.target, job.donor))
    scene = Scene(actor, EXAMPLE_PERFORMANCE + actor, frames, (size, size), face=face)
    clip = work / "clips" / f"{job.target.key}.mp4"
    rendered = list(film(scene, clip))
    write_original(clip, work / "originals" / job.target.key)
    return rendered


def _write_job(work: Path, job: Job, rendered: list[RenderedFrame]) -> None:
    """Write what is left in work/swaps by a job that is done."""
    folder = work / "swaps" / job.key
    clips = [str(work / "clips" / f"{source.key}.mp4") for source in (job.target, job.donor)]
    places = ["--run", str(folder / "run"), "--truth", str(folder / "truth")]
    settings = parse([*clips, *job.options, *places])
    target = video.open_clip(settings.target)
    with TruthWriter(settings, target, 1, EXAMPLE_STATEMENT, None) as writer:
        for untouched, frame in zip(target, rendered, strict=True):
            image, matrix = _swap(untouched, frame)
            writer.write(untouched, image, [matrix])
    _write_records(settings, len(rendered))
    with atomic_file(folder / "status.json") as file:
        status = {"state": "done", "code": 0, "reason": "", "seconds": 0}
        file.write(json.dumps(status).encode())


def _swap(untouched: video.Frame, frame: RenderedFrame) -> tuple[np.ndarray, np.ndarray]:
    """The true swap of a frame, marked, (H, W, 3) uint8, and the matrix (2, 3) of its face."""
    matrix = align.similarity(frame.points)
    image = np.where(frame.mask[..., None] > 0, frame.swap, untouched.image)
    return provenance.mark.embed(image, untouched.image, matrix), matrix


def _write_records(settings: Settings, count: int) -> None:
    made = record.Record(
        EXAMPLE_STATEMENT, count, settings.public_record(), range(count), True, settings.clips
    )
    for factor in TRUTH_RATE_FACTORS:
        record.write(settings.truth / f"crf{factor}.mp4", made)
