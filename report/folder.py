"""A run folder, as the page needs it: everything that is there already, checked while it is read.

A run may be in any state, so each part may be missing: its field is then empty.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from faces import manifest
from faces.manifest import ManifestError, Row
from stages.clips import PEOPLE, Selection
from stages.presets import PRESETS
from stages.replay import find_moved
from stages.run_record import RunError, read_record

MEASURED_NAME = "report.json"  # see measure.py


class ReportError(Exception):
    """A folder or a file that no page can be made of; the message names it and the remedy."""


class MissingRun(ReportError):
    """A folder that is not there, or that is no run's."""


class Epoch(NamedTuple):
    """A row of losses.csv."""

    round: int  # from 1
    phase: str  # one of the preset's phases
    loss: float  # mean over the epoch
    seconds: float  # of training, since its beginning


@dataclass(eq=False)
class RunFolder:
    """What a run folder holds. Dictionaries have the key "target" or "donor" unless said."""

    path: Path
    record: dict  # run.json
    losses: list[Epoch] = field(default_factory=list)
    manifests: dict[str, list[dict[int, Row]]] = field(default_factory=dict)  # of each track
    people: dict[str, list[str]] = field(default_factory=dict)  # lines of people.txt
    taken: dict[str, str] = field(default_factory=dict)  # taken.txt, where there was a choice
    log: list[str] = field(default_factory=list)  # lines of log.txt
    figures: dict | None = None  # the demo's figures.json: by candidate

    @property
    def settings(self) -> dict:
        """The run's settings, as its record has them."""
        return self.record["settings"]

    @property
    def is_demo(self) -> bool:
        """Whether the clips are rendered, so that the true swap is known."""
        return bool(self.settings.get("demo"))

    @property
    def is_demo_compared(self) -> bool:
        """Whether the demo's comparison with the truth is finished."""
        return self.figures is not None and self.has_finished("compare")

    def has_finished(self, stage: str) -> bool:
        """Whether the record holds what the stage made."""
        return "sha256" in self.record["stages"].get(stage, {})

    @property
    def output_digest(self) -> str | None:
        """The SHA-256 of the finished output; None if there is none."""
        output = self.record["results"].get("output")
        done = self.has_finished("write") and isinstance(output, dict)
        return output.get("sha256") if done else None

    def find(self, name: str) -> Path | None:
        """Where a path of the settings is now ("target", "output"); None if it is gone."""
        if not isinstance(self.settings.get(name), str):
            return None
        places = find_moved(self.path / "run.json", self.settings, name)
        return next((place for place in places if place.exists()), None)

    def is_written(self, number: int) -> bool:
        """Whether a frame of the target is one of the output's."""
        return number in self.select(None)

    def select(self, clip) -> Selection:
        """The frames of the target, a `video.Clip`, that are written."""
        return Selection(clip, *self.settings["frames"], self.settings["every"])

    @property
    def preset(self):
        """The preset that the run began with; only its region and sizes are of use here."""
        return PRESETS[self.settings["preset"]["name"]]

    def face_files(self, role: str, track: int = 0) -> dict[int, Path]:
        """The aligned faces of a track by frame number."""
        folder = self.path / role / ("faces" if not track else f"faces-{track}")
        return {int(file.stem): file for file in sorted(folder.glob("[0-9]*.png"))}


def read_folder(path: Path) -> RunFolder:
    """Read a run folder in any state.

    Raises MissingRun if it is none; RunError, ManifestError or ReportError if a file is damaged or
    from another version of the program.
    """
    if not path.is_dir():
        raise MissingRun(f"{path}: no such folder; give the folder of a run, such as runs/swap")
    if not (path / "run.json").is_file():
        raise MissingRun(
            f"{path} has no run.json, so it is no run's folder; give one that pipeline.py made"
        )
    return RunFolder(
        path,
        _read_record(path),
        _read_losses(path / "losses.csv"),
        {role: _read_manifests(path / role) for role in PEOPLE},
        {role: _read_lines(path / role / "people.txt") for role in PEOPLE},
        {role: " ".join(_read_lines(path / role / "taken.txt")) for role in PEOPLE},
        _read_lines(path / "log.txt"),
        _read_figures(path / "figures.json"),
    )


def _read_record(path: Path) -> dict:
    file = path / "run.json"
    try:
        record = read_record(file, path, "open its page with that version")
        settings = record["settings"]
        named = all(isinstance(settings[name], str) for name in ("target", "donor", "folder"))
        if not named or settings["preset"]["name"] not in PRESETS:
            raise ValueError("its settings are damaged")
        Selection(None, *settings["frames"], settings["every"])
        return record
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        remedy = f"run the swap again in another folder, or delete {path}"
        raise RunError(f"{file} is damaged ({error}); {remedy}") from None


def _read_losses(file: Path) -> list[Epoch]:
    """The rows of losses.csv. A row that a kill has cut off is left out, if it is the last."""
    if not file.exists():
        return []
    rows = list(csv.reader(_read_lines(file)))[1:]
    epochs = []
    for number, row in enumerate(rows, 2):
        try:
            round_, phase, loss, seconds = row
            epochs.append(Epoch(int(round_), phase, float(loss), float(seconds)))
        except ValueError:
            if number == len(rows) + 1:
                break
            raise ReportError(
                f"{file}, line {number}: {','.join(row)!r} is no epoch; mend or delete the line"
            ) from None
    return epochs


def _read_manifests(folder: Path) -> list[dict[int, Row]]:
    tracks: list[dict[int, Row]] = []
    while True:
        file = folder / f"manifest{f'-{len(tracks)}' if tracks else ''}.jsonl"
        if not file.exists():
            return tracks
        stat = file.stat()
        tracks.append(_read_manifest(file, stat.st_mtime_ns, stat.st_size))


@lru_cache(maxsize=16)  # a run's page is written again and again, and a long clip has many rows
def _read_manifest(file: Path, _modified: int, _bytes: int) -> dict[int, Row]:
    rows = manifest.read(file)
    if not rows:
        raise ManifestError(f"{file} is empty; delete it to detect anew")
    return dict(sorted(rows.items()))


def _read_lines(file: Path) -> list[str]:
    """The lines of a text file; none if it is missing. A name that is not UTF-8 is spelt `?`."""
    if not file.exists():
        return []
    return file.read_text(encoding="utf-8", errors="replace").splitlines()


def _read_figures(file: Path) -> dict | None:
    if not file.exists():
        return None
    try:
        figures = json.loads(file.read_text(encoding="utf-8"))
        if not all(isinstance(figures[name], dict) for name in ("nothing", "swap", "truth")):
            raise ValueError("not figures by candidate")
        return figures
    except (ValueError, KeyError, TypeError) as error:
        raise ReportError(
            f"{file} is damaged ({error}); delete it, and the demo measures anew"
        ) from None
