"""Swaps of two clips, judged by a face recogniser and a landmark model that the project has no part in.

    python -m benchmarks.quality TARGET DONOR --judge PYTHON [--minutes 2.5 5 8] [--without start warps expression ...] [--every 8]

Prints a JSON line for each length of training, and for each idea that is left out (of a run of the first length); what the figures mean,
and what PYTHON must have, stands in benchmarks/judge.py. "brightness" is measured here: how much that of the middle of the face changes from
frame to frame, as the mean second difference over all frames, in levels. Clips, runs and a picture of them all, sheet.png, go to --folder; what
is there already is not made again.

What can be left out: in training, "start" (weights that have seen rendered people), "warps" (of the faces shown) and "repaint" (the donor in the
target's palette); in putting faces in, "expression", "calm" (averaging over time), "light", "trust" (the frame's pixels where
one of the faces is none), "edge" (and a little beside that), "biweight" (differences at the rim that do not count) and "damping" (of those that
do, over time).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from PIL import Image

import pipeline
import video
from colorcorrect import none
from faces import Canvas, align, manifest, warp
from files import contact_sheet
from poisson import opacity, rim
from stages import convert, presets

SHOWN = 6  # frames in the picture
MIDDLE = slice(50, 80), slice(30, 66)  # of an aligned face: nose and cheeks, no eyes or lips
STANDARD = presets.PRESETS["standard"]


def _preset(**changed):
    return patch.dict(presets.PRESETS, standard=replace(STANDARD, **changed))


def _limits(module, name, **changed):
    return patch.object(module, name, replace(getattr(module, name), **changed))


TRAINING = {
    "start": lambda: patch("intracoder.load_start_weights", lambda model: model),
    "warps": lambda: patch("intracoder.train.warp_randomly", lambda faces, rng: faces),
    "repaint": lambda: patch("colorcorrect.light.before_training", none.before_training),
}
PUTTING_IN = {
    "expression": lambda: _preset(express=False),
    "calm": lambda: patch.object(convert, "deflicker_over_time", lambda faces: faces),
    "light": lambda: patch("colorcorrect.light.for_clip", none.for_clip),
    "trust": lambda: _limits(opacity, "AGREEMENT_LIMITS", at_outline=1e9),
    "biweight": lambda: _limits(rim, "RIM_LIMITS", outlier=1e9),
    "edge": lambda: _limits(opacity, "AGREEMENT_LIMITS", margin=0.0),
    "damping": lambda: _limits(rim, "RIM_LIMITS", damping=0.0),
}


def swapped(
    name: str, minutes: float, without: str | None, options: argparse.Namespace
) -> tuple[Path, float]:
    """The clip, made unless it is there, and the seconds that took."""
    output, start = options.folder / f"{name}.mp4", time.perf_counter()
    run = options.folder / (
        name if without is None or without in TRAINING else f"{minutes:g} minutes"
    )
    if not output.exists():
        with ExitStack() as stack:
            if without:
                stack.enter_context((TRAINING | PUTTING_IN)[without]())
            code = pipeline.main(
                [
                    str(options.target),
                    str(options.donor),
                    "-o",
                    str(output),
                    "--run",
                    str(run),
                    "--minutes",
                    str(minutes),
                    "--threads",
                    str(options.threads),
                ]
            )
        if code:
            sys.exit(code)
    return output, time.perf_counter() - start


def brightness(path: Path, rows: dict[int, manifest.Row]) -> float:
    """Mean second difference of the brightness in the middle of the face, in levels, where it lies in the target."""
    levels = {}
    for frame in video.open_clip(path):
        if frame.number in rows and rows[frame.number].ok:
            levels[frame.number] = warp.warp(
                frame.image, np.array(rows[frame.number].matrix), (100, 120)
            )[MIDDLE].mean()
    return float(
        np.mean(
            [
                abs(levels[n - 1] - 2 * levels[n] + levels[n + 1])
                for n in levels
                if n - 1 in levels and n + 1 in levels
            ]
        )
    )


def picture(clips: dict[str, Path], rows: dict[int, manifest.Row]) -> np.ndarray:
    """The same faces from all clips, cut out with their surroundings."""
    ok = [n for n, r in rows.items() if r.ok]
    shown = [ok[i] for i in np.linspace(0, len(ok) - 1, SHOWN + 2).astype(int)[1:-1]]
    around = Canvas(align.Region((-20, -10), (140, 150), align.WHOLE_FACE.outline), (140, 150))
    matrices = {n: np.array(rows[n].matrix) for n in shown}
    return contact_sheet(
        [
            [
                around.warp(f.image, matrices[f.number])
                for f in video.open_clip(path)
                if f.number in matrices
            ]
            for path in clips.values()
        ],
        list(clips),
        cell=(140, 150),
    )


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("target", type=Path)
    p.add_argument("donor", type=Path)
    p.add_argument("--judge", metavar="PYTHON", required=True)
    p.add_argument("--minutes", type=float, nargs="+", default=[STANDARD.minutes])
    p.add_argument(
        "--without",
        nargs="*",
        choices=[*TRAINING, *PUTTING_IN],
        default=[],
        metavar="IDEA",
        help=", ".join([*TRAINING, *PUTTING_IN]),
    )
    p.add_argument("--every", type=int, default=8, help="frames to look at")
    p.add_argument("--folder", type=Path, default=Path("runs/quality"))
    p.add_argument("--threads", type=int, default=os.cpu_count())
    options = p.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    wanted = [(f"{m:g} minutes", m, None) for m in options.minutes] + [
        (f"without {w}", options.minutes[0], w) for w in options.without
    ]
    clips = {"target": options.target}

    def judged(*fakes: Path) -> dict:
        judge = [
            options.judge,
            str(Path(__file__).with_name("judge.py")),
            str(options.target),
            str(options.donor),
            str(options.every),
        ]
        return json.loads(
            subprocess.run(
                [*judge, *map(str, fakes)], check=True, capture_output=True, text=True
            ).stdout
        )

    def figures(clip: Path) -> dict:
        return {**judged(clip), "brightness": round(brightness(clip, rows), 3)}

    print(json.dumps({"name": "people", **judged()}), flush=True)
    rows: dict[int, manifest.Row] = {}
    for name, minutes, without in wanted:
        clips[name], seconds = swapped(name, minutes, without, options)
        if not rows:
            rows = manifest.read(options.folder / name / "target" / "manifest.jsonl")
            print(json.dumps({"name": "target", **figures(options.target)}), flush=True)
        print(
            json.dumps(
                {
                    "name": name,
                    "minutes": minutes,
                    **figures(clips[name]),
                    "seconds": round(seconds, 1),
                    "every": options.every,
                }
            ),
            flush=True,
        )
    Image.fromarray(picture(clips, rows)).save(options.folder / "sheet.png")


if __name__ == "__main__":
    main()
