"""The manifest: one row a frame, addressed by its number, that every later stage reads."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from files import atomic_file

from .align import similarity
from .face import Face

STATUSES = ("ok", "filled", "no face", "jump", "low contrast")


class ManifestError(ValueError):
    """A manifest that cannot be read; the message names the file, the line and the remedy."""


@dataclass(frozen=True)
class Row:
    """What is known of a frame.

    frame   its number in the clip, from 0
    time    seconds from the clip's start, exact, as "numerator/denominator"
    status  "ok"; "filled", where the face was not seen and the frames around say where it is; or why the frame passes through
            unchanged: "no face", "jump", "low contrast". `reason` says it in words
    box, score, points, matrix  as in `Face`, and frame -> aligned (smoothed over time); None without a face, and all but the
            matrix where it is filled
    """

    frame: int
    time: str
    status: str
    reason: str = ""
    box: list[float] | None = None
    score: float | None = None
    points: list[list[float]] | None = None
    matrix: list[list[float]] | None = None

    @property
    def ok(self) -> bool:
        """Whether a face is put in."""
        return self.status in ("ok", "filled")


def row(
    number: int,
    time: Fraction,
    face: Face | None,
    status: str = "ok",
    reason: str = "",
    matrix: np.ndarray | None = None,
) -> Row:
    """The row of a frame; its matrix, unless given, is computed from the face's points."""
    time_text = f"{time.numerator}/{time.denominator}"
    if face is None:
        if matrix is not None:
            return Row(number, time_text, "filled", reason, matrix=matrix.tolist())
        return Row(number, time_text, "no face", reason or "no face found")
    points = np.asarray(face.points, np.float64)
    matrix = similarity(points) if matrix is None else matrix
    return Row(
        number,
        time_text,
        status,
        reason,
        [float(v) for v in face.box],
        float(face.score),
        points.tolist(),
        matrix.tolist(),
    )


def time_of(r: Row) -> Fraction:
    """The row's time in seconds."""
    return Fraction(r.time)


def write(path: str | os.PathLike, rows: Iterable[Row]) -> None:
    """Write the rows, one JSON object a line; the file appears when it is complete."""
    with atomic_file(path) as file:
        for r in rows:
            file.write(json.dumps(asdict(r), allow_nan=False).encode() + b"\n")


def read(path: str | os.PathLike) -> dict[int, Row]:
    """The rows by frame number. Raises ManifestError where a line is damaged."""
    rows: dict[int, Row] = {}
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise ManifestError(f"{path} is not text; delete it to detect anew") from None
    for i, line in enumerate(lines, 1):
        try:
            r = Row(**json.loads(line))
            _check(r)
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            raise ManifestError(
                f"{path}, line {i}: {error}; delete the file to detect anew"
            ) from None
        if r.frame in rows:
            raise ManifestError(
                f"{path}, line {i}: frame {r.frame} for the second time; delete the file to detect anew"
            )
        rows[r.frame] = r
    return rows


def _check(r: Row) -> None:
    if type(r.frame) is not int or r.frame < 0:
        raise ValueError(f"frame is {r.frame!r}")
    numerator, _, denominator = r.time.partition("/") if isinstance(r.time, str) else ("", "", "")
    if not numerator.lstrip("-").isdigit() or not denominator.isdigit() or int(denominator) == 0:
        raise ValueError(f"time is {r.time!r}")
    if r.status not in STATUSES:
        raise ValueError(f"status is {r.status!r}")
    if not isinstance(r.reason, str):
        raise ValueError(f"reason is {r.reason!r}")
    shapes = {"box": (4,), "points": (5, 2), "matrix": (2, 3)}
    values = {name: getattr(r, name) for name in shapes}
    if r.status == "no face" and all(v is None for v in values.values()):
        return
    if r.status == "filled":
        shapes = {"matrix": (2, 3)}
    for name, shape in shapes.items():
        array = np.array(values[name], np.float64)
        if array.shape != shape or not np.isfinite(array).all():
            raise ValueError(f"{name} is {values[name]!r}")
    if r.status != "filled" and (
        not isinstance(r.score, float | int) or not math.isfinite(r.score)
    ):
        raise ValueError(f"score is {r.score!r}")
    if abs(np.linalg.det(np.array(r.matrix)[:, :2])) < 1e-9:
        raise ValueError("matrix cannot be inverted")
