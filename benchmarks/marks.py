"""How often the mark survives, how often it is seen where it is not, and what it costs.

    python -m benchmarks.marks [--pairs 6] [--frames 125] [--seconds 40] [--clips TARGET DONOR]
                               [--soft 0] [--unmarked 10000]

The program swaps the faces of pairs of rendered actors (those of benchmarks.truth) and of two clips
of yours, after --seconds of training, with and without the mark, and writes them without loss.
These clips are coded (H.264, preset medium) at several rate factors, scaled and cropped, and
searched as any clip is. So are the true swaps of further actors ("soft"), with the new faces
blurred. Prints JSON lines:

"survival"     for each treatment: in how many of all clips, of their parts of 25 frames alone, and
               of single frames alone, each tenth, the mark is found; the highest and the median
               chance of a false alarm of the clips; and the same for the clips without the mark
"cost"         PSNR in decibels within the replaced faces, marked against unmarked, the least and
               the mean of a frame; structural similarity there
"speed"        milliseconds to mark a frame
"false alarms" in --unmarked frames of actors who were never swapped, two thirds of them coded, each
               judged alone, and in parts of 25 frames; the highest score; the same for your clips
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

import nn
import video
from actors.measures import psnr, ssim
from faces import align
from files import run_command
from mtcnn_np import Detector
from provenance import mark, search
from provenance.placement import PLACEMENT_COUNT
from provenance.significance import false_alarm_bound
from stages.find_marks import rectify_faces

from .marked_clips import (
    TREATMENTS,
    Images,
    ImagesClip,
    film_pairs,
    film_soft_swap,
    film_unmarked,
    split_clip,
    split_faces,
    swap,
    treat,
)

TESTED_FRAME_INTERVAL = 10  # every tenth frame of a clip is judged alone
TIMED_FRAMES = 50  # frames that are marked to measure the speed


def main() -> None:
    options = _parse()
    nn.set_threads(options.threads)
    detector = Detector()
    survival = Survival(detector)
    with tempfile.TemporaryDirectory() as folder:
        for name, target, donor in film_pairs(options, Path(folder)):
            marked, plain, before = swap(target, donor, options.seconds, options.threads)
            _print({"name": "cost", "pair": name, **measure_cost(marked, plain, before)})
            _print({"name": "speed", "pair": name, **measure_speed(plain, before, detector)})
            survival.add("marked", marked)
            survival.add("unmarked", plain)
    for number in range(options.soft):
        survival.add("soft", film_soft_swap(number, options.frames, options.size))
    for line in survival.summarise():
        _print(line)
    if options.unmarked:
        parts = film_unmarked(options.unmarked, options.size, detector)
        _print(measure_false_alarms("actors", parts))
    for path in options.clips or ():
        parts = split_clip(video.open_clip(path), detector)
        _print(measure_false_alarms(path.name, parts))


def _parse() -> argparse.Namespace:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = p.add_argument
    add("--pairs", type=int, choices=range(7), default=6, help="of actors")
    add("--frames", type=int, default=125, help="of each of their clips")
    add("--size", type=int, default=320, metavar="PX", help="of each of their clips")
    add("--seconds", type=float, default=40, help="of training, for each pair")
    add("--clips", nargs=2, type=Path, metavar=("TARGET", "DONOR"), help="a further pair")
    add("--soft", type=int, default=0, metavar="N", help="true swaps of actors, blurred and marked")
    add(
        "--unmarked",
        type=int,
        default=10000,
        metavar="N",
        help="frames for false alarms; 0 for none",
    )
    nn.parallel.add_threads_option(p)
    return p.parse_args()


def _print(line: dict) -> None:
    print(json.dumps(line), flush=True)


# Survival


class Survival:
    """In how many clips the mark is found after each treatment."""

    def __init__(self, detector: Detector):
        self.detector = detector
        self.figures: dict[tuple, list[dict]] = {}  # by kind of clip and treatment

    def add(self, kind: str, images: Images) -> None:
        """Treat a clip in every way, and search it each time."""
        for treatment in TREATMENTS:
            found = judge_alone_and_together(treat(images, *treatment), self.detector)
            self.figures.setdefault((kind, *treatment), []).append(found)

    def summarise(self) -> Iterator[dict]:
        """A JSON line for each kind and treatment."""
        for (kind, crf, scale, crop), found in self.figures.items():
            counts = {}
            for key in ("clip", "parts", "frames"):
                marked = [verdict for figures in found for verdict in figures[key]]
                counts[key] = f"{int(sum(marked))}/{len(marked)}"
            chances = [figures["chance"] for figures in found]
            yield {
                "name": "survival",
                "clips": kind,
                "crf": crf,
                "scale": scale,
                "crop": crop,
                **counts,
                "highest_chance": f"{max(chances):.0e}",
                "median_chance": f"{np.median(chances):.0e}",
            }


def judge_alone_and_together(images: Images, detector: Detector) -> dict:
    """The chance of a false alarm in a clip; whether the mark is found in it, in its parts alone,
    and in some of its frames alone."""
    faces = list(rectify_faces(ImagesClip(images), detector))
    verdicts = search.judge_faces(faces)
    if not verdicts:
        return {"chance": 1.0, "clip": [False], "parts": [], "frames": []}
    best = min(verdicts, key=lambda verdict: verdict.chance)
    first = [face.image for face in faces if face.face == 0]
    parts = [np.mean(part, axis=0) for part in split_faces(first)]
    return {
        "chance": best.chance,
        "clip": [best.marked],
        "parts": [is_significant(search.search_image(part)) for part in parts],
        "frames": [
            is_significant(search.search_image(face)) for face in first[::TESTED_FRAME_INTERVAL]
        ],
    }


def is_significant(z: float) -> bool:
    """Whether an image with this score, judged alone, counts as marked."""
    return false_alarm_bound(z, PLACEMENT_COUNT) <= search.MAX_FALSE_ALARM


# Cost and speed


def measure_cost(marked: Images, plain: Images, target: Images) -> dict:
    noise, similarity = [], []
    for a, b, before in zip(marked, plain, target, strict=True):
        region = (b != before).any(axis=2).astype(float)
        if region.any():
            noise.append(psnr(a, b, region))
            similarity.append(ssim(a, b, region))
    return {
        "frames": len(noise),
        "least_psnr": round(min(noise), 2),
        "mean_psnr": round(float(np.mean(noise)), 2),
        "mean_ssim": round(float(np.mean(similarity)), 4),
    }


def measure_speed(plain: Images, target: Images, detector: Detector) -> dict:
    to_aligned = align.similarity(detector.detect(target[0])[0].points)
    seconds = []
    for image, before in zip(plain[:TIMED_FRAMES], target, strict=False):
        start = time.perf_counter()
        mark.embed(image, before, to_aligned)
        seconds.append(time.perf_counter() - start)
    height, width = plain[0].shape[:2]
    return {"size": f"{width}x{height}", "ms_a_frame": round(1000 * float(np.median(seconds)), 2)}


# False alarms


def measure_false_alarms(of: str, parts: Iterable[Images]) -> dict:
    alone, together = [], []
    for faces in parts:
        alone += [search.search_image(face) for face in faces]
        together.append(search.search_image(np.mean(faces, axis=0)))
    return {
        "name": "false alarms",
        "of": of,
        **_count_alarms("frames", alone),
        **_count_alarms("parts", together),
    }


def _count_alarms(what: str, scores: list[float]) -> dict:
    return {
        what: len(scores),
        f"{what}_taken_for_marked": sum(map(is_significant, scores)),
        f"{what}_highest_score": round(max(scores), 2),
        f"{what}_99.9_percentile": round(float(np.percentile(scores, 99.9)), 2),
    }


if __name__ == "__main__":
    run_command(main)
