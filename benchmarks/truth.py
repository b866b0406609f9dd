"""Swaps of rendered actors against the true swap, which is known.

    python -m benchmarks.truth [--preset standard] [--minutes M] [--pairs 6] [--set develop]
                               [--hard hand] [--without deflicker ...]

For each pair of actors two clips are rendered, each in a performance of its own, and swapped by
pipeline.py as any two clips are. Prints a JSON line for each pair and candidate, and one for each
candidate's mean over the pairs; actors/score.py says what the figures mean. The candidates:

    truth    the true swap itself: how noisy the figures are
    nothing  the target as it is
    nearest  a plain peer: the donor's frame that is nearest in pose and expression, carried by its
             points onto those of the true swap and pasted with the true mask
    swap     the program's
    without  the program's without one idea of the conversion (benchmarks.ideas), by the same nets

Settings are tried on the set "develop". "check" has other people and performances; look at it only
once the settings are chosen.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import nn
import pipeline
import video
from actors import Model, Moment, RenderedFrame, Scene, film, sample_actor
from actors.comparison import ComparedFrame, read_compared
from actors.scene import HARD_CASES
from actors.score import Figures, nan_to_none, score
from faces import align, warp
from files import run_command
from mtcnn_np import Detector
from stages.presets import PRESETS

from .ideas import WITHOUT_IN_CONVERSION
from .lines import print_line


@dataclass(frozen=True)
class Pair:
    """Seeds of two actors and of what they play."""

    target: int
    donor: int
    target_performance: int
    donor_performance: int


PAIRS = {
    "develop": [
        Pair(6, 3, 11, 12),
        Pair(4, 9, 21, 22),
        Pair(2, 7, 31, 32),
        Pair(10, 1, 41, 42),
        Pair(5, 8, 51, 52),
        Pair(11, 12, 61, 62),
    ],
    "check": [
        Pair(206, 203, 211, 212),
        Pair(204, 209, 221, 222),
        Pair(202, 207, 231, 232),
        Pair(210, 201, 241, 242),
        Pair(205, 208, 251, 252),
        Pair(211, 212, 261, 262),
    ],
}
# Differences of two moments that look equally large, in the unit of each field of Moment; by eye.
MOMENT_SCALES = {
    "yaw": 10,
    "pitch": 6,
    "roll": 20,
    "mouth": 0.3,
    "smile": 0.5,
    "blink": 0.5,
    "gaze_x": 1,
    "gaze_y": 1,
}


class Nearest:
    """Pastes the donor's frame that is nearest in pose and expression over the target's face."""

    def __init__(self, frames: list[RenderedFrame]):
        self.frames = [f for f in frames if f.present]
        self.places = np.array([self._scale(f.moment) for f in self.frames])

    @staticmethod
    def _scale(moment: Moment) -> list[float]:
        return [getattr(moment, name) / scale for name, scale in MOMENT_SCALES.items()]

    def paste(self, target: ComparedFrame) -> np.ndarray:
        """The target's frame (h, w, 3) uint8 with the donor's face."""
        image = target.images["nothing"]
        distances = np.linalg.norm(self.places - self._scale(target.moment), axis=1)
        frame = self.frames[distances.argmin()]
        to_target = align.invert(align.similarity(target.points))
        matrix = align.compose(to_target, align.similarity(frame.points))
        carried = warp.warp(frame.image, matrix, image.shape[1::-1], edges="repeat")
        carried = carried.astype(np.float32)
        return np.rint(image + (carried - image) * target.mask[..., None]).astype(np.uint8)


def read_candidates(folder: Path, nearest: Nearest) -> Iterator[ComparedFrame]:
    """The frames that count, of all candidates."""
    clips = [video.open_clip(folder / name) for name in ("target.mkv", "out.mkv", "truth/swap.mkv")]
    for frame in read_compared(folder / "truth", clips):
        frame.images["nearest"] = nearest.paste(frame)
        yield frame


def render_pair(pair: Pair, options: argparse.Namespace, folder: Path) -> list[RenderedFrame]:
    """Write target.mkv with its truth and donor.mkv; returns the donor's frames."""
    frames, size = options.frames, (options.size, options.size)
    hard = frozenset(options.hard)
    target = Scene(pair.target, pair.target_performance, frames, size, face=pair.donor, hard=hard)
    donor = Scene(pair.donor, pair.donor_performance, frames, size)
    for _ in film(target, folder / "target.mkv", folder / "truth", sound=False):
        pass
    return list(film(donor, folder / "donor.mkv", sound=False))


