"""Inputs that other machines cannot see: refused by name, or copied into the data set's folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import video
from files import list_by_number

from .cluster import find_unseen, measure_input
from .job_list import JobList
from .places import Places

MAX_NAMED = 3  # inputs in a message; by choice


def provide_inputs(
    client, jobs: JobList, places: Places, send: bool, tell: Callable[[str], None]
) -> None:
    """Make sure that all workers see all inputs; with `send`, by copies of those they do not see.

    The sizes are told before anything is copied. Raises video.MissingInput without `send`, and
    OSError where the folder cannot be written.
    """
    wanted = (
        (path, measure_input(path))
        for path, key in jobs.inputs()
        if not places.sent(key, Path(path).name).exists()
    )
    unseen = list(find_unseen(client, wanted))
    if not unseen:
        return
    megabytes = sum(map(measure_input, unseen)) / 1e6
    named = ", ".join(unseen[:MAX_NAMED]) + (" ..." if len(unseen) > MAX_NAMED else "")
    what = f"{len(unseen)} inputs ({megabytes:,.1f} MB): {named}"
    if not send:
        raise video.MissingInput(
            f"the workers do not see {what}; put them into a shared folder, or copy them into "
            f"{places.folder} with --send"
        )
    tell(f"sending {what}")
    for path in unseen:
        _copy(Path(path), places.sent(jobs.find_key(path), Path(path).name))


def _copy(source: Path, to: Path) -> None:
    """Copy a clip or the pictures of a folder; the copy takes its name when it is complete."""
    aside = to.with_name(f".part-{to.name}")
    to.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        for picture in list_by_number(source):
            shutil.copyfile(picture, aside / picture.name)
    else:
        shutil.copyfile(source, aside)
    os.replace(aside, to)
