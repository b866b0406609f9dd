"""What is refused before any frame is decoded, any folder made, or anything written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import video
from files import digest, is_left_by_system, list_by_number
from provenance import record
from video import MissingInput, OutputError

from .places import RENDERED_NAMES
from .replay import find_moved
from .run_record import RunError, read_record
from .settings import Settings
from .truth_folder import RUN_NAMES, check_truth_folder

OTHER_FOLDER = "choose another with --run"  # the remedy in messages about the run folder


def check_places(settings: Settings) -> None:
    """Raise MissingInput, OutputError or RunError if the run cannot or must not use these places.

    Input clips, the output, the run folder and the truth: no one may lie in another's way.
    """
    check_inputs(settings)
    _check_apart(settings)
    if settings.replay:
        _check_replay(settings)
    _check_run_folder(settings)
    video.check_output(settings.output, ours=_wrote_output(settings))
    _check_record(settings)
    if settings.truth:
        check_truth_folder(settings)


def check_inputs(settings: Settings) -> None:
    """Raise MissingInput for what is no clip on this disk; says what it is instead."""
    for path in () if settings.demo else (settings.target, settings.donor):
        if re.match(r"[a-z]{2,}:/", str(path)) and not path.exists():
            raise MissingInput(f"{path} is an address; download the clip, and name the file")
        if re.search(r"[*?]", str(path)) and not path.exists():
            raise MissingInput(f"{path} is a pattern; name one clip, or a folder of pictures")
        if (path / "run.json").is_file():
            raise video.NotAVideo(f"{path} is the folder of a run, not a clip; name its output")
        if path.is_dir() and not list_by_number(path):
            raise video.NoFrames(f"{path} holds no images; name a clip, or a folder of pictures")


def _check_apart(settings: Settings) -> None:
    """Raise OutputError if the output would replace an input, or lie among its pictures."""
    output, run = _real(settings.output), _real(settings.folder)
    for clip in (settings.target, settings.donor):
        place = _real(clip)
        if output == place or (output.exists() and clip.exists() and output.samefile(place)):
            raise OutputError(f"{settings.output} is an input; name another output")
        if place.is_dir() and place in output.parents:
            raise OutputError(f"{settings.output} lies in the input {clip}; name another output")
        if output in place.parents:
            raise OutputError(f"{settings.output} holds the input {clip}; name another output")
    if output == run or output in run.parents:
        raise OutputError(f"{settings.output} is or holds the run folder; name another output")
    if run in output.parents and output.relative_to(run).parts[0] in RUN_NAMES:
        raise OutputError(f"{settings.output} is for the run's own files; name another output")


def _check_replay(settings: Settings) -> None:
    """Raise RunError or OutputError if a replay would replace what it is compared with."""
    recorded = _real(settings.replay)
    if _real(settings.folder) == recorded.parent:
        raise RunError(f"{settings.folder} is the recorded run itself; {OTHER_FOLDER}")
    run = read_record(recorded, settings.replay, OTHER_FOLDER)
    outputs = find_moved(recorded, run["settings"], "output")
    if _real(settings.output) in map(_real, outputs):
        raise OutputError(f"{settings.output} is the recorded output; name another with -o")


def _check_record(settings: Settings) -> None:
    """Raise OutputError if the record of the output would replace a file that is no record."""
    if (path := record.record_path(settings.output)).is_dir():
        raise OutputError(f"{path} is a folder, and the record's name; name another output")
    try:
        record.read(settings.output)
    except record.RecordError as error:
        raise OutputError(f"{error}; or name another output") from None


def _check_run_folder(settings: Settings) -> None:
    """Raise RunError if the run folder is somebody else's, or cannot be written."""
    folder, place = settings.folder, _real(settings.folder)
    if place in (Path.home().resolve(), Path(place.anchor)):
        raise RunError(f"{folder} is no folder for the files of a run; {OTHER_FOLDER}")
    if os.path.lexists(folder) and not folder.is_dir():
        raise RunError(f"{folder} is a file; {OTHER_FOLDER}")
    for clip in (settings.target, settings.donor):
        if clip.is_dir() and _real(clip) in (place, *place.parents):
            raise RunError(f"{folder} is or lies in the input {clip}; {OTHER_FOLDER}")
    if foreign := next(_find_foreign(settings), None):
        raise RunError(f"{folder} is no run folder, it holds {foreign}; {OTHER_FOLDER}")
    try:
        video.check_writable(folder / "run.json")
    except OutputError as error:
        raise RunError(f"{error} (--run)") from None


def _find_foreign(settings: Settings) -> Iterator[str]:
    """The names in a folder without a record that no run has put there."""
    folder = settings.folder
    if not folder.is_dir() or (folder / "run.json").exists():
        return
    ours = {"lock", "lock-owner"} | (RENDERED_NAMES if settings.demo else set())
    for path in sorted(folder.iterdir()):
        name = path.name.removesuffix(".json")
        if name not in ours and not is_left_by_system(path):
            yield path.name


def _wrote_output(settings: Settings) -> bool:
    """Whether the output is what this run wrote in an earlier sitting, and nobody changed it."""
    output = _real(settings.output)
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


def _real(path: Path) -> Path:
    """Where symbolic links lead; unlike Path.resolve, not an error for a circle of them."""
    return Path(os.path.realpath(path))
