"""How much of the mark survives, how often it is seen where it is not, and what it costs.

    python -m benchmarks.marks [--pairs 6] [--frames 125] [--seconds 40] [--clips TARGET DONOR] [--soft 0] [--unmarked 10000]

For each pair of rendered actors (those of benchmarks.truth), and for two clips of yours, the program swaps faces, after so many seconds of
training, without loss and with and without the mark. Both clips are then coded (H.264, preset medium) and sent through the detector as any
clip would be: at several rate factors, scaled, cropped. So are the true swaps of so many further actors ("soft"), the new faces
blurred. Prints JSON lines:

"survival"     for each treatment: in how many of all clips, of their parts of 25 frames alone, and of single frames alone, each tenth, the mark is
               found; the highest and the median chance of a false alarm of the clips; and the same for the clips without the mark
"cost"         PSNR in decibels within the replaced faces, marked against unmarked, the least and the mean of a frame; structural similarity there
"speed"        milliseconds to mark a frame
"false alarms" in so many frames of actors who were never swapped, two thirds of them coded, each judged alone, and in parts of 25 frames; the
               highest score; and the same for your clips
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from scipy import ndimage

import nn
import pipeline
import video
from actors import RenderedFrame, Scene, film, render_frames
from actors.measures import psnr, ssim
from faces import align
from mtcnn_np import Detector
from provenance import mark, search

from .truth import PAIRS

# rate factor, scale, share cropped from each side
TREATMENTS = [
    *((crf, 1, 0) for crf in (18, 23, 28, 35, 40)),
    *((crf, scale, 0) for scale in (0.5, 2) for crf in (18, 23, 28)),
    *((23, scale, 0) for scale in (0.25, 0.75, 1.5)),
    (23, 1, 0.05),
    *((crf, 1, 0.1) for crf in (18, 23, 28)),
]


class Frames(video.Clip):
    """Images (H, W, 3) as a clip."""

    def __init__(self, images: list[np.ndarray]):
        super().__init__(
            Path("frames"), images[0].shape[1::-1], Fraction(25), len(images), Fraction(1, 25)
        )
        self.images = images

    def __iter__(self) -> Iterator[video.Frame]:
        return (video.Frame(i, Fraction(i, 25), image) for i, image in enumerate(self.images))


def swapped(
    folder: Path, target: Path, donor: Path, seconds: float, threads: int
) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """The clip with donor's face and the mark, the same without the mark, and the target; exits where the swap fails."""
    for name, more in (("plain", ["--no-mark"]), ("marked", [])):
        command = [
            str(target),
            str(donor),
            "-o",
            str(folder / f"{name}.mkv"),
            "--run",
            str(folder / "run"),
            "--minutes",
            str(seconds / 60),
            "--threads",
            str(threads),
            *more,
        ]
        if code := pipeline.main(command):
            sys.exit(code)
    return tuple(
        [frame.image for frame in video.open_clip(path)]
        for path in (folder / "marked.mkv", folder / "plain.mkv", target)
    )


