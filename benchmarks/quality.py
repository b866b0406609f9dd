"""Swaps of two clips, judged by a face recogniser and a landmark model from outside the project.

    python -m benchmarks.quality TARGET DONOR --judge PYTHON [--minutes 2.5 5 8]
                                 [--without start warps expression ...] [--every 8]

Prints a JSON line for each length of training, and for each idea that is left out of a run of the
first length. benchmarks/judge.py says what the figures mean, and what PYTHON must have. One figure
is measured here, over all frames: "brightness", the mean second difference of the brightness in the
middle of the face from frame to frame, in 8-bit levels. The target's own figures are printed first,
as what to compare with.

Clips, runs and a picture of them all, sheet.png, go to --folder; what is there is not made again.

What can be left out of training:
    start       the weights that have seen rendered people
    warps       the random warps of the faces that the net is shown
    repaint     the donor's faces in the target's colours
What can be left out of conversion:
    expression  the transfer of the target's expression
    deflicker   the mean over time of what the net draws
    light       the transfer of the target's light in each frame
    opacity     keeping the frame's pixels where the two faces disagree
    edge        keeping some more of them beside those
    biweight    ignoring differences at the rim that are too great to be light
    damping     mixing the rim with that of earlier frames
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from PIL import Image

import nn
import pipeline
import video
from colorcorrect import none
from faces import Canvas, align, manifest, warp
from files import contact_sheet, pick_evenly, run_command
from poisson import opacity, rim
from stages import convert, presets

from .lines import print_line

QUALITY_SHEET_FRAMES = 6  # frames in sheet.png
QUALITY_SHEET_CELL = 140, 150  # pixels, of a face in it
QUALITY_SHEET_CANVAS = Canvas(
    align.Region((-20, -10), QUALITY_SHEET_CELL, align.WHOLE_FACE.outline), QUALITY_SHEET_CELL
)  # the face and some of its surroundings
ALIGNED_FACE = 100, 120  # pixels, (w, h) of the aligned face in which the brightness is measured
NOSE_AND_CHEEKS = slice(50, 80), slice(30, 66)  # rows and columns of it, without eyes and lips
STANDARD = presets.PRESETS["standard"]


def _patch_preset(**changed):
    return patch.dict(presets.PRESETS, standard=replace(STANDARD, **changed))


def _patch_limits(module, name, **changed):
    return patch.object(module, name, replace(getattr(module, name), **changed))


# Each gives a context manager within which the program works without an idea.
WITHOUT_IN_TRAINING = {
    "start": lambda: patch("intracoder.load_start_weights", lambda model: model),
    "warps": lambda: patch("intracoder.train.warp_randomly", lambda faces, rng: faces),
    "repaint": lambda: patch("colorcorrect.light.before_training", none.before_training),
}
WITHOUT_IN_CONVERSION = {
    "expression": lambda: _patch_preset(express=False),
    "deflicker": lambda: patch.object(convert, "deflicker_over_time", lambda faces: faces),
    "light": lambda: patch("colorcorrect.light.for_clip", none.for_clip),
    "opacity": lambda: _patch_limits(opacity, "AGREEMENT_LIMITS", at_outline=1e9),
    "biweight": lambda: _patch_limits(rim, "RIM_LIMITS", outlier=1e9),
    "edge": lambda: _patch_limits(opacity, "AGREEMENT_LIMITS", margin=0.0),
    "damping": lambda: _patch_limits(rim, "RIM_LIMITS", damping=0.0),
}
WITHOUT = WITHOUT_IN_TRAINING | WITHOUT_IN_CONVERSION


@dataclass(frozen=True)
class Experiment:
    """A swap to judge."""

    minutes: float  # of training
    without: str | None = None  # key of WITHOUT

    @property
    def name(self) -> str:
        return f"without {self.without}" if self.without else f"{self.minutes:g} minutes"

    @property
    def run_name(self) -> str:
        """Of the run folder; conversion without an idea uses the nets of the whole program."""
        trained_anew = self.without in WITHOUT_IN_TRAINING
        return self.name if trained_anew else f"{self.minutes:g} minutes"


def swap(experiment: Experiment, options: argparse.Namespace) -> tuple[Path, float]:
    """The clip, made unless it is there, and the seconds that took. Exits where it fails."""
    output, start = options.folder / f"{experiment.name}.mp4", time.perf_counter()
    if not output.exists():
        command = [str(options.target), str(options.donor), "-o", str(output)]
        command += ["--run", str(options.folder / experiment.run_name)]
        command += ["--minutes", str(experiment.minutes), "--threads", str(options.threads)]
        with ExitStack() as stack:
            if experiment.without:
                stack.enter_context(WITHOUT[experiment.without]())
            code = pipeline.main(command)
        if code:
            sys.exit(code)
    return output, time.perf_counter() - start


def judge(options: argparse.Namespace, *fakes: Path) -> dict:
    """What benchmarks/judge.py prints."""
    script = Path(__file__).with_name("judge.py")
    command = [options.judge, script, options.target, options.donor, options.every, *fakes]
    command = [str(part) for part in command]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure_brightness(path: Path, rows: dict[int, manifest.Row]) -> float:
    """Mean second difference of the brightness of the face, in 8-bit levels.

    The face is where it lies in the target, by the target's manifest.
    """
    levels = {}
    for frame in video.open_clip(path):
        row = rows.get(frame.number)
        if row and row.ok:
            face = warp.warp(frame.image, np.array(row.matrix), ALIGNED_FACE)
            levels[frame.number] = face[NOSE_AND_CHEEKS].mean()
    second = [
        abs(levels[n - 1] - 2 * levels[n] + levels[n + 1])
        for n in levels
        if n - 1 in levels and n + 1 in levels
    ]
    return float(np.mean(second))


def compose_sheet(clips: dict[str, Path], rows: dict[int, manifest.Row]) -> np.ndarray:
    """The same faces from all clips, cut out with their surroundings; a row a clip."""
    ok = [number for number, row in rows.items() if row.ok]
    picked = [ok[i] for i in pick_evenly(len(ok), QUALITY_SHEET_FRAMES + 2)[1:-1]]
    matrices = {n: np.array(rows[n].matrix) for n in picked}
    faces = [
        [
            QUALITY_SHEET_CANVAS.warp(frame.image, matrices[frame.number])
            for frame in video.open_clip(path)
            if frame.number in matrices
        ]
        for path in clips.values()
    ]
    return contact_sheet(faces, list(clips), cell=QUALITY_SHEET_CELL)


def main() -> None:
    options = parse()
    options.folder.mkdir(parents=True, exist_ok=True)
    experiments = [Experiment(minutes) for minutes in options.minutes]
    experiments += [Experiment(options.minutes[0], idea) for idea in options.without]
    print_line(name="people", **judge(options))

    def figures(clip: Path) -> dict:
        return {**judge(options, clip), "brightness": round(measure_brightness(clip, rows), 3)}

    clips, rows = {"target": options.target}, {}
    for experiment in experiments:
        output, seconds = swap(experiment, options)
        clips[experiment.name] = output
        if not rows:
            run = options.folder / experiment.run_name
            rows = manifest.read(run / "target" / "manifest.jsonl")
            print_line(name="target", **figures(options.target))
        print_line(
            name=experiment.name,
            minutes=experiment.minutes,
            **figures(output),
            seconds=round(seconds, 1),
            every=options.every,
        )
    Image.fromarray(compose_sheet(clips, rows)).save(options.folder / "sheet.png")


def parse() -> argparse.Namespace:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add, ideas = p.add_argument, list(WITHOUT)
    add("target", type=Path)
    add("donor", type=Path)
    add("--judge", metavar="PYTHON", required=True)
    add("--minutes", type=float, nargs="+", default=[STANDARD.minutes])
    help = ", ".join(ideas)
    add("--without", nargs="*", choices=ideas, default=[], metavar="IDEA", help=help)
    add("--every", type=int, default=8, help="frames to look at")
    add("--folder", type=Path, default=Path("runs/quality"))
    nn.parallel.add_threads_option(p)
    return p.parse_args()


if __name__ == "__main__":
    run_command(main)
