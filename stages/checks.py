"""What is refused before any frame is decoded, any folder made, or anything written."""

from __future__ import annotations

import os
import re
from pathlib import Path

import video
from files import digest, list_by_number, real_path
from provenance import record
from video import MissingInput, OutputError

from .apart import OTHER_FOLDER, OTHER_OUTPUT, check_apart, list_foreign
from .replay import find_moved
from .run_record import RunError, read_record
from .settings import Settings
from .truth_folder import check_truth_folder


def check_places(settings: Settings) -> None:
    """Raise MissingInput, OutputError or RunError if the run cannot or must not use these places.

    Input clips, the output, the run folder and the truth: no one may lie in another's way.
    """
    _check_inputs(settings)
    video.check_name(settings.output)
    check_apart(settings, settings.output, settings.clips, OTHER_OUTPUT)
    if settings.replay:
        _check_replay(settings)
    _check_run_folder(settings)
    video.check_output(settings.output, ours=_wrote_output(settings))
    _check_record(settings)
    if settings.truth:
        check_truth_folder(settings)


def _check_inputs(settings: Settings) -> None:
    """Raise MissingInput for what is no clip on this disk; says what it is instead."""
    for path in () if settings.demo else settings.clips.values():
        if re.match(r"[a-z]{2,}:/", str(path)) and not path.exists():
            raise MissingInput(f"{path} is an address; download the clip, and name the file")
        if re.search(r"[*?]", str(path)) and not path.exists():
            raise MissingInput(f"{path} is a pattern; name one clip, or a folder of pictures")
        if (path / "run.json").is_file():
            raise video.NotAVideo(f"{path} is the folder of a run, not a clip; name its output")
        if path.is_dir() and not list_by_number(path):
            raise video.NoFrames(f"{path} holds no images; name a clip, or a folder of pictures")


def _check_replay(settings: Settings) -> None:
    """Raise RunError or OutputError if a replay would replace what it is compared with."""
    recorded = real_path(settings.replay)
    if real_path(settings.folder) == recorded.parent:
        raise RunError(f"{settings.folder} is the recorded run itself; {OTHER_FOLDER}")
    run = read_record(recorded, settings.replay, OTHER_FOLDER)
    outputs = find_moved(recorded, run["settings"], "output")
    if real_path(settings.output) in map(real_path, outputs):
        raise OutputError(f"{settings.output} is the recorded output; {OTHER_OUTPUT}")


def _check_record(settings: Settings) -> None:
    """Raise OutputError if the record of the output would replace a file that is no record."""
    if (path := record.record_path(settings.output)).is_dir():
        raise OutputError(f"{path} is a folder, and the record's name; {OTHER_OUTPUT}")
    try:
        record.read(settings.output)
    except record.RecordError as error:
        raise OutputError(f"{error}; or {OTHER_OUTPUT}") from None


def _check_run_folder(settings: Settings) -> None:
    """Raise RunError if the run folder is somebody else's, or cannot be written."""
    folder, place = settings.folder, real_path(settings.folder)
    if place in (real_path(Path.home()), Path(place.anchor)):
        raise RunError(f"{folder} is no folder for the files of a run; {OTHER_FOLDER}")
    if os.path.lexists(folder) and not folder.is_dir():
        raise RunError(f"{folder} is a file; {OTHER_FOLDER}")
    for clip in settings.clips.values():
        if clip.is_dir() and real_path(clip) in (place, *place.parents):
            raise RunError(f"{folder} is or lies in the input {clip}; {OTHER_FOLDER}")
    is_new = folder.is_dir() and not (folder / "run.json").exists()
    if foreign := is_new and list_foreign(settings):
        raise RunError(f"{folder} is no run folder, it holds {foreign[0]}; {OTHER_FOLDER}")
    try:
        video.check_writable(folder / "run.json")
    except OutputError as error:
        raise RunError(f"{error} (--run)") from None


def _wrote_output(settings: Settings) -> bool:
    """Whether the output is what this run wrote in an earlier sitting, and nobody changed it."""
    output = real_path(settings.output)
    try:
        run = read_record(settings.folder / "run.json", settings.folder, OTHER_FOLDER)
        entry = run["stages"]["write"]
        if entry["made_from"]["output"] != str(output):
            return False
        if "sha256" not in entry:  # it was stopped while writing: the output before, or its own
            return video.says_synthetic(output)
        return run["results"]["output"]["sha256"] == digest(output)
    except (OSError, ValueError, RecursionError, RunError, KeyError, TypeError):
        return False
