"""Where a run keeps its files: its folder and its output, chosen where the command names none.

No run takes the folder or the output of another. A run that was given no names gets numbered ones,
runs/swap and swap.mp4, then runs/swap-2 and swap-2.mp4. It is found again by what it is made from.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path

from files import real_path

from .apart import list_foreign
from .identity import identify
from .replay import find_moved, read
from .run_record import RunError, is_finished, read_record
from .settings import Settings

RUNS_FOLDER = Path("runs")
DEFAULT_OUTPUT = Path("swap.mp4")


def choose_places(settings: Settings) -> Settings:
    """The settings with a run folder and an output; nothing changes on the disk.

    The folder is the one that holds this very run already, or else the first free one.
    """
    if settings.folder is not None:
        return _choose_output(settings)
    base = _name_folder(settings)
    for number in _used_numbers(base):
        if _is_continued(chosen := _with_number(settings, base, number)):
            return chosen
    numbered = (_with_number(settings, base, number) for number in count(1))
    return next(chosen for chosen in numbered if _is_free(settings, chosen))


def claim_folder(settings: Settings) -> bool:
    """Make the run folder unless there is a run in it; False if another program was quicker."""
    if (settings.folder / "run.json").exists() or _is_continued(settings):
        return True
    try:
        settings.folder.mkdir(parents=True)
    except FileExistsError:
        return False
    return True


def _name_folder(settings: Settings) -> Path:
    """The run folder's name before it gets a number."""
    if settings.replay:
        recorded = real_path(settings.replay).parent
        return recorded.with_name(f"{recorded.name}-replay")
    if settings.demo:
        return RUNS_FOLDER / "demo"
    return RUNS_FOLDER / ((settings.output or DEFAULT_OUTPUT).stem or "swap")


def _used_numbers(base: Path) -> list[int]:
    """The numbers of those folders beside `base` that have its name and a number."""
    pattern = re.compile(re.escape(base.name) + r"(?:-(\d{1,6}))?")
    names = os.listdir(base.parent) if base.parent.is_dir() else []
    return sorted({int(found[1] or 1) for found in map(pattern.fullmatch, names) if found})


def _with_number(settings: Settings, base: Path, number: int) -> Settings:
    folder = base if number == 1 else base.with_name(f"{base.name}-{number}")
    chosen = replace(settings, folder=folder)
    return replace(_place_demo(chosen), output=settings.output or _name_output(chosen, number))


def _choose_output(settings: Settings) -> Settings:
    """With a given run folder: the output of the run that it holds, or else the first free one."""
    settings = _place_demo(settings)
    if settings.output is not None:
        return settings
    outputs = (replace(settings, output=_name_output(settings, n)) for n in count(1))
    if settings.demo:
        return next(outputs)
    return next(
        chosen
        for chosen in outputs
        if not os.path.lexists(chosen.output) or _is_continued(chosen, quiet=True)
    )


def _place_demo(settings: Settings) -> Settings:
    """The demo's clips are rendered into its run folder."""
    if not settings.demo:
        return settings
    clips = {name: settings.folder / f"{name}.mp4" for name in ("target", "donor")}
    return replace(settings, **clips)


def _name_output(settings: Settings, number: int) -> Path:
    if settings.demo:
        return settings.folder / DEFAULT_OUTPUT
    if settings.replay:
        recorded = find_moved(settings.replay, read(settings.replay)["settings"], "output")[0]
        base = recorded.with_stem(f"{recorded.stem}-replay")
    else:
        base = DEFAULT_OUTPUT
    return base if number == 1 else base.with_stem(f"{base.stem}-{number}")


def _is_free(asked: Settings, chosen: Settings) -> bool:
    """Whether nothing lies where the run would put its folder, and an output not asked for."""
    paths = [chosen.folder] if asked.output else [chosen.folder, chosen.output]
    return not any(os.path.lexists(path) for path in paths)


def _is_continued(settings: Settings, quiet: bool = False) -> bool:
    """Whether the folder holds a run of the same identity and output, the suffix aside.

    Of a replay: an unfinished one. A record that cannot be read is noted unless `quiet`.
    """
    file = settings.folder / "run.json"
    if not file.exists():
        return settings.demo and settings.folder.is_dir() and not list_foreign(settings)
    try:
        record = read_record(file, settings.folder, "it is left alone")
        recorded = record["settings"]
        was = _see_from(recorded["folder"], Path(recorded["output"]))
        same_output = was == _see_from(settings.folder, settings.output)
    except (OSError, ValueError, RecursionError, KeyError, TypeError, RunError) as error:
        if not quiet:
            print(f"note: {settings.folder} is not continued: {error}", file=sys.stderr)
        return False
    now = identify(settings)
    same = all(record["identity"].get(name) == value for name, value in now.items())
    return same and same_output and not (settings.replay and is_finished(record["results"]))


def _see_from(folder: Path | str, output: Path) -> str:
    """Where the output lies seen from the folder: both may have been moved together."""
    return os.path.relpath(output.with_suffix(""), folder)
