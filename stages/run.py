"""The folder that keeps everything a run made, so that it can be continued, checked and repeated.

run.json              settings, versions, hashes of the inputs, finished stages, results
log.txt               what happened, with times
target/, donor/       manifest.jsonl and faces/NNNNNN.png, addressed by frame number
checkpoints/          both nets, their optimisers, the random state; see stages/checkpoints.py
lock                  held by the program that works here, and free again when it ends
losses.csv            one row an epoch
previews/NNNN.png     contact sheets as training goes
result.png            a contact sheet of the output
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from files import LockHeld, atomic_file, digest, lock, package_versions
from video import png_text

from .cache import Stage
from .progress import progress
from .run_record import RECORD_FORMAT, RunError, read_record
from .settings import Settings


class Run:
    """A run and its folder, made if need be; a context that holds the folder's lock.

    Raises RunError for a folder that is in use, damaged, or of another run.
    """

    def __init__(self, settings: Settings):
        self.settings, self.path = settings, settings.folder
        self._lock = self._take_folder()
        try:
            self.record = self._continued_record(identify(settings))
            self.save()
            self.log(f"started: {settings.command}")
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_) -> None:
        self._lock.close()

    def make(self, stage: Stage, work: Callable[[], Iterable[Path] | None]) -> bool:
        """Do the work of a stage, unless it is finished; gives whether there was work to do.

        `work` goes on from what an interrupted sitting left, and gives the files whose content
        must stay as it is; of the others it is enough that they are there. Files made from
        something else are deleted before it begins.
        """
        stages = self.record["stages"]
        entry = stages.get(stage.name, {})
        if stage.is_intact(self.path, entry):
            return False
        if entry and entry.get("made_from") != stage.made_from:
            stage.delete_files(self.path)
        stages[stage.name] = stage.describe()
        self.save()
        stages[stage.name] = stage.describe_files(self.path, work() or ())
        self.save()
        return True

    def fingerprint(self, stage: str) -> str:
        """A short hash of what a stage was made from, for the stages that are made from it."""
        text = json.dumps(self.record["stages"][stage]["made_from"], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def save(self) -> None:
        """Write run.json, complete or not at all."""
        with atomic_file(self.path / "run.json") as file:
            file.write(json.dumps(self.record, indent=1).encode() + b"\n")

    def result(self, **values) -> None:
        """Put values among the record's results."""
        self.record["results"] |= values
        self.save()

    def log(self, text: str) -> None:
        with open(self.path / "log.txt", "a", encoding="utf-8") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")

    def tell(self, text: str) -> None:
        """Log a line, and show it to the user."""
        self.log(text)
        print(text, file=sys.stderr)

    def note(self, text: str) -> None:
        self.tell(f"note: {text}")

    def progress(self, items: Iterable, what: str, total: int | None = None) -> Iterable:
        return progress(items, what, total)

    def manifest_path(self, role: str, track: int = 0) -> Path:
        return self.path / role / f"manifest{_suffix(track)}.jsonl"

    def face_path(self, role: str, frame: int, track: int = 0) -> Path:
        return self.path / role / f"faces{_suffix(track)}" / f"{frame:06d}.png"

    def write_image(self, name: str | Path, image: np.ndarray, comment: str = "") -> None:
        """Write (H, W, 3) uint8 as PNG, complete or not at all; the comment is metadata."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(file, durable=False) as aside:
            Image.fromarray(image).save(aside, "png", pnginfo=png_text(comment))

    def append_loss(self, row: dict) -> None:
        """Append a row to losses.csv, with a header if it is the first."""
        file = self.path / "losses.csv"
        header = "" if file.exists() else ",".join(row) + "\n"
        with open(file, "a", encoding="utf-8") as out:
            out.write(header + ",".join(str(value) for value in row.values()) + "\n")

    def _take_folder(self):
        """Make the folder and lock it; gives the open lock file."""
        try:
            for name in ("target/faces", "donor/faces", "previews"):
                (self.path / name).mkdir(parents=True, exist_ok=True)
            return lock(self.path / "lock")
        except LockHeld as owner:
            raise RunError(
                f"{self.path} is in use by another run (process {owner}); wait for it, or choose "
                "another folder with --run"
            ) from None
        except OSError as error:
            raise RunError(
                f"{self.path} cannot be used as run folder: {error.strerror}; choose another with "
                "--run"
            ) from None

    def _continued_record(self, identity: dict) -> dict:
        """The folder's record, or a new one, with the settings and versions of this sitting."""
        file = self.path / "run.json"
        record = {"format": RECORD_FORMAT, "identity": identity, "stages": {}, "results": {}}
        if file.exists():
            record = self._read(file)
        changed = sorted(
            key
            for key in record["identity"].keys() | identity.keys()
            if record["identity"].get(key) != identity.get(key)
        )
        if changed:
            raise RunError(
                f"{self.path} holds a run with other {', '.join(changed)}; delete it or choose "
                "another with --run"
            )
        settings = self.settings.as_record()
        return record | {"settings": settings, "versions": package_versions()}

    def _read(self, file: Path) -> dict:
        remedy = "finish it with that version, or choose another folder with --run"
        try:
            return read_record(file, self.path, remedy)
        except (ValueError, RecursionError) as error:
            raise RunError(
                f"{file} is damaged ({error}); delete {self.path} or choose another folder with "
                "--run"
            ) from None


def identify(settings: Settings) -> dict:
    """What a run cannot change and stay the same run, as JSON holds it."""
    told = settings.as_record()
    shared = ("seed", "frames", "every", "face", "donor_face", "all_faces", "min_size")
    return {
        "target": digest(settings.target),
        "donor": digest(settings.donor),
        "preset": settings.preset.name,
        "batch": settings.preset.batch,
        "colour": settings.preset.colour,
        **{name: told[name] for name in shared},
    }


def _suffix(track: int) -> str:
    return f"-{track}" if track else ""