def pairs(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """Names and clips of the pairs to swap."""
    for target, donor, *plays in PAIRS["develop"][: options.pairs]:
        paths = [
            folder / f"{who}-{play}.mkv" for who, play in zip((target, donor), plays, strict=True)
        ]
        for path, who, play in zip(paths, (target, donor), plays, strict=True):
            list(
                film(
                    Scene(who, play, options.frames, (options.size, options.size)),
                    path,
                    sound=False,
                )
            )
        yield f"actors {target} {donor}", *paths
    if options.clips:
        yield "clips", *options.clips


def soft(shot: RenderedFrame) -> RenderedFrame:
    """The new face of its true swap as soft as a trained net draws it."""
    replaced = (shot.swap != shot.image).any(axis=2, keepdims=True)
    return replace(
        shot, swap=np.where(replaced, ndimage.gaussian_filter(shot.swap, (1.5, 1.5, 0)), shot.image)
    )


def softened(number: int, frames: int, size: int) -> list[np.ndarray]:
    """The true swap of a pair of actors, soft and marked."""
    scene = Scene(12 + 2 * number, 61 + number, frames, (size, size), face=13 + 2 * number)
    return [
        mark.embed(s.swap, s.image, align.similarity(s.points))
        for s in map(soft, render_frames(scene, range(frames)))
    ]


def treated(images: list[np.ndarray], crf: int, scale: float, crop: float) -> list[np.ndarray]:
    """The frames cropped, scaled, coded and decoded."""
    height, width = images[0].shape[:2]
    y, x = round(height * crop), round(width * crop)
    h, w = (2 * round((n - 2 * m) * scale / 2) for n, m in ((height, y), (width, x)))
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream(
            "libx264", rate=25, width=w, height=h, pix_fmt="yuv420p", options={"crf": str(crf)}
        )
        for image in images:
            frame = av.VideoFrame.from_ndarray(
                np.ascontiguousarray(image[y : height - y, x : width - x]), format="rgb24"
            )
            out.mux(stream.encode(frame.reformat(w, h, "yuv420p", interpolation="BICUBIC")))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file) as coded:
        return [frame.to_ndarray(format="rgb24") for frame in coded.decode(video=0)]


def judged(images: list[np.ndarray], detector: Detector, every: int = 10) -> dict[str, list[float]]:
    """The chance of a false alarm in the clip, and whether it, its parts alone, and each `every`-th of its frames alone are found marked."""
    faces = list(search.unfolded(Frames(images), detector))
    best = min(search.verdicts(faces), key=lambda found: found.chance, default=None)
    if best is None:
        return {"chance": [1.0], "clip": [False], "parts": [], "frames": []}
    first = [face for which, _, face in faces if which == 0]
    parts = [np.mean(first[i : i + search.SPAN], axis=0) for i in range(0, len(first), search.SPAN)]
    return {
        "chance": [best.chance],
        "clip": [best.marked],
        "parts": [shown(part) for part in parts],
        "frames": [shown(face) for face in first[::every]],
    }


def shown(face: np.ndarray) -> bool:
    """Whether an unfolded face, judged alone, counts as marked."""
    return taken(search.search(face)[0])


def taken(z: float) -> bool:
    """Whether a face that was searched once, with this score, counts as marked."""
    return search.bound(z, search.TRIED) <= search.CHANCE


def summed(figures: dict[str, list[float]]) -> dict:
    counts = {
        key: f"{int(sum(figures[key]))}/{len(figures[key])}" for key in ("clip", "parts", "frames")
    }
    return {
        **counts,
        "highest_chance": f"{max(figures['chance']):.0e}",
        "median_chance": f"{np.median(figures['chance']):.0e}",
    }


def cost(marked: list[np.ndarray], plain: list[np.ndarray], target: list[np.ndarray]) -> dict:
    noise, alike = [], []
    for a, b, before in zip(marked, plain, target, strict=True):
        region = (b != before).any(axis=2).astype(float)
        if region.any():
            noise.append(psnr(a, b, region))
            alike.append(ssim(a, b, region))
    means = {
        "mean_psnr": round(float(np.mean(noise)), 2),
        "mean_ssim": round(float(np.mean(alike)), 4),
    }
    return {"frames": len(noise), "least_psnr": round(min(noise), 2), **means}


def speed(plain: list[np.ndarray], target: list[np.ndarray], detector: Detector) -> dict:
    matrix = align.similarity(detector.detect(target[0])[0].points)
    taken = []
    for image, before in zip(plain[:50], target, strict=False):
        start = time.perf_counter()
        mark.embed(image, before, matrix)
        taken.append(time.perf_counter() - start)
    height, width = plain[0].shape[:2]
    return {"size": f"{width}x{height}", "ms_a_frame": round(1000 * float(np.median(taken)), 2)}


