"""The truth about a swap, for those who build detectors: which pixels of which frames are made, and how it looks after compression.

    index.csv        a row a frame: see `COLUMNS`
    mask/NNNNNN.png  255 where a pixel differs from the untouched frame, before compression; else 0
    crfNN.mp4        the clip, H.264 at several constant rate factors
    clips.csv        their names, rate factors, bytes and hashes

Both tables have a header and plain values: `pandas.read_csv(DIR / "index.csv")`.
"""

from __future__ import annotations

import csv
import hashlib
import io
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from PIL import Image

import video
from files import atomic_file, digest
from provenance.record import beside

FACTORS = 18, 23, 28, 35
# frame counts in the output, source_frame in the target, time is the target's in seconds; changed counts pixels; source_sha256 is that of the
# untouched frame's RGB bytes, row by row; mIJ is row I, column J of the matrix frame -> aligned face, empty without one (further faces: mIJ_1, ...)
COLUMNS = "frame", "source_frame", "time", "label", "mask", "changed", "source_sha256"
MATRIX = "m00", "m01", "m02", "m10", "m11", "m12"


class Bundle:
    """A context that writes the truth into `folder`, for `faces` faces a frame at most; the tables appear when it is complete. What
    an earlier bundle left there goes first, so that nothing of it stands beside other tables.

    like, comment, times  as for video.open_writer
    Raises video.OutputError.
    """

    def __init__(self, folder: Path, like: video.Clip, faces: int, comment: str, **times):
        self.folder, self.faces = folder, faces
        self.clips = {factor: folder / f"crf{factor}.mp4" for factor in FACTORS}
        self.writers = [
            video.open_writer(path, like, factor, comment, **times)
            for factor, path in self.clips.items()
        ]
        self.rows: list[list] = []

    def __enter__(self) -> Bundle:
        try:
            (self.folder / "mask").mkdir(parents=True, exist_ok=True)
            masks, clips = (self.folder / "mask").glob("[0-9]" * 6 + ".png"), self.clips.values()
            for earlier in (
                self.folder / "index.csv",
                self.folder / "clips.csv",
                *clips,
                *map(beside, clips),
                *masks,
            ):
                earlier.unlink(missing_ok=True)
        except OSError as error:
            raise video.OutputError(
                f"{self.folder} cannot be written: {error.strerror}; choose another place with --truth"
            ) from None
        with ExitStack() as stack:
            for writer in self.writers:
                stack.enter_context(writer)
            self._open = stack.pop_all()
        return self

    def add(self, untouched: video.Frame, image: np.ndarray, matrices: list[np.ndarray]) -> None:
        """The next frame: as it was, as it became, and where its faces are."""
        number = len(self.rows)
        changed = (image != untouched.image).any(axis=2)
        mask = f"mask/{number:06d}.png"
        with atomic_file(self.folder / mask, durable=False) as file:
            Image.fromarray(changed.astype(np.uint8) * 255).save(file, "png")
        for writer in self.writers:
            writer.write(image, untouched.time)
        label = "fake" if changed.any() else "real"
        places = np.array(matrices).reshape(-1).tolist()
        self.rows.append(
            [
                number,
                untouched.number,
                f"{float(untouched.time):.6f}",
                label,
                mask,
                int(changed.sum()),
                hashlib.sha256(untouched.image.tobytes()).hexdigest(),
                *places,
                *[""] * (6 * self.faces - len(places)),
            ]
        )

    def __exit__(self, kind, error, trace) -> None:
        self._open.__exit__(kind, error, trace)
        if kind is None:
            columns = [
                m if face == 0 else f"{m}_{face}" for face in range(self.faces) for m in MATRIX
            ]
            clips = [
                [path.name, factor, path.stat().st_size, digest(path)]
                for factor, path in self.clips.items()
            ]
            self._table("clips.csv", ["file", "crf", "bytes", "sha256"], clips)
            self._table("index.csv", [*COLUMNS, *columns], self.rows)

    def _table(self, name: str, header: list[str], rows: list[list]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([header, *rows])
        with atomic_file(self.folder / name) as file:
            file.write(text.getvalue().encode())
