"""Detection on single frames against the frozen TensorFlow graph of 2020, and on clips against itself.

    python -m benchmarks.detect [FRAME_OR_CLIP...] [--peer-python PYTHON --graph mtcnn.pb] [--memory N]

A frame of each input (a clip's 100th, or its last), or drawn faces at three sizes, is searched whole, in turns with the peer: a JSON line of
medians each. PYTHON is one that has TensorFlow. Every clip is also followed with tracks, and compared with the search of every frame.
--memory N also prints how much memory is in use after 200 and after N detections in small frames of 16 sizes (Linux).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

import nn
import video
from examples.drawn import target_frame
from faces import align, select, smooth_matrices
from mtcnn_np import Detector, follow
from video.images import IMAGE_SUFFIXES

from .timing import emit, interleaved

MIDDLE = align.REFERENCE_POINTS.mean(axis=0)


class Peer:
    """The TensorFlow program, started once and asked frame by frame."""

    def __init__(self, python: str, graph: str, threads: int):
        command = [python, str(Path(__file__).with_name("tf_graph.py")), graph, str(threads)]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, frame: Path, min_size: float) -> dict:
        self.process.stdin.write(f"{frame} {min_size}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def frame_of(path: Path) -> np.ndarray:
    image = None
    for frame in video.open_clip(path):
        image = frame.image
        if frame.number == 100:
            break
    return image


def drawn() -> dict[str, np.ndarray]:
    image = Image.fromarray(target_frame(0))
    return {
        f"drawn {w}x{h}": np.asarray(image.resize((w, h), Image.Resampling.BICUBIC))
        for w, h in ((430, 500), (856, 432), (1920, 1080))
    }


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("inputs", nargs="*", type=Path)
    p.add_argument("--peer-python")
    p.add_argument("--graph")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rounds", type=int, default=15)
    p.add_argument("--min-size", type=float, default=40)
    p.add_argument("--frames", type=int, help="of each clip at most")
    p.add_argument("--memory", type=int, metavar="N")
    options = p.parse_args()
    if (options.peer_python is None) != (options.graph is None):
        p.error("--peer-python and --graph go together")
    nn.set_threads(options.threads)
    detector = Detector()
    peer = (
        Peer(options.peer_python, options.graph, options.threads) if options.peer_python else None
    )
    frames = {path.name: frame_of(path) for path in options.inputs} or drawn()
    peer_ms = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, image in frames.items():
            path = Path(folder) / f"{len(list(Path(folder).iterdir()))}.npy"
            np.save(path, image)
            peer_ms[name] = single(name, image, path, detector, peer, options)
    for path in options.inputs:
        if path.suffix.lower() not in IMAGE_SUFFIXES:
            clip(path, detector, peer_ms[path.name], options)
    if options.memory:
        memory(detector, options.memory)


def single(
    name: str, image: np.ndarray, path: Path, detector: Detector, peer: Peer | None, options
) -> float | None:
    inner: list[float] = []
    candidates = {"ours": lambda: detector.detect(image, options.min_size)}
    if peer:
        candidates["tensorflow"] = lambda: inner.append(peer.ask(path, options.min_size)["ms"])
    medians = interleaved(candidates, options.rounds)
    if peer:
        medians["tensorflow"] = float(np.median(inner[1:]))  # without the way there and back
    size = f"{image.shape[1]}x{image.shape[0]}"
    emit(
        "detect",
        medians,
        "tensorflow",
        frame=name,
        size=size,
        faces=len(detector.detect(image, options.min_size)),
        threads=options.threads,
    )
    return medians.get("tensorflow")


def memory(detector: Detector, count: int) -> None:
    """Resident memory after some detections and after many."""
    page_mb, after = os.sysconf("SC_PAGE_SIZE") / 1e6, {}
    face = Image.fromarray(target_frame(0))
    images = [np.asarray(face.resize((100 + 7 * n, 180 - 5 * n))) for n in range(16)]
    for n in range(1, count + 1):
        detector.detect(images[n % len(images)])
        if n in (200, count):
            after[n] = round(int(Path("/proc/self/statm").read_text().split()[1]) * page_mb, 1)
    print(json.dumps({"name": "memory", "resident_mb_after": after}), flush=True)


def clip(path: Path, detector: Detector, peer_ms: float | None, options) -> None:
    """Following against searching every frame whole: time a frame, and whether both find the same; then what smoothing does."""
    frames = list(islice(video.with_cuts(video.open_clip(path)), options.frames))
    starts = [frame.number for frame, cut in frames if cut]
    start = time.perf_counter()
    whole = {f.number: detector.detect(f.image, options.min_size) for f, _ in frames}
    whole_ms = (time.perf_counter() - start) / len(frames) * 1e3
    start = time.perf_counter()
    near = {f.frame.number: f.faces for f in follow(frames, detector, options.min_size)}
    ours = (time.perf_counter() - start) / len(frames) * 1e3
    found = missed = sure = 0
    overlaps, errors = [], []
    for number, faces in whole.items():
        for face in faces:
            best = max(near[number], key=lambda f, box=face.box: f.overlap(box), default=None)
            if best is None or best.overlap(face.box) < 0.5:
                missed, sure = missed + 1, sure + (face.score >= 0.95)
                continue
            found += 1
            overlaps.append(best.overlap(face.box))
            errors.append(float(np.abs(best.points - face.points).max() / face.interocular))
    print(
        json.dumps(
            {
                "name": "follow",
                "clip": path.name,
                "frames": len(frames),
                "ours_ms": round(ours, 2),
                "whole_ms": round(whole_ms, 2),
                "peer": "tensorflow, a frame",
                "peer_ms": peer_ms,
                "ratio": peer_ms and round(ours / peer_ms, 3),
                "faces": found,
                "missed": missed,
                "missed_above_.95": sure,
                "least_iou": round(min(overlaps), 4),
                "largest_point_error": round(max(errors), 5),
            }
        ),
        flush=True,
    )
    chosen = select.choose(whole, None, starts)
    raw = {n: align.similarity(f.points) for n, f in chosen.items()}
    smooth = smooth_matrices(raw, starts)
    numbers = [
        n
        for n in sorted(chosen)
        if {n - 1, n + 1} <= chosen.keys() and not {n, n + 1} & set(starts)
    ]
    before, after = (
        {n: align.invert(m)[:, :2] @ MIDDLE + align.invert(m)[:, 2] for n, m in of.items()}
        for of in (raw, smooth)
    )
    shaking = [
        np.mean([np.linalg.norm(p[n - 1] - 2 * p[n] + p[n + 1]) for n in numbers])
        for p in (before, after)
    ]
    lags = {
        k: np.mean([np.sum((after[n] - before[n + k]) ** 2) for n in numbers if n + k in before])
        for k in range(-3, 4)
    }
    print(
        json.dumps(
            {
                "name": "steady",
                "clip": path.name,
                "second_difference_px": round(shaking[0], 3),
                "smoothed_px": round(shaking[1], 3),
                "ratio": round(shaking[1] / shaking[0], 3),
                "lag_frames": min(lags, key=lags.get),
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
