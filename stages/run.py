"""A run and its folder, which keeps all that is needed to continue, check and repeat the run.

run.json              settings, versions, hashes of the inputs, finished stages, results
log.txt               what happened, with times
target/, donor/       detections.jsonl (all faces), manifest.jsonl (the chosen one) and
                      faces/NNNNNN.png, addressed by frame number; who is there: stages/people.py
checkpoints/          both nets, their optimisers, the random state; see stages/checkpoints.py
lock                  locked while a program uses the folder; the system frees it when that ends
lock-owner            that program's process id
losses.csv            one row an epoch
previews/NNNN.png     contact sheets made during training
preview.png           some frames, swapped after a short training; see stages/preview.py
result.png            a contact sheet of the output
index.html            the page of the run, and what it shows of a finished output: report.json;
                      see report/
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from files import atomic_file, package_versions
from video import png_text

from .apart import OTHER_FOLDER
from .cache import Stage
from .cleaning import remove_partial_files
from .clips import Selection
from .command import resume_command
from .identity import identify
from .locks import lock_places
from .progress import progress
from .run_record import RECORD_FORMAT, RunError, read_record
from .settings import Settings


@dataclass(frozen=True)
class Doing:
    """What a run is at while it counts frames."""

    what: str  # as the progress bar names it
    done: int  # frames
    total: int | None  # frames; None: unknown
    seconds: float  # since the first of them


class Watcher:
    """Hears of a run while it goes; this one does nothing. pipeline.py gives one that draws."""

    def notice(self, run: Run) -> None:
        """Something may have changed; called with every frame, so it must return at once."""

    def end(self, run: Run, error: BaseException | None) -> None:
        """The session ends, by this error or else well; the locks are still held."""


class Run:
    """A run: its settings, its folder and its record. As a context it holds its locks.

    Makes the folder if need be. Raises RunError if it is in use, damaged, or of another run, and
    OutputError if another run is writing the same output.
    """

    def __init__(self, settings: Settings, watcher: Watcher | None = None):
        self.settings, self.path = settings, settings.folder
        self.watcher, self.doing = watcher or Watcher(), None
        self._noted: set[str] = set()
        with lock_places(settings) as locks:
            self.record = self._open_record()
            remove_partial_files(self.path, self.record)
            self.save()
            self._make_subfolders()
            self.log(f"started: {resume_command(settings)}")
            self._locks = locks.pop_all()  # otherwise they are released here

    def __enter__(self) -> Run:
        self.watcher.notice(self)
        return self

    def __exit__(self, _=None, error: BaseException | None = None, __=None) -> None:
        try:
            self.watcher.end(self, error)
        finally:
            self._locks.close()

    def make(self, stage: Stage, work: Callable[[], Iterable[Path] | None]) -> bool:
        """Do the work of a stage unless it is finished; returns whether there was any.

        `work` continues from the files that an interrupted session left, and returns those whose
        content is checked later; of the others only the number is. If the files that are there
        were made from something else, or from nobody knows what, they are deleted first.
        """
        stages = self.record["stages"]
        entry = stages.get(stage.name, {})
        if stage.is_intact(self.path, entry):
            return False
        if entry.get("made_from") != stage.made_from:  # or nothing says what they were made from
            stage.delete_files(self.path)
        stages[stage.name] = stage.describe()
        self.save()
        self.watcher.notice(self)
        stages[stage.name] = stage.describe_files(self.path, work() or ())
        self.save()
        self.watcher.notice(self)
        return True

    def fingerprint(self, stage: str) -> str:
        """A short hash of what a stage was made from; later stages include it in what they are."""
        text = json.dumps(self.record["stages"][stage]["made_from"], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def save(self) -> None:
        """Write run.json, whole or not at all."""
        with atomic_file(self.path / "run.json") as file:
            file.write(json.dumps(self.record, indent=1).encode() + b"\n")

    def result(self, **values) -> None:
        """Add values to the record's results."""
        self.record["results"] |= values
        self.save()

    def log(self, text: str) -> None:
        """Append a line to log.txt; a file's name that is not UTF-8 keeps its bytes."""
        path = self.path / "log.txt"
        with open(path, "a", encoding="utf-8", errors="surrogateescape") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")

    def tell(self, text: str) -> None:
        """Log a line and show it to the user."""
        self.log(text)
        print(text, file=sys.stderr)

    def note(self, text: str) -> None:
        """Tell the user something about the run, once."""
        if text not in self._noted:
            self._noted.add(text)
            self.tell(f"note: {text}")

    def note_clips(self, clips: Iterable[Selection]) -> None:
        """Tell the notes that reading the clips has made so far."""
        for selection in clips:
            for note in selection.source.notes:
                self.note(note)

    def progress(self, frames: Iterable, what: str, total: int | None = None) -> Iterator:
        """The frames; iterating shows how many of `total` there were (see stages/progress.py)."""
        start = time.monotonic()
        for count, frame in enumerate(progress(frames, what, total), 1):
            self.doing = Doing(what, count, total, time.monotonic() - start)
            self.watcher.notice(self)
            yield frame
        self.doing = None

    def manifest_path(self, role: str, track: int = 0) -> Path:
        """The manifest of a role's track."""
        return self.path / role / f"manifest{_suffix(track)}.jsonl"

    def detections_path(self, role: str) -> Path:
        """All faces found in a role's clip."""
        return self.path / role / "detections.jsonl"

    def face_path(self, role: str, frame: int, track: int = 0) -> Path:
        """An aligned face, as a picture."""
        return self.path / role / f"faces{_suffix(track)}" / f"{frame:06d}.png"

    def write_image(self, name: str | Path, image: np.ndarray, comment: str = "") -> None:
        """Write (H, W, 3) uint8 as PNG, whole or not at all; `name` is relative to the folder."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(file, durable=False) as aside:
            text = png_text(comment)
            Image.fromarray(image).save(aside, "png", compress_level=1, pnginfo=text)

    def append_loss(self, row: dict) -> None:
        """Append a row to losses.csv, with a header if it is the first."""
        file = self.path / "losses.csv"
        header = "" if file.exists() else ",".join(row) + "\n"
        with open(file, "a", encoding="utf-8") as out:
            out.write(header + ",".join(str(value) for value in row.values()) + "\n")
        self.watcher.notice(self)

    def _make_subfolders(self) -> None:
        for name in ("target/faces", "donor/faces", "previews"):
            (self.path / name).mkdir(parents=True, exist_ok=True)

    def _open_record(self) -> dict:
        """The folder's record, or a new one, with this session's settings and versions."""
        now, file = identify(self.settings), self.path / "run.json"
        record = {"format": RECORD_FORMAT, "identity": now, "stages": {}, "results": {}}
        if file.exists():
            record = self._read(file)
        was = record["identity"]
        changed = sorted(k for k in was.keys() | now.keys() if was.get(k) != now.get(k))
        if changed:
            raise RunError(
                f"{self.path} holds a run with other {', '.join(changed)}; delete it or "
                f"{OTHER_FOLDER}"
            )
        return record | {"settings": self.settings.as_record(), "versions": package_versions()}

    def _read(self, file: Path) -> dict:
        try:
            return read_record(file, self.path, f"finish it with that version, or {OTHER_FOLDER}")
        except (ValueError, RecursionError) as error:
            text = f"{file} is damaged ({error}); delete {self.path} or {OTHER_FOLDER}"
            raise RunError(text) from None


def _suffix(track: int) -> str:
    return f"-{track}" if track else ""
