"""What is refused once both clips are open: options that do not fit them, and too small a disk."""

from __future__ import annotations

import math
import os
import shutil
from pathlib import Path

import video
from files import IMAGE_SUFFIXES, list_by_number

from .align import MAX_TRAINING_FACES
from .checkpoints import KEPT_CHECKPOINTS
from .clips import Selection
from .identity import digest_clip
from .settings import FaceChoice, FrameRange, OptionError, Settings
from .too_few import MIN_TRAINING_FACES, TooFewFaces

COUNTED_SUFFIXES = {".mp4", ".mov", ".m4v"}  # of containers that count their frames exactly
CHECKPOINT_MB = {"standard": 41.6, "seed": 15.0}  # at least, by preset; measured on the demo's
MB_PER_FACE = 0.02  # of an aligned face of 128 x 128 as PNG, measured on the demo's
# Bytes of a pixel in the output, by its suffix: less than most clips need. Measured on the demo's.
BYTES_PER_PIXEL = {".mkv": 0.8, "": 0.8, ".gif": 0.4, ".mp4": 0.02, ".mov": 0.02}


def check_clips(clips: dict[str, Selection], settings: Settings) -> None:
    """Raise OptionError for options that do not fit the clips; TooFewFaces for too short a clip;
    OutputError for a disk that is too small.
    """
    _refuse_same_clip(settings)
    options = {"--frames": settings.frames, "--learn-frames": settings.learn_frames}
    for option, frames in options.items():
        _check_range(clips["target"].source, option, frames)
    _check_range(clips["donor"].source, "--donor-frames", settings.donor_frames)
    count = _count_frames(clips["target"].source)
    if count and settings.every >= count > 1:
        raise OptionError(
            f"--every {settings.every} leaves one of {count} frames; give a smaller number"
        )
    _check_point(clips["target"].source, "--face", settings.face)
    _check_point(clips["donor"].source, "--donor-face", settings.donor_face)
    for selection in clips.values():
        _check_length(selection.source)
        width, height = selection.source.size
        if settings.min_size > min(width, height):
            path = selection.source.path
            raise OptionError(f"--min-size {settings.min_size:g}: {path} is {width}x{height}")
    _check_disk(clips, settings)


def _count_frames(clip: video.Clip) -> int | None:
    """How many frames a clip has; None if that is only known once they are decoded."""
    suffix = clip.path.suffix.lower()
    is_exact = clip.path.is_dir() or suffix in IMAGE_SUFFIXES | COUNTED_SUFFIXES
    return clip.frames if is_exact and clip.frames else None


def _refuse_same_clip(settings: Settings) -> None:
    if settings.same:
        return
    target, donor = settings.target, settings.donor
    if os.path.samefile(target, donor) or (
        _count_bytes(target) == _count_bytes(donor) and digest_clip(target) == digest_clip(donor)
    ):
        raise OptionError(
            f"{target} and {donor} are the same clip: the face would be replaced by itself; name "
            "another donor, or go on with --same"
        )


def _count_bytes(clip: Path) -> int:
    files = list_by_number(clip) if clip.is_dir() else [clip]
    return sum(file.stat().st_size for file in files)


def _check_range(clip: video.Clip, option: str, frames: FrameRange) -> None:
    """Raise OptionError if no frame is in the range; note it if the range goes beyond the end."""
    count, (first, last) = _count_frames(clip), frames
    if count is None:
        return
    if first >= count:
        raise OptionError(f"{option} {first}: {clip.path} has only {count} frames, from 0")
    if last is not None and last > count:
        clip.note(f"{clip.path} has only {count} frames: {option} ends with frame {count - 1}")


def _check_point(clip: video.Clip, option: str, choice: FaceChoice) -> None:
    """Raise OptionError if the point at which a face is chosen lies outside the picture."""
    if isinstance(choice, tuple):
        (x, y), (width, height) = choice, clip.size
        if x > width or y > height:
            raise OptionError(f"{option} {x:g},{y:g}: {clip.path} is only {width}x{height}")


def _check_length(clip: video.Clip) -> None:
    count = _count_frames(clip)
    if count and count < MIN_TRAINING_FACES:
        what = "is a single picture" if count == 1 else f"has only {count} frames"
        if clip.lost:
            what = f"is cut short: it holds {count} of {count + clip.lost} frames"
        raise TooFewFaces(
            f"{clip.path} {what}, and a face is learnt from {MIN_TRAINING_FACES} or more; give a "
            "longer clip, or a folder of pictures of that person"
        )


def _check_disk(clips: dict[str, Selection], settings: Settings) -> None:
    """Raise OutputError if the disks have less space than the run needs at least."""
    if (settings.folder / "run.json").exists():
        return  # part of it is there already
    faces = sum(min(selection.count or 0, MAX_TRAINING_FACES) for selection in clips.values())
    pixels = math.prod(clips["target"].source.size)
    written = clips["target"].part(settings.frames).count or 0
    output = pixels * written * BYTES_PER_PIXEL.get(settings.output.suffix.lower(), 0)
    checkpoints = (KEPT_CHECKPOINTS + 1) * CHECKPOINT_MB[settings.preset.name]
    needs = {settings.folder: checkpoints + MB_PER_FACE * faces, settings.output: output / 1e6}
    for path, megabytes in needs.items():
        folder = next(parent for parent in path.absolute().parents if parent.exists())
        free = shutil.disk_usage(folder).free / 1e6
        if free < megabytes:
            raise video.OutputError(
                f"{path} needs some {megabytes:.3g} MB, and its disk has {free:.3g} MB left; free "
                "some space, or choose another place with -o and --run"
            )
