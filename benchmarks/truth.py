"""Swaps of rendered actors against the true swap, which is known.

    python -m benchmarks.truth [--preset standard] [--minutes M] [--pairs 6] [--set develop] [--frames 125] [--size 320]

For each pair two clips are rendered, the donor in a performance of its own, and swapped by pipeline.py as any two clips are. Prints
a JSON line for each pair and candidate, and one for each candidate's mean over the pairs; what the figures mean stands in
actors/score.py. The candidates: "truth", the true swap; "nothing", the target as it is; "nearest", the donor's frame nearest in pose and
expression, carried by its points onto those of the true swap and pasted with the true mask; "swap", the program's.

Settings are tried on the set "develop"; "check" is other people and performances, to look at once they are chosen.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import nn
import pipeline
import video
from actors import Model, Moment, RenderedFrame, Scene, film, sample_actor
from actors.comparison import ComparedFrame, read_compared
from actors.score import nan_to_none, score
from faces import align, warp
from mtcnn_np import Detector
from stages.presets import PRESETS

# (target, donor, the target's performance, the donor's): seeds
PAIRS = {
    "develop": [
        (6, 3, 11, 12),
        (4, 9, 21, 22),
        (2, 7, 31, 32),
        (10, 1, 41, 42),
        (5, 8, 51, 52),
        (11, 12, 61, 62),
    ],
    "check": [
        (206, 203, 211, 212),
        (204, 209, 221, 222),
        (202, 207, 231, 232),
        (210, 201, 241, 242),
        (205, 208, 251, 252),
        (211, 212, 261, 262),
    ],
}
APART = {
    "yaw": 10,
    "pitch": 6,
    "roll": 20,
    "mouth": 0.3,
    "smile": 0.5,
    "blink": 0.5,
    "gaze_x": 1,
    "gaze_y": 1,
}  # differences of one weight


class Nearest:
    """The donor's frame that is nearest in pose and expression, pasted over the target's face."""

    def __init__(self, shots: list[RenderedFrame]):
        self.shots = [s for s in shots if s.present]
        self.places = np.array([self._place(s.moment) for s in self.shots])

    @staticmethod
    def _place(moment: Moment) -> list[float]:
        return [getattr(moment, what) / apart for what, apart in APART.items()]

    def paste(
        self, image: np.ndarray, points: np.ndarray, mask: np.ndarray, moment: Moment
    ) -> np.ndarray:
        """Over an image (h, w, 3) uint8 whose face has these points and this mask."""
        shot = self.shots[np.linalg.norm(self.places - self._place(moment), axis=1).argmin()]
        onto = align.compose(align.invert(align.similarity(points)), align.similarity(shot.points))
        carried = warp.warp(shot.image, onto, image.shape[1::-1], edges="repeat").astype(np.float32)
        return np.rint(image + (carried - image) * mask[..., None]).astype(np.uint8)


def candidates(folder: Path, donor: Nearest) -> Iterator[ComparedFrame]:
    """The frames that count, of all candidates."""
    clips = [video.open_clip(folder / name) for name in ("target.mkv", "out.mkv", "truth/swap.mkv")]
    for frame in read_compared(folder / "truth", clips):
        frame.images["nearest"] = donor.paste(
            frame.images["nothing"], frame.points, frame.mask, frame.moment
        )
        yield frame


def measure(
    pair: tuple[int, int, int, int], options: argparse.Namespace, folder: Path
) -> dict[str, dict[str, float]]:
    """Render, swap and score one pair in an empty folder; figures by candidate. Exits where the swap fails."""
    target, donor, *plays = pair
    size = options.size, options.size
    for _ in film(
        Scene(target, plays[0], options.frames, size, face=donor),
        folder / "target.mkv",
        folder / "truth",
        sound=False,
    ):
        pass
    shots = list(
        film(Scene(donor, plays[1], options.frames, size), folder / "donor.mkv", sound=False)
    )
    command = [
        str(folder / "target.mkv"),
        str(folder / "donor.mkv"),
        "-o",
        str(folder / "out.mkv"),
        "--run",
        str(folder / "run"),
        "--preset",
        options.preset,
        "--threads",
        str(options.threads),
    ]
    if code := pipeline.main(
        command + (["--minutes", str(options.minutes)] if options.minutes else [])
    ):
        sys.exit(code)
    return score(
        candidates(folder, Nearest(shots)),
        Model(sample_actor(target).with_face_of(sample_actor(donor))),
        Detector(),
    )


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--preset", choices=PRESETS, default="standard")
    p.add_argument(
        "--minutes", type=float, help="of training, for each pair (default: the preset's)"
    )
    p.add_argument(
        "--pairs",
        type=int,
        choices=range(1, 7),
        default=6,
        help="how many of the set, from its first",
    )
    p.add_argument("--set", choices=PAIRS, default="develop")
    p.add_argument("--frames", type=int, default=125, help="of each clip")
    p.add_argument("--size", type=int, default=320, metavar="PX")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    options = p.parse_args()
    nn.set_threads(options.threads)
    made = {
        "preset": options.preset,
        "minutes": options.minutes or PRESETS[options.preset].minutes,
        "set": options.set,
        "frames": options.frames,
        "size": options.size,
    }
    found, taken = [], []
    for pair in PAIRS[options.set][: options.pairs]:
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            found.append(measure(pair, options, Path(folder)))
        taken.append(round(time.perf_counter() - start, 1))
        for name, figures in nan_to_none(found[-1]).items():
            print(
                json.dumps(
                    {
                        "name": "pair",
                        "target": pair[0],
                        "donor": pair[1],
                        "candidate": name,
                        **figures,
                        **made,
                        "seconds": taken[-1],
                    }
                ),
                flush=True,
            )
    means = {
        name: {k: mean([f[name][k] for f in found]) for k in found[0][name]} for name in found[0]
    }
    for name, figures in nan_to_none(means).items():
        print(
            json.dumps(
                {
                    "name": "mean",
                    "pairs": len(found),
                    "candidate": name,
                    **figures,
                    **made,
                    "seconds": round(sum(taken) / len(taken), 1),
                }
            )
        )


def mean(values: list[float]) -> float:
    """Of those that could be measured."""
    known = [v for v in values if not np.isnan(v)]
    return round(sum(known) / len(known), 4) if known else float("nan")


if __name__ == "__main__":
    main()
