"""The search for the faces of a clip: several jobs may need the same one, which is done once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import nn
from stages.clips import Selection, open_clips, select_target
from stages.detect import detect_clip
from stages.options import parse
from stages.run import Run
from stages.settings import Settings
from stages.too_few import TooFewFaces


def list_search_options(role: str, settings: Settings) -> tuple[str, ...]:
    """Options of pipeline.py that ask for a job's search of a clip, and for nothing else.

    They are the same for a target and a donor if the same is searched: every 2nd frame is asked for
    of a target, all others of a donor, since every clip can be either.
    """
    frames = _select(role, settings)
    chosen = f"{frames.first}:{'' if frames.last is None else frames.last}"
    words, turn = [], settings.of(role, "turn")
    if frames.every > 1:
        words += ["--every", str(frames.every), "--frames", chosen, "--learn-frames", chosen]
    elif chosen != "0:":
        words += ["--donor-frames", chosen]
    if settings.min_size != Settings.min_size:
        words += ["--min-size", str(settings.min_size)]
    if turn is not None:
        words += ["--turn" if frames.every > 1 else "--donor-turn", str(turn)]
    return tuple(words)


def _select(role: str, settings: Settings) -> Selection:
    """The frames of a clip that are searched; of no clip in particular."""
    if role == "target":
        return select_target(None, settings)
    return Selection(None, *settings.donor_frames)


def search(clip: Path, detections: Path, words: list[str]) -> None:
    """Find all faces of a clip and put them into a folder that runs share.

    words  those of `list_search_options`, and --threads

    A clip with too few faces is no error here: the run that swaps them says so. Raises
    video.VideoError for a clip that cannot be read, RunError and OSError.
    """
    role = "target" if "--every" in words else "donor"
    with tempfile.TemporaryDirectory(prefix="faceswap-np-search-") as folder:
        places = ["-o", f"{folder}/swap.mp4", "--run", f"{folder}/run"]
        shared = ["--detections", str(detections), "--same"]
        settings = parse([str(clip), str(clip), *words, *places, *shared])
        nn.set_threads(settings.threads)
        with Run(settings) as run:
            try:
                detect_clip(run, role, open_clips(settings)[role])
            except TooFewFaces:
                return
