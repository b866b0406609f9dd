"""--dry-run: what would run, how long, and how much disk it takes. Nothing is made."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import video
from intracoder.train import MAX_EPOCH_PAIRS
from stages.check_clips import BYTES_PER_PIXEL, CHECKPOINT_MB, MB_PER_FACE
from stages.checkpoints import KEPT_CHECKPOINTS
from stages.settings import Settings

from .job_list import Clip, JobList, Work
from .row_options import read_options
from .run_job import Setup
from .session import find_ended

# Seconds of one core a frame, of 720p with a face of 200 pixels: `python -m benchmarks.costs
# --threads 1 --faces 200`, but the last two: `python -m benchmarks.batch --costs`.
FRAME_SECONDS = {"search": 0.026, "align": 0.0025, "put in": 0.08, "code": 0.016, "render": 0.115}
# a training step, by preset: "standard" by the first of these commands, "seed" by the second
STEP_SECONDS = {"standard": 0.215, "seed": 0.036}
START_SECONDS = 8.4  # of a job, besides: imports, checks, the page; the second command
RUN_MB = 5  # of a run folder besides faces and checkpoints: the page and pictures; same command
CODED_CLIPS = 2.25  # the clips at all rate factors together, in clips at factor 18; same command


@dataclass(frozen=True)
class Measures:
    """What the costs of a clip depend on."""

    frames: int
    pixels: int  # of a frame
    is_rendered: bool  # it is an actor


@dataclass
class Estimate:
    """What the jobs that are to be done take."""

    jobs: int = 0
    seconds: float = 0.0  # of one core
    megabytes: float = 0.0  # in the data set's folder, when they are done
    largest_mb: float = 0.0  # of checkpoints while a job works
    by_clock: int = 0  # jobs that train by the clock, so their bytes do not repeat

    def add(self, work: Work) -> None:
        """Add a job."""
        settings = read_options(" ".join(work.job.options)).settings
        self.add_swap(settings, _measure(work.target), _measure(work.donor))

    def add_swap(self, settings: Settings, target: Measures, donor: Measures) -> None:
        """Add a swap of clips of these measures; of the settings, only how it is made counts."""
        preset = settings.preset
        faces = max(target.frames, donor.frames)
        if preset.net == "today":
            faces = min(faces, MAX_EPOCH_PAIRS)
        if preset.minutes:
            training = preset.minutes * 60
        else:
            steps = preset.rounds * len(preset.phases) * math.ceil(faces / preset.batch)
            training = steps * STEP_SECONDS[preset.name]
        both, cost = target.frames + donor.frames, FRAME_SECONDS
        written = target.frames / settings.every
        self.seconds += START_SECONDS + training + both * (cost["search"] + cost["align"])
        self.seconds += written * (cost["put in"] + 2 * cost["code"])
        self.seconds += sum(c.frames * cost["render"] for c in (target, donor) if c.is_rendered)
        coded = written * target.pixels * BYTES_PER_PIXEL[".mp4"] / 1e6
        self.megabytes += coded * (1 + 2 * CODED_CLIPS) + both * MB_PER_FACE + RUN_MB
        checkpoints = (KEPT_CHECKPOINTS + 1) * CHECKPOINT_MB[preset.name]
        self.largest_mb = max(self.largest_mb, checkpoints)
        self.by_clock += preset.minutes is not None
        self.jobs += 1


def estimate(jobs: JobList, setup: Setup, tell: Callable[[Work], None]) -> Estimate:
    """What all jobs that are to be done take; each is told."""
    found = Estimate()
    for work in jobs:
        if find_ended(work, setup) is None:
            found.add(work)
            tell(work)
    return found


def format_hours(seconds: float) -> str:
    """A duration in words, such as "3 h 20 min"; below a minute in seconds."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(math.ceil(seconds / 60), 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min"


def _measure(clip: Clip) -> Measures:
    if clip.actor:
        rendering = clip.actor.rendering
        return Measures(rendering.frames, rendering.size**2, True)
    return _measure_file(clip.path)


@lru_cache(maxsize=4096)
def _measure_file(path: str) -> Measures:
    """The frames and the size of a clip; nothing of one that cannot be read, which will fail."""
    try:
        clip = video.open_clip(Path(path))
    except video.VideoError:
        return Measures(0, 0, False)
    return Measures(clip.frames or 0, math.prod(clip.size), False)
