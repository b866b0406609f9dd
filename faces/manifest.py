"""The manifest: a row for each frame, with all that detection found. Later stages read it."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from files import atomic_file

from .align import similarity
from .face import Face

ROW_STATUSES = ("ok", "filled", "no face", "jump", "low contrast")


class ManifestError(ValueError):
    """A manifest that cannot be read; the message names the file, the line and the remedy."""


@dataclass(frozen=True)
class Row:
    """What is known about a frame and the face to replace in it."""

    frame: int  # its number in the clip, from 0
    time: str  # seconds from the clip's start, exact, as "numerator/denominator"
    # "ok": the face is replaced. "filled": it is replaced although it was not detected, since the
    # frames around show where it is. "no face", "jump", "low contrast": the frame stays unchanged.
    status: str
    reason: str = ""  # why the status is not "ok", in words
    box: list[float] | None = None  # box, score and points as in `Face`; None unless detected
    score: float | None = None
    points: list[list[float]] | None = None
    matrix: list[list[float]] | None = None  # (2, 3), frame -> aligned face; None without a face

    @property
    def ok(self) -> bool:
        """Whether the face is replaced."""
        return self.status in ("ok", "filled")

    @classmethod
    def with_face(
        cls, frame: int, time: Fraction, face: Face, matrix: np.ndarray | None = None
    ) -> Row:
        """A frame whose face is replaced; its matrix (2, 3) is that of the face unless given."""
        points = np.asarray(face.points, np.float64)
        matrix = similarity(points) if matrix is None else matrix
        box = [float(v) for v in face.box]
        values = box, float(face.score), points.tolist(), matrix.tolist()
        return cls(frame, time_text(time), "ok", "", *values)

    @classmethod
    def rejected(cls, frame: int, time: Fraction, face: Face, status: str, reason: str) -> Row:
        """A frame whose detection is not trusted; status is "jump" or "low contrast"."""
        return replace(cls.with_face(frame, time, face), status=status, reason=reason)

    @classmethod
    def filled(cls, frame: int, time: Fraction, matrix: np.ndarray, reason: str) -> Row:
        """A frame whose face was not detected, but whose position, a matrix (2, 3), is known."""
        return cls(frame, time_text(time), "filled", reason, matrix=matrix.tolist())

    @classmethod
    def without_face(cls, frame: int, time: Fraction, reason: str = "no face found") -> Row:
        """A frame that passes as it is."""
        return cls(frame, time_text(time), "no face", reason)


def time_text(time: Fraction) -> str:
    """A time in seconds as `Row.time` has it."""
    return f"{time.numerator}/{time.denominator}"


def time_of(row: Row) -> Fraction:
    """The row's time in seconds."""
    return Fraction(row.time)


def write(path: str | os.PathLike, rows: Iterable[Row]) -> None:
    """Write the rows, one JSON object a line; the file appears when it is complete."""
    with atomic_file(path) as file:
        for row in rows:
            file.write(json.dumps(asdict(row), allow_nan=False).encode() + b"\n")


def read(path: str | os.PathLike) -> dict[int, Row]:
    """The rows by frame number. Raises ManifestError for damage, OSError where there is no file."""
    rows: dict[int, Row] = {}
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise ManifestError(f"{path} is not text; delete it to detect anew") from None
    for i, line in enumerate(lines, 1):
        try:
            row = Row(**json.loads(line))
            _check(row)
            if row.frame in rows:
                raise ValueError(f"frame {row.frame} for the second time")
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            message = f"{path}, line {i}: {error}; delete the file to detect anew"
            raise ManifestError(message) from None
        rows[row.frame] = row
    return rows


def _check(row: Row) -> None:
    """Raises ValueError for a row that `write` would not have written."""
    is_valid = {
        "frame": type(row.frame) is int and row.frame >= 0,
        "time": isinstance(row.time, str) and re.fullmatch(r"-?\d+/0*[1-9]\d*", row.time),
        "status": row.status in ROW_STATUSES,
        "reason": isinstance(row.reason, str),
    }
    for name, valid in is_valid.items():
        if not valid:
            raise ValueError(f"{name} is {getattr(row, name)!r}")
    if row.status == "no face" and row.box is row.points is row.matrix is None:
        return
    if row.status != "filled":
        _check_array("box", row.box, (4,))
        _check_array("points", row.points, (5, 2))
        if not isinstance(row.score, float | int) or not math.isfinite(row.score):
            raise ValueError(f"score is {row.score!r}")
    _check_array("matrix", row.matrix, (2, 3))
    if abs(np.linalg.det(np.array(row.matrix)[:, :2])) < 1e-9:
        raise ValueError("matrix cannot be inverted")


def _check_array(name: str, values, shape: tuple[int, ...]) -> None:
    array = np.array(values, np.float64)
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError(f"{name} is {values!r}")