def actors(frames: int, size: int, detector: Detector) -> Iterator[list[np.ndarray]]:
    """Unfolded faces of unmarked actors of seeds 1000 and up, until so many frames: search.SPAN of each, a quarter of a second apart.

    A third of the actors is not coded, the others are treated by one after another of `TREATMENTS`.
    """
    seed = 1000
    while frames > 0:
        scene = Scene(seed, seed, 6 * search.SPAN, (size, size))
        images = [shot.image for shot in render_frames(scene, range(0, scene.frames, 6))]
        if seed % 3:
            images = treated(images, *TREATMENTS[seed // 3 % len(TREATMENTS)])
        faces = [face for which, _, face in search.unfolded(Frames(images), detector) if which == 0]
        if faces:
            yield faces
        frames -= len(faces)
        seed += 1


def filmed(path: Path, detector: Detector) -> Iterator[list[np.ndarray]]:
    """Unfolded faces of the most prominent person of an unmarked clip, search.SPAN frames at a time."""
    faces = [
        face for which, _, face in search.unfolded(video.open_clip(path), detector) if which == 0
    ]
    return (faces[i : i + search.SPAN] for i in range(0, len(faces), search.SPAN))


def false_alarms(of: str, parts: Iterable[list[np.ndarray]]) -> dict:
    alone, together = [], []
    for faces in parts:
        alone += [search.search(face)[0] for face in faces]
        together.append(search.search(np.mean(faces, axis=0))[0])
    return {
        "name": "false alarms",
        "of": of,
        **_alarms("frames", alone),
        **_alarms("parts", together),
    }


def _alarms(what: str, scores: list[float]) -> dict:
    return {
        what: len(scores),
        f"{what}_taken_for_marked": sum(map(taken, scores)),
        f"{what}_highest_score": round(max(scores), 2),
        f"{what}_99.9_percentile": round(float(np.percentile(scores, 99.9)), 2),
    }


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--pairs", type=int, choices=range(7), default=6, help="of actors")
    p.add_argument("--frames", type=int, default=125, help="of each of their clips")
    p.add_argument("--size", type=int, default=320, metavar="PX", help="of each of their clips")
    p.add_argument("--seconds", type=float, default=40, help="of training, for each pair")
    p.add_argument(
        "--clips", nargs=2, type=Path, metavar=("TARGET", "DONOR"), help="a further pair"
    )
    p.add_argument(
        "--soft", type=int, default=0, metavar="N", help="true swaps of actors, blurred and marked"
    )
    p.add_argument(
        "--unmarked",
        type=int,
        default=10000,
        metavar="N",
        help="frames for false alarms; 0 for none",
    )
    p.add_argument("--threads", type=int, default=os.cpu_count())
    options = p.parse_args()
    nn.set_threads(options.threads)
    detector = Detector()
    totals: dict[tuple, dict[str, list[float]]] = {}

    def survive(kind: str, images: list[np.ndarray]) -> None:
        for treatment in TREATMENTS:
            for key, values in judged(treated(images, *treatment), detector).items():
                totals.setdefault((kind, *treatment), {}).setdefault(key, []).extend(values)

    with tempfile.TemporaryDirectory() as folder:
        for name, target, donor in pairs(options, Path(folder)):
            with tempfile.TemporaryDirectory() as run:
                marked, plain, before = swapped(
                    Path(run), target, donor, options.seconds, options.threads
                )
            print(json.dumps({"name": "cost", "pair": name, **cost(marked, plain, before)}))
            print(
                json.dumps({"name": "speed", "pair": name, **speed(plain, before, detector)}),
                flush=True,
            )
            survive("marked", marked)
            survive("unmarked", plain)
    for number in range(options.soft):
        survive("soft", softened(number, options.frames, options.size))
    for (kind, crf, scale, crop), figures in totals.items():
        print(
            json.dumps(
                {
                    "name": "survival",
                    "clips": kind,
                    "crf": crf,
                    "scale": scale,
                    "crop": crop,
                    **summed(figures),
                }
            )
        )
    if options.unmarked:
        print(json.dumps(false_alarms("actors", actors(options.unmarked, options.size, detector))))
    for path in options.clips or ():
        print(json.dumps(false_alarms(path.name, filmed(path, detector))))


if __name__ == "__main__":
    main()
