"""Swaps of two clips, judged by a face recogniser and a face mesh from outside the project.

    python -m benchmarks.quality TARGET DONOR --judge PYTHON [--minutes 2 8 20]
                                 [--without start warps ...] [--every 2]
                                 [--directions forward reverse]
                                 [--pictures finished coloured drawn]

"forward" puts the donor's face onto the target, "reverse" the target's onto the donor. A swap is
made for each length of training, and one for each idea (benchmarks/ideas.py) that is left out of a
run of the first length. Three kinds of pictures are judged:

    finished    the finished clip against the target's
    drawn       what the intracoder draws, before it is put into the frames, against the target's
                aligned faces; see benchmarks/as_drawn.py
    coloured    the same after the transfer of colours

Prints JSON lines. For each clip, one of what the recogniser says of who it is, and one for each of
six movements that the mesh reads; benchmarks/readings.py says what the figures mean, and the
scripts of the judges what PYTHON must have. The target's own are printed first as what to compare
with; "target blurred" is its own copy, slightly blurred, the most that the mesh can show.
Two figures are measured here, over all frames. "brightness" is the mean second difference of the
brightness in the middle of the face from frame to frame, in 8-bit levels. "fine" is the energy of
the finest details of the face, over that of the target's own: 1 where it is as sharp and as grainy.

Clips, runs, readings and, for each direction, a picture, sheet.png, go to --folder; what is there
is not made again.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

import nn
import pipeline
import video
from actors.measures import fine_energy
from faces import Canvas, align, manifest, warp
from files import contact_sheet, pick_evenly, run_command
from stages.presets import PRESETS

from .as_drawn import ENLARGED, write_drawn
from .ideas import WITHOUT, WITHOUT_IN_TRAINING
from .lines import print_line
from .readings import Judges, identity_figures, movement_figures, people_figures

QUALITY_SHEET_FRAMES = 6  # frames in sheet.png
QUALITY_SHEET_CELL = 140, 150  # pixels, of a face in it
QUALITY_SHEET_CANVAS = Canvas(
    align.Region((-20, -10), QUALITY_SHEET_CELL, align.WHOLE_FACE.outline), QUALITY_SHEET_CELL
)  # the face and some of its surroundings
ALIGNED_FACE = 100, 120  # pixels, (w, h) of the aligned face in which the brightness is measured
NOSE_AND_CHEEKS = slice(50, 80), slice(30, 66)  # rows and columns of it, without eyes and lips
MAX_FINE_HEIGHT = 512  # pixels, of the face in which fine details are measured
BLUR = 1.5  # pixels by which the blurred copy of the target is blurred; about that of a swap


@dataclass(frozen=True)
class Experiment:
    """A swap to judge."""

    minutes: float  # of training
    without: str | None = None  # key of WITHOUT

    @property
    def name(self) -> str:
        return f"without {self.without}" if self.without else f"{self.minutes:g} minutes"

    @property
    def trained_anew(self) -> bool:
        """False for a conversion without an idea: it uses the nets of the whole program."""
        return self.without is None or self.without in WITHOUT_IN_TRAINING

    @property
    def run_name(self) -> str:
        """Of the run folder."""
        return self.name if self.trained_anew else f"{self.minutes:g} minutes"


@dataclass(frozen=True)
class Direction:
    """Who gets whose face, and where that is kept."""

    name: str
    target: Path
    donor: Path
    folder: Path

    def arguments(self, experiment: Experiment, threads: int) -> list[str]:
        """Of pipeline.py."""
        output, run = f"{experiment.name}.mp4", experiment.run_name
        arguments = [str(self.target), str(self.donor), "-o", str(self.folder / output)]
        arguments += ["--run", str(self.folder / run), "--threads", str(threads)]
        return [*arguments, "--minutes", str(experiment.minutes)]


@dataclass(frozen=True)
class Kind:
    """A kind of pictures that is judged: clips of both people to judge by."""

    name: str  # "finished", "coloured" or "drawn"
    target: Path
    donor: Path
    blur: float  # pixels


def make(experiment: Experiment, file: Path, work: Callable[[], None]) -> float:
    """Make a file by `work` within the experiment, unless it is there; the seconds that took."""
    start = time.perf_counter()
    if not file.exists():
        with ExitStack() as stack:
            if experiment.without:
                stack.enter_context(WITHOUT[experiment.without]())
            work()
    return round(time.perf_counter() - start, 1)


def swap(arguments: list[str]) -> None:
    """Write the finished clip. Exits where the program fails."""
    if code := pipeline.main(arguments):
        sys.exit(code)


class Measurement:
    """Makes the clips of one direction, has them judged and prints the figures."""

    def __init__(self, direction: Direction, options: argparse.Namespace):
        self.direction, self.threads, self.every = direction, options.threads, options.every
        readings = options.folder / "readings"
        self.judges = Judges(options.judge, options.every, readings, options.threads)
        self.finished = Kind("finished", direction.target, direction.donor, BLUR)
        faces = (direction.folder / f"{role} faces.mkv" for role in ("target", "donor"))
        self.drawn = Kind("drawn", *faces, BLUR * ENLARGED)
        self.coloured = replace(self.drawn, name="coloured")
        self.sheet = {"target": direction.target}  # clips by name
        self.rows: dict[int, manifest.Row] = {}  # of the target
        self.people_printed: set[Kind] = set()
        self.target_fine: float | None = None  # energy of the finest details of the target's face

    def measure_finished(self, experiment: Experiment) -> None:
        """Make and judge the finished clip of an experiment."""
        output = self.direction.folder / f"{experiment.name}.mp4"
        arguments = self.direction.arguments(experiment, self.threads)
        seconds = make(experiment, output, lambda: swap(arguments))
        run = self.direction.folder / experiment.run_name
        self.rows = self.rows or manifest.read(run / "target" / "manifest.jsonl")
        self.sheet[experiment.name] = output
        self.print_people(self.finished)
        figures = {"minutes": experiment.minutes, "seconds": seconds}
        figures |= self.face_figures(output)
        self.print_swap(self.finished, experiment.name, output, **figures)

    def measure_drawn(self, experiment: Experiment, kind: Kind) -> None:
        """Draw and judge what the nets of an experiment draw; coloured, if `kind` is."""
        coloured = kind is self.coloured
        if not experiment.trained_anew and not coloured:
            return
        output = self.direction.folder / f"{experiment.name} {kind.name}.mkv"
        arguments = self.direction.arguments(experiment, self.threads)
        faces = kind.target, kind.donor
        make(experiment, output, lambda: write_drawn(arguments, output, *faces, coloured))
        self.print_people(kind)
        self.print_swap(kind, experiment.name, output, minutes=experiment.minutes)

    def print_people(self, kind: Kind) -> None:
        """Print once what the judges say of the people themselves."""
        if kind in self.people_printed:
            return
        self.people_printed.add(kind)
        target, donor, real, blurred = self.judges.read(
            ("recogniser", kind.target, 0),
            ("recogniser", kind.donor, 0),
            ("mesh", kind.target, 0),
            ("mesh", kind.target, kind.blur),
        )
        self.print(kind, "people", "recogniser", **people_figures(target, donor))
        figures = identity_figures(target, target, donor)
        if kind is self.finished:
            figures |= self.face_figures(kind.target)
        self.print(kind, "target", "recogniser", **figures)
        self.print_movements(kind, "target blurred", real, blurred)

    def print_swap(self, kind: Kind, name: str, clip: Path, **figures) -> None:
        """Print what the judges say of a swap, and the other figures with it."""
        target, donor, made, real, moved = self.judges.read(
            ("recogniser", kind.target, 0),
            ("recogniser", kind.donor, 0),
            ("recogniser", clip, 0),
            ("mesh", kind.target, 0),
            ("mesh", clip, 0),
        )
        self.print(kind, name, "recogniser", **identity_figures(made, target, donor), **figures)
        self.print_movements(kind, name, real, moved)

    def face_figures(self, clip: Path) -> dict[str, float]:
        """The figures "brightness" and "fine" of a clip."""
        brightness, fine = measure_faces(clip, self.rows)
        if self.target_fine is None:
            self.target_fine = measure_faces(self.direction.target, self.rows)[1]
        return {"brightness": round(brightness, 3), "fine": round(fine / self.target_fine, 3)}

    def print_movements(self, kind: Kind, name: str, real, made) -> None:
        second = max(round(video.open_clip(kind.target).rate / self.every), 1)
        for figures in movement_figures(made, real, second):
            self.print(kind, name, "mesh", **figures)

    def print(self, kind: Kind, name: str, meter: str, **figures) -> None:
        where = {"direction": self.direction.name, "picture": kind.name}
        print_line(name=name, **where, meter=meter, **figures, every=self.every)

    def write_sheet(self) -> None:
        if self.rows:
            sheet = compose_sheet(self.sheet, self.rows)
            Image.fromarray(sheet).save(self.direction.folder / "sheet.png")


def measure_faces(path: Path, rows: dict[int, manifest.Row]) -> tuple[float, float]:
    """Mean second difference of the face's brightness in levels, and mean energy of fine details.

    The face is where it lies in the target, by the target's manifest.
    """
    matrices = {number: np.array(row.matrix) for number, row in rows.items() if row.ok}
    canvas = Canvas.native(align.WHOLE_FACE, [*matrices.values()], MAX_FINE_HEIGHT)
    mask, levels, fine = canvas.mask(), {}, []
    for frame in video.open_clip(path):
        if frame.number in matrices:
            face = warp.warp(frame.image, matrices[frame.number], ALIGNED_FACE)
            levels[frame.number] = face[NOSE_AND_CHEEKS].mean()
            fine.append(fine_energy(canvas.warp(frame.image, matrices[frame.number]), mask))
    second = [
        abs(levels[n - 1] - 2 * levels[n] + levels[n + 1])
        for n in levels
        if n - 1 in levels and n + 1 in levels
    ]
    return float(np.mean(second)), float(np.mean(fine))


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
    experiments = [Experiment(minutes) for minutes in options.minutes]
    experiments += [Experiment(options.minutes[0], idea) for idea in options.without]
    for name in options.directions:
        clips = (options.target, options.donor)[:: 1 if name == "forward" else -1]
        direction = Direction(name, *clips, options.folder / name)
        direction.folder.mkdir(parents=True, exist_ok=True)
        measurement = Measurement(direction, options)
        for experiment in experiments:
            if "finished" in options.pictures:
                measurement.measure_finished(experiment)
            for kind in (measurement.coloured, measurement.drawn):
                if kind.name in options.pictures:
                    measurement.measure_drawn(experiment, kind)
        measurement.write_sheet()


def parse() -> argparse.Namespace:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add, ideas = p.add_argument, list(WITHOUT)
    directions, pictures = ["forward", "reverse"], ["finished", "coloured", "drawn"]
    add("target", type=Path)
    add("donor", type=Path)
    add("--judge", metavar="PYTHON", required=True)
    add("--minutes", type=float, nargs="+", default=[PRESETS["standard"].minutes])
    help = ", ".join(ideas)
    add("--without", nargs="*", choices=ideas, default=[], metavar="IDEA", help=help)
    add("--every", type=int, default=2, help="frames, from one that is judged to the next")
    add("--directions", nargs="+", choices=directions, default=directions)
    add("--pictures", nargs="+", choices=pictures, default=pictures, help="kinds of them to judge")
    add("--folder", type=Path, default=Path("runs/quality"))
    nn.parallel.add_threads_option(p)
    return p.parse_args()


if __name__ == "__main__":
    run_command(main)