def swap(options: argparse.Namespace, folder: Path) -> None:
    """Write out.mkv. Exits where the program fails."""
    command = [str(folder / "target.mkv"), str(folder / "donor.mkv")]
    command += ["-o", str(folder / "out.mkv"), "--run", str(folder / "run")]
    command += ["--preset", options.preset, "--threads", str(options.threads)]
    if options.minutes:
        command += ["--minutes", str(options.minutes)]
    if code := pipeline.main(command):
        sys.exit(code)


def measure(pair: Pair, options: argparse.Namespace, folder: Path) -> dict[str, Figures]:
    """Render, swap and score one pair in an empty folder; figures by candidate."""
    donor_frames = render_pair(pair, options, folder)
    swap(options, folder)
    model = Model(sample_actor(pair.target).with_face_of(sample_actor(pair.donor)))
    found = score(read_candidates(folder, Nearest(donor_frames)), model, Detector())
    for idea in options.without:
        (folder / "out.mkv").unlink()
        with WITHOUT_IN_CONVERSION[idea]():
            swap(options, folder)
        again = score(read_candidates(folder, Nearest(donor_frames)), model, Detector())
        found[f"without {idea}"] = again["swap"]
    return found


def mean(values: list[float]) -> float:
    """The mean of those that could be measured; NaN if none could."""
    known = [v for v in values if not np.isnan(v)]
    return round(sum(known) / len(known), 4) if known else float("nan")


def main() -> None:
    options = parse()
    nn.set_threads(options.threads)
    settings = {
        "preset": options.preset,
        "minutes": options.minutes or PRESETS[options.preset].minutes,
        "set": options.set,
        "frames": options.frames,
        "size": options.size,
        "hard": options.hard,
    }
    pairs, found, seconds = PAIRS[options.set][: options.pairs], [], []
    for pair in pairs:
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            found.append(measure(pair, options, Path(folder)))
        seconds.append(round(time.perf_counter() - start, 1))
        who = {"name": "pair", "target": pair.target, "donor": pair.donor}
        for name, figures in nan_to_none(found[-1]).items():
            print_line(**who, candidate=name, **figures, **settings, seconds=seconds[-1])
    means = {
        name: {key: mean([each[name][key] for each in found]) for key in figures}
        for name, figures in found[0].items()
    }
    each = round(sum(seconds) / len(seconds), 1)
    who = {"name": "mean", "pairs": len(found)}
    for name, figures in nan_to_none(means).items():
        print_line(**who, candidate=name, **figures, **settings, seconds=each)


def parse() -> argparse.Namespace:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = p.add_argument
    add("--preset", choices=PRESETS, default="standard")
    add("--minutes", type=float, help="of training, for each pair (default: the preset's)")
    help = "how many of the set, from its first"
    add("--pairs", type=int, choices=range(1, 7), default=6, help=help)
    add("--set", choices=PAIRS, default="develop")
    add("--frames", type=int, default=125, help="of each clip")
    add("--size", type=int, default=320, metavar="PX")
    help = "what makes the target's clip hard: " + ", ".join(HARD_CASES)
    add("--hard", nargs="+", choices=HARD_CASES, default=[], metavar="CASE", help=help)
    help = "ideas of the conversion to leave out, one at a time: " + ", ".join(
        WITHOUT_IN_CONVERSION
    )
    choices = list(WITHOUT_IN_CONVERSION)
    add("--without", nargs="+", choices=choices, default=[], metavar="IDEA", help=help)
    nn.parallel.add_threads_option(p)
    return p.parse_args()


if __name__ == "__main__":
    run_command(main)
