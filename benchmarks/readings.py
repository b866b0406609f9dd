"""What the judges read in clips, kept in files, and the figures made of it.

The judges need packages that this program does not have, so each is a program of its own: judge.py,
a face recogniser, and judge_expression.py, a face mesh. Neither has a part in the project.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from actors.measures import correlation

JUDGES = {"recogniser": "judge.py", "mesh": "judge_expression.py"}
INTERVAL_DRAWS = 400  # of blocks, to find the interval of a correlation; more change it by < .01
INTERVAL_PERCENTILES = 5, 95

Readings = dict[str, np.ndarray]  # as the judge describes them; "numbers" are those of the frames


@dataclass(frozen=True)
class Judges:
    """Reads clips with the judges and keeps what they read."""

    python: str  # one that has the judges' packages
    every: int  # frames, from one that is read to the next
    folder: Path
    threads: int  # readings at a time

    def read(self, *wanted: tuple[str, Path, float]) -> list[Readings]:
        """The readings of each (key of JUDGES, clip, pixels by which it is blurred)."""
        with ThreadPoolExecutor(self.threads) as pool:
            files = list(pool.map(lambda reading: self._make(*reading), wanted))
        # One after the other: np.load parses headers with `ast`, which in Python 3.11 sometimes
        # fails with a SystemError when several threads use it (python/cpython issue 106905).
        return [_load(file) for file in files]

    def _make(self, judge: str, clip: Path, blur: float) -> Path:
        """The file of a reading, which is made unless it is there and newer than the clip."""
        file = self._file(judge, clip, blur)
        if not file.exists() or file.stat().st_mtime < clip.stat().st_mtime:
            file.parent.mkdir(parents=True, exist_ok=True)
            partial = file.with_name(f"part-{file.name}")
            script = Path(__file__).with_name(JUDGES[judge])
            command = [self.python, script, clip, self.every, partial, *([blur] if blur else [])]
            one_core = os.environ | {"OMP_NUM_THREADS": "1"}
            command = [str(part) for part in command]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL, env=one_core)
            partial.replace(file)
        return file

    def _file(self, judge: str, clip: Path, blur: float) -> Path:
        """Named by the clip's place, as two clips may have one name."""
        place = hashlib.sha256(str(clip.resolve()).encode()).hexdigest()[:8]
        blurred = f" blur {blur:g}" if blur else ""
        return self.folder / f"{clip.stem} {place} {judge} every {self.every}{blurred}.npz"


def _load(file: Path) -> Readings:
    with np.load(file) as arrays:
        return dict(arrays)


def people_figures(target: Readings, donor: Readings) -> dict:
    """How alike a person's own frames are to the recogniser, and how far apart the two people."""
    faces = [of["descriptors"].mean(0) for of in (target, donor)]
    own = [_distances(of, face).mean() for of, face in zip((target, donor), faces, strict=True)]
    return {
        "target to itself": rounded(own[0]),
        "donor to itself": rounded(own[1]),
        "people apart": rounded(np.linalg.norm(faces[0] - faces[1])),
    }


def identity_figures(fake: Readings, target: Readings, donor: Readings) -> dict:
    """What the recogniser says of a fake clip.

    donor, target   mean distance of its 128 numbers to the donor's mean face and the target's;
                    the same person has about .2, two people .6
    nearer          share of frames nearer the donor
    jitter          mean second difference of 68 points from one frame that is read to the next,
                    over that of the target's, each face at its own size
    """
    if not len(fake["numbers"]):
        return {"frames": 0}
    to_donor, to_target = (_distances(fake, of["descriptors"].mean(0)) for of in (donor, target))
    points = _in_common(fake, target, "points")
    return {
        "donor": rounded(to_donor.mean()),
        "target": rounded(to_target.mean()),
        "nearer": rounded((to_donor < to_target).mean()),
        "jitter": rounded(_jitter(*points) / _jitter(points[1], points[1])),
        "frames": len(points[0]),
    }


def movement_figures(fake: Readings, target: Readings, second: int) -> Iterator[dict]:
    """What the mesh says of a fake clip, for each movement, over the frames that both have.

    r       correlation with the target's
    r_90    its 90 % interval, from drawing blocks of a second: `second` readings
    slope   how much of the target's movement arrives; 1 is all of it
    mae     mean absolute difference, each clip's own median left out, as people differ at rest;
            in interocular distances
    spread  the same for a fake that never moves
    """
    for name in [name for name in target if name != "numbers"]:
        made, real = _in_common(fake, target, name)
        if not len(real):
            yield {"movement": name, "frames": 0}
            continue
        made, real = made - np.median(made), real - np.median(real)
        yield {
            "movement": name,
            "r": rounded(correlation(real, made)),
            "r_90": [rounded(r, 2) for r in _interval(real, made, second)],
            "slope": rounded(_slope(real, made)),
            "mae": rounded(np.abs(real - made).mean(), 4),
            "spread": rounded(np.abs(real).mean(), 4),
            "frames": len(real),
        }


def rounded(value: float, digits: int = 3) -> float | None:
    """For JSON, which has no NaN: None instead."""
    return round(float(value), digits) if np.isfinite(value) else None


def _distances(readings: Readings, face: np.ndarray) -> np.ndarray:
    """Of each frame's descriptor to that of a face."""
    return np.linalg.norm(readings["descriptors"] - face, axis=1)


def _in_common(a: Readings, b: Readings, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The readings of those frames that both have."""
    _, in_a, in_b = np.intersect1d(a["numbers"], b["numbers"], return_indices=True)
    return a[name][in_a], b[name][in_b]


def _jitter(points: np.ndarray, scale_from: np.ndarray) -> float:
    """Mean second difference of points (N, 68, 2) in the interocular distances of others."""
    eyes = scale_from[:, 36:42].mean(1) - scale_from[:, 42:48].mean(1)
    second = np.abs(np.diff(points, 2, axis=0)).mean((1, 2))
    return (second / np.linalg.norm(eyes, axis=1)[1:-1]).mean() if len(second) else np.nan


def _slope(x: np.ndarray, y: np.ndarray) -> float:
    """Of the line y = slope x + c with the smallest squared error."""
    x = x - x.mean()
    return x @ y / (x @ x) if x.any() else np.nan


def _interval(x: np.ndarray, y: np.ndarray, block: int) -> np.ndarray:
    """Of the correlation, by the bootstrap over blocks: neighbouring frames are much alike."""
    rng = np.random.default_rng(0)
    blocks = np.split(np.arange(len(x)), range(block, len(x), block))
    drawn = []
    for _ in range(INTERVAL_DRAWS):
        picked = np.concatenate([blocks[i] for i in rng.integers(len(blocks), size=len(blocks))])
        drawn.append(correlation(x[picked], y[picked]))
    known = [r for r in drawn if np.isfinite(r)]
    return np.percentile(known, INTERVAL_PERCENTILES) if known else np.full(2, np.nan)
