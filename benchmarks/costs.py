"""What a swap costs: by the size of the face, by the number of cores, and step by step.

    python -m benchmarks.costs [--threads 1 2] [--faces 100 200 300] [--picture FILE.png]

A drawn clip in 720p has one face that moves. The program's own functions find the face, align it,
train on it and put a drawn one in. Prints a JSON line for each height of the face and each number
of threads: milliseconds a frame of detection, alignment and putting in (the mark and the encoder
are part of it), and milliseconds of a training step with the program's eight pairs of faces. For
the middle height it then prints, for each number of threads, how many times as fast they are as the
fewest; and at the end the steps of putting in, on one core. --picture draws where the time of a
one-minute clip goes. There is no peer.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from unittest import mock

import numpy as np

import intracoder
import nn
import provenance
import video
from faces.manifest import Row
from files import run_command
from mtcnn_np import WHOLE_SEARCH_INTERVAL, Detector
from stages import convert_steps
from stages.align import extract_faces
from stages.clips import Selection
from stages.convert import convert
from stages.decide import decide
from stages.detect import detect_frames
from stages.detect_parts import search_in_parts
from stages.presets import PRESETS
from stages.settings import Settings
from stages.trainers.today import TodayTrainer

from .drawn_clip import DRAWN_RATE, write_clip
from .lines import print_line

SIZE_720P = 1280, 720  # of the clip, pixels
MINUTE_FRAMES = 60 * DRAWN_RATE
TRAINED_STEPS = 24  # of training, that are timed
PUT_IN_FRAMES = 256  # of the clip, into which a face is put
STEPS = {  # of putting in: what is timed, under which name
    "put_on_canvas": "canvas",
    "find_visible": "visible",
    "transfer_colour": "colour",
    "blend": "blend",
    "paste": "paste",
}


@dataclass(frozen=True)
class Costs:
    """Milliseconds: a frame, and `train` a step."""

    detect: float
    align: float
    train: float
    put_in: float


def measure(path: Path, threads: int, parts: bool) -> tuple[Costs, dict[str, float]]:
    """The costs of a clip; if asked for, the milliseconds of the `parts` of putting in, else {}."""
    nn.set_threads(threads)
    clip, preset = video.open_clip(path), PRESETS["standard"]
    detections, detect = timed(lambda: list(detect_faces(clip)))
    rows = {row.frame: row for row in decide(detections, None, preset.smooth)}
    faces, align = timed(lambda: dict(extract_faces(iter(clip), rows, preset.canvas)))
    if len(faces) < len(rows) / 2:
        sys.exit(f"only {len(faces)} of {len(rows)} drawn faces were found; try another --faces")
    people = {person: np.stack(list(faces.values())) for person in "ab"}
    trainer = TodayTrainer(people, preset, 0)
    train = time_step(trainer)
    trainer.crossing()
    _, put_in = timed(lambda: put_faces_in(clip, rows, trainer, defaultdict(float)))
    detect, align = (1e3 * seconds / len(rows) for seconds in (detect, align))
    costs = Costs(detect, align, train * 1e3, put_in * 1e3 / PUT_IN_FRAMES)
    return costs, measure_steps(clip, rows, trainer) if parts else {}


def measure_steps(clip: video.Clip, rows: dict[int, Row], trainer: TodayTrainer) -> dict:
    """The milliseconds a frame of each step of putting in, on one core."""
    nn.set_threads(1)  # with more, the steps run in processes of their own
    spent: defaultdict[str, float] = defaultdict(float)
    with time_steps(spent):
        _, whole = timed(lambda: put_faces_in(clip, rows, trainer, spent))
    spent["decoding and the rest"] = whole - sum(spent.values())
    return {name: seconds * 1e3 / PUT_IN_FRAMES for name, seconds in spent.items()}


def timed(work: Callable[[], object]) -> tuple:
    """(its result, seconds)."""
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def detect_faces(clip: video.Clip) -> list:
    """All faces, as the program finds them."""
    detector = Detector()

    def search(frames):
        return detect_frames(frames, detector, 40, WHOLE_SEARCH_INTERVAL)

    return sorted(search_in_parts(Selection(clip), search), key=lambda found: found.number)


def time_step(trainer: TodayTrainer) -> float:
    """The median seconds of a training step."""
    batch, ends = trainer.preset.batch, []
    while len(ends) < TRAINED_STEPS:
        steps = intracoder.train.epoch(
            trainer.model, trainer.faces, batch, trainer.adam, trainer.rng
        )
        ends += [time.perf_counter() for _ in islice(steps, TRAINED_STEPS + 4)][3:]
    return float(np.median(np.diff(ends)))


@contextmanager
def time_steps(spent: dict[str, float]) -> Iterator[None]:
    """Inside this block the seconds of each step of putting in are added to `spent`."""
    with ExitStack() as patches:
        for name, what in STEPS.items():
            timer = add_time(getattr(convert_steps, name), what, spent)
            patches.enter_context(mock.patch.object(convert_steps, name, timer))
        timer = add_time(provenance.mark.embed, "mark", spent)
        patches.enter_context(mock.patch.object(provenance.mark, "embed", timer))
        yield


def add_time(function: Callable, what: str, spent: dict[str, float]) -> Callable:
    """The function, which adds its seconds to spent[what]."""

    def run(*args):
        result, seconds = timed(lambda: function(*args))
        spent[what] += seconds
        return result

    return run


def put_faces_in(
    clip: video.Clip, rows: dict[int, Row], trainer: TodayTrainer, spent: dict[str, float]
) -> None:
    """Write the beginning of the clip with its face replaced, as the program does."""
    output = clip.path.with_name("out.mp4")
    settings = Settings(clip.path, clip.path, output, None, PRESETS["standard"])
    draw = add_time(trainer.swap, "draw", spent)
    with video.open_writer(output, clip, settings.quality) as writer:
        write = add_time(writer.write, "encode", spent)
        for frame in convert(settings, Selection(clip, 0, PUT_IN_FRAMES), [rows], draw):
            write(frame.image, frame.untouched.time)


def draw_picture(costs: Costs, steps: dict[str, float], path: Path) -> None:
    """Two bar charts: a one-minute clip with the program's training, and a frame of putting in."""
    from matplotlib.figure import Figure

    minutes = PRESETS["standard"].minutes
    stages = {
        "detection": costs.detect * MINUTE_FRAMES / 1e3,
        "alignment": costs.align * MINUTE_FRAMES / 1e3,
        f"training ({minutes:g} minutes by choice)": minutes * 60,
        "putting in": costs.put_in * MINUTE_FRAMES / 1e3,
    }
    figure = Figure(figsize=(9, 4.6), layout="constrained")
    bars = {
        "a clip of one minute: seconds": stages,
        "putting in, a frame: milliseconds on one core": steps,
    }
    for axes, (title, parts) in zip(figure.subplots(1, 2), bars.items(), strict=True):
        parts = dict(sorted(parts.items(), key=lambda part: part[1]))
        drawn = axes.barh(list(parts), list(parts.values()), color="#4477aa")
        axes.bar_label(drawn, fmt="%.0f", padding=3)
        axes.set_title(title, fontsize=11)
        axes.spines[["top", "right"]].set_visible(False)
        axes.margins(x=0.12)
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=nn.parallel.parse_threads, nargs="+", default=[1, 2])
    parser.add_argument("--faces", type=int, nargs="+", default=[100, 200, 300], metavar="PX")
    parser.add_argument("--frames", type=int, default=300, help="of the clip")
    parser.add_argument("--picture", type=Path)
    options = parser.parse_args()
    found: dict[tuple[int, int], Costs] = {}
    steps: dict[str, float] = {}
    middle = sorted(options.faces)[len(options.faces) // 2]
    with tempfile.TemporaryDirectory() as folder:
        for face in options.faces:
            path = Path(folder) / f"{face}.mp4"
            write_clip(path, SIZE_720P, face, options.frames)
            for threads in options.threads:
                is_last = (face, threads) == (middle, options.threads[-1])
                costs, parts = measure(path, threads, is_last)
                found[face, threads], steps = costs, parts or steps
                ms = {f"{name}_ms": round(value, 1) for name, value in vars(costs).items()}
                print_line(name="costs", face=face, threads=threads, frames=options.frames, **ms)
    one = found[middle, min(options.threads)]
    for threads in options.threads:
        costs = found[middle, threads]
        gain = {name: round(vars(one)[name] / value, 2) for name, value in vars(costs).items()}
        print_line(name="gain", threads=threads, over=min(options.threads), face=middle, **gain)
    steps = {name: round(value, 1) for name, value in steps.items()}
    print_line(name="steps of putting in, ms a frame", threads=1, face=middle, **steps)
    if options.picture:
        draw_picture(costs, steps, options.picture)


if __name__ == "__main__":
    run_command(main)
