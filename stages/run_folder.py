"""The folder that keeps everything a run made, so that it can be continued, checked and repeated.

run.json              settings, seed, versions, hashes of the inputs, results
log.txt               what happened, with times
target/, donor/       manifest.jsonl and faces/NNNNNN.png, addressed by frame number
checkpoints/          both nets, their optimisers, the random state; see stages/checkpoints.py
lock                  held by the program that works here; it is free again when that ends, however it ends
losses.csv            one row an epoch
previews/NNNN.png     contact sheets as training goes
result.png            a contact sheet of the output
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
from PIL import Image

from files import atomic_file, package_versions
from video import png_text

try:
    import fcntl
except (
    ImportError
):  # Windows has no such locks; there, two runs in one folder are the user's affair
    fcntl = None


def _number(track: int) -> str:
    return f"-{track}" if track else ""


class RunError(Exception):
    """The folder cannot be used for this run; the message says why and what to do."""


class RunFolder:
    """A run folder at `path`, made if need be. `identity` is what must not change between sittings of one run."""

    def __init__(self, path: Path, identity: dict, settings: dict):
        self.path = path
        try:
            for folder in ("target/faces", "donor/faces", "previews"):
                (path / folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RunError(
                f"{path} cannot be used as run folder: {error.strerror}; choose another with --run"
            ) from None
        self._lock = self._locked()
        try:
            self.record = self._continued(identity) or {"identity": identity, "results": {}}
            self.record |= {"settings": settings, "versions": package_versions()}
            self.save()
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, *_) -> None:
        self._lock.close()

    def _locked(self):
        """An open file with a lock on it. It is not inherited by a team's processes, and ends with this one even if that is killed."""
        try:
            file = open(
                self.path / "lock",
                "r+" if (self.path / "lock").exists() else "w+",
                encoding="utf-8",
            )  # noqa: SIM115 - __exit__ closes it
        except OSError as error:
            raise RunError(
                f"{self.path} cannot be used as run folder: {error.strerror}; choose another with --run"
            ) from None
        if fcntl:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                owner = file.read().strip() or "unknown"
                file.close()
                raise RunError(
                    f"{self.path} is in use by another run (process {owner}); wait for it, or choose another folder with --run"
                ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return file

    def _continued(self, identity: dict) -> dict | None:
        file = self.path / "run.json"
        if not file.exists():
            return None
        try:
            record = json.loads(file.read_text(encoding="utf-8"))
            before, _ = record["identity"], record["results"]
        except (ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"{file} is damaged ({error}); delete {self.path} or choose another folder with --run"
            ) from None
        changed = sorted(
            k for k in before.keys() | identity.keys() if before.get(k) != identity.get(k)
        )
        if changed:
            raise RunError(
                f"{self.path} holds a run with other {', '.join(changed)}; delete it or choose another with --run"
            )
        return record

    def save(self) -> None:
        """Write run.json, complete or not at all."""
        with atomic_file(self.path / "run.json") as file:
            file.write(json.dumps(self.record, indent=2).encode() + b"\n")

    def result(self, **values) -> None:
        self.record["results"] |= values
        self.save()

    def log(self, text: str) -> None:
        with open(self.path / "log.txt", "a", encoding="utf-8") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")

    def manifest(self, role: str, track: int = 0) -> Path:
        return self.path / role / f"manifest{_number(track)}.jsonl"

    def face(self, role: str, frame: int, track: int = 0) -> Path:
        return self.path / role / f"faces{_number(track)}" / f"{frame:06d}.png"

    def write_image(self, name: str, image: np.ndarray, comment: str = "") -> None:
        """A picture (H, W, 3) uint8 under the folder, complete or not at all; the comment goes into its metadata."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(file, durable=False) as aside:
            Image.fromarray(image).save(aside, "png", pnginfo=png_text(comment))

    def losses(self, row: dict) -> None:
        """Append a row to losses.csv, with a header if it is the first."""
        file = self.path / "losses.csv"
        new = not file.exists()
        with open(file, "a", encoding="utf-8") as out:
            if new:
                out.write(",".join(row) + "\n")
            out.write(",".join(str(v) for v in row.values()) + "\n")
