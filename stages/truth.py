"""The ground truth of a swap, for training and testing detectors: which pixels are synthetic.

    index.csv        a row for each frame, see below
    mask/NNNNNN.png  255 where a pixel differs from the untouched frame before compression, else 0
    crfNN.mp4        the clip as H.264, at several constant rate factors
    clips.csv        the names, rate factors, sizes and hashes of these clips
    belongs_to.json  whose truth this is, see files/claim.py

Both tables have a header: `pandas.read_csv(DIR / "index.csv")` reads them. The columns of
index.csv:

    frame, source_frame  the frame's number in the output and in the target
    time                 of the frame in the target, in seconds
    label                "fake" if any pixel was changed, else "real"
    mask, changed        the mask's file, and the number of changed pixels
    source_sha256        hash of the untouched frame's RGB bytes, row by row
    m00 ... m12          the matrix (2, 3), frame -> aligned face, by row and column; empty if no
                         face was replaced; those of further faces are m00_1, ...
"""

from __future__ import annotations

import csv
import hashlib
import io
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

import nn
import video
from files import atomic_file, digest
from provenance.record import record_path

from .apart import OTHER_TRUTH
from .settings import Settings
from .truth_folder import claim_truth

# Constant rate factors of H.264, by choice: 18 looks like the original, 35 hides most traces.
TRUTH_RATE_FACTORS = 18, 23, 28, 35
TRUTH_COLUMNS = "frame", "source_frame", "time", "label", "mask", "changed", "source_sha256"
MATRIX_COLUMNS = "m00", "m01", "m02", "m10", "m11", "m12"


class TruthWriter:
    """A context manager that writes the ground truth into the folder of the settings.

    The tables are written last, so their presence means that everything is complete. This run's
    earlier truth is deleted first; a folder with anything else is refused.

    like, comment, interval  as for video.open_writer
    max_faces                largest number of replaced faces in a frame

    Raises video.OutputError.
    """

    def __init__(
        self,
        settings: Settings,
        like: video.Clip,
        max_faces: int,
        comment: str,
        interval: video.Interval | None,
    ):
        self.folder, self.max_faces, self.claim = settings.truth, max_faces, claim_truth(settings)
        self.clips = truth_clips(self.folder)
        self.writers = [
            video.open_writer(path, like, factor, comment, interval)
            for factor, path in self.clips.items()
        ]
        self.rows: list[list] = []

    def __enter__(self) -> TruthWriter:
        video.check_claim(self.claim, self.folder)
        try:
            self.claim.take(self.folder)
            (self.folder / "mask").mkdir(exist_ok=True)
            self._delete_earlier_files()
        except OSError as error:
            raise video.OutputError(
                f"{self.folder} cannot be written: {error.strerror}; {OTHER_TRUTH}"
            ) from None
        with ExitStack() as stack:
            for writer in self.writers:
                stack.enter_context(writer)
            self._open_writers = stack.pop_all()
        return self

    def write(self, untouched: video.Frame, image: np.ndarray, matrices: list[np.ndarray]) -> None:
        """Append a frame: before and after the swap, and the matrix (2, 3) of each of its faces."""
        number = len(self.rows)
        changed = (image != untouched.image).any(axis=2)
        mask = f"mask/{number:06d}.png"
        with atomic_file(self.folder / mask, durable=False) as file:
            Image.fromarray(changed.astype(np.uint8) * 255).save(file, "png")
        write = [partial(writer.write, image, untouched.time) for writer in self.writers]
        nn.parallel.run(write)  # each codes in one thread
        time, label = f"{float(untouched.time):.6f}", "fake" if changed.any() else "real"
        sha256 = hashlib.sha256(untouched.image.tobytes()).hexdigest()
        row = [number, untouched.number, time, label, mask, int(changed.sum()), sha256]
        values = np.array(matrices).reshape(-1).tolist()
        empty = [""] * (len(MATRIX_COLUMNS) * self.max_faces - len(values))
        self.rows.append([*row, *values, *empty])

    def __exit__(self, kind, error, trace) -> None:
        self._open_writers.__exit__(kind, error, trace)
        if kind is not None:
            return
        write_clips_table(self.folder)
        matrix_columns = [
            name if face == 0 else f"{name}_{face}"
            for face in range(self.max_faces)
            for name in MATRIX_COLUMNS
        ]
        _write_table(self.folder / "index.csv", [*TRUTH_COLUMNS, *matrix_columns], self.rows)

    @property
    def files(self) -> list[Path]:
        """The tables first, then all that they describe: clips, their records and the masks."""
        clips = self.clips.values()
        names = "index.csv", "clips.csv"
        tables = [self.folder / name for name in names]
        return [*tables, *clips, *map(record_path, clips), self.folder / "mask"]

    def _delete_earlier_files(self) -> None:
        *files, masks = self.files
        for pattern in ("[0-9]" * 6 + ".png", ".part-*"):
            files += masks.glob(pattern)
        for file in files:
            file.unlink(missing_ok=True)


def truth_clips(folder: Path) -> dict[int, Path]:
    """The clips of the truth in a folder, by rate factor."""
    return {factor: folder / f"crf{factor}.mp4" for factor in TRUTH_RATE_FACTORS}


def write_clips_table(folder: Path) -> None:
    """Write clips.csv; anew when the clips have been signed."""
    clips = [
        [path.name, factor, path.stat().st_size, digest(path)]
        for factor, path in truth_clips(folder).items()
    ]
    _write_table(folder / "clips.csv", ["file", "crf", "bytes", "sha256"], clips)


def _write_table(path: Path, header: list[str], rows: list[list]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    with atomic_file(path) as file:
        file.write(text.getvalue().encode())
