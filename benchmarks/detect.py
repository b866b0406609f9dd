"""Detection on single frames against the frozen graph of 2020, on clips against itself.

    python -m benchmarks.detect [FRAME_OR_CLIP...]
        [--peer-python PYTHON --graph mtcnn.pb] [--memory N]

Prints JSON lines. For one frame of each input (a clip's 100th, or its last), or for drawn faces at
three sizes: "detect", the search of the whole frame, in turns with the graph, if PYTHON is one that
has TensorFlow; and "pnet", the fast form of PNet on the frame's pyramid, in turns with the plain
one. For each clip: "follow", time and faces of following against the search of every frame; and
"smooth", how much smoothing calms the face's place. --memory N also prints how much memory is in
use after 200 and after N detections in small frames of 16 sizes (Linux).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

import nn
import video
from examples.drawn import target_frame
from faces import Face, align, select, smooth_matrices
from files import IMAGE_SUFFIXES, run_command
from mtcnn_np import Detector, follow
from mtcnn_np.pyramid import pyramid, whole_patches

from .timing import emit, interleaved

FACE_CENTRE = align.REFERENCE_POINTS.mean(axis=0)  # (2,) in an aligned face
DRAWN_SIZES = (430, 500), (856, 432), (1920, 1080)  # width, height in pixels
MEASURED_FRAME = 100  # of a clip, on which a single search is timed
MATCHED_IOU = 0.5  # from which a followed face counts as the one that a whole search found
CERTAIN_SCORE = 0.95  # faces above it that are missed are counted apart


class Peer:
    """The TensorFlow program, started once and asked frame by frame."""

    def __init__(self, python: str, graph: str, threads: int):
        script = Path(__file__).with_name("tf_graph.py")
        self.process = subprocess.Popen(
            [python, str(script), graph, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def detect(self, frame: Path, min_size: float) -> dict:
        """What tf_graph.py answers for a frame (H, W, 3) in an .npy file."""
        self.process.stdin.write(f"{frame} {min_size}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def main() -> None:
    options = parse()
    nn.set_threads(options.threads)
    detector = Detector()
    peer = None
    if options.peer_python:
        peer = Peer(options.peer_python, options.graph, options.threads)
    frames = {path.name: read_frame(path) for path in options.inputs} or draw_frames()
    peer_ms = {}
    for name, image in frames.items():
        peer_ms[name] = time_whole_search(name, image, detector, peer, options)
        time_pnet(name, image, detector, options)
    for path in options.inputs:
        if path.suffix.lower() not in IMAGE_SUFFIXES:
            measure_clip(path, detector, peer_ms[path.name], options)
    if options.memory:
        measure_memory(detector, options.memory)


def parse() -> argparse.Namespace:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("inputs", nargs="*", type=Path)
    p.add_argument("--peer-python")
    p.add_argument("--graph")
    nn.parallel.add_threads_option(p, default="2")
    p.add_argument("--rounds", type=int, default=15)
    p.add_argument("--min-size", type=float, default=40)
    p.add_argument("--frames", type=int, help="of each clip at most")
    p.add_argument("--memory", type=int, metavar="N")
    options = p.parse_args()
    if (options.peer_python is None) != (options.graph is None):
        p.error("--peer-python and --graph go together")
    return options


def read_frame(path: Path) -> np.ndarray:
    """The frame of a clip that is timed, or its last if it is shorter."""
    *_, frame = islice(video.open_clip(path), MEASURED_FRAME + 1)
    return frame.image


def draw_frames() -> dict[str, np.ndarray]:
    face = Image.fromarray(target_frame(0))
    sizes = {f"drawn {w}x{h}": (w, h) for w, h in DRAWN_SIZES}
    return {name: np.asarray(face.resize(s, Image.Resampling.BICUBIC)) for name, s in sizes.items()}


def time_whole_search(
    name: str, image: np.ndarray, detector: Detector, peer: Peer | None, options: argparse.Namespace
) -> float | None:
    """Print "detect" for a frame; returns the peer's median in ms, if there is a peer."""
    peer_times: list[float] = []  # ms, measured by the peer: without sending the frame
    candidates = {"ours": lambda: detector.detect(image, options.min_size)}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "frame.npy"
        np.save(file, image)
        if peer:
            candidates["tensorflow"] = lambda: peer_times.append(
                peer.detect(file, options.min_size)["ms"]
            )
        medians = interleaved(candidates, options.rounds)
    if peer:
        medians["tensorflow"] = float(np.median(peer_times[1:]))
    more = {
        "frame": name,
        "size": f"{image.shape[1]}x{image.shape[0]}",
        "faces": len(detector.detect(image, options.min_size)),
        "threads": options.threads,
    }
    emit("detect", medians, "tensorflow", **more)
    return medians.get("tensorflow")


def time_pnet(
    name: str, image: np.ndarray, detector: Detector, options: argparse.Namespace
) -> None:
    """Print "pnet": the proposals of a whole pyramid on one thread, fast form and plain one."""
    patches = whole_patches(0, pyramid(image.shape, options.min_size, detector.factor))

    def propose(pnet) -> None:
        for patch in patches:
            pnet.propose(image, patch, detector.thresholds[0])

    candidates = {
        "ours": lambda: propose(detector.fast_pnet),
        "plain": lambda: propose(detector.pnet),
    }
    emit("pnet", interleaved(candidates, options.rounds), "plain", frame=name, threads=1)


def measure_memory(detector: Detector, count: int) -> None:
    """Resident memory after some detections and after many."""
    page_mb, after = os.sysconf("SC_PAGE_SIZE") / 1e6, {}
    face = Image.fromarray(target_frame(0))
    images = [np.asarray(face.resize((100 + 7 * n, 180 - 5 * n))) for n in range(16)]
    for n in range(1, count + 1):
        detector.detect(images[n % len(images)])
        if n in (200, count):
            resident_pages = int(Path("/proc/self/statm").read_text().split()[1])
            after[n] = round(resident_pages * page_mb, 1)
    print(json.dumps({"name": "memory", "resident_mb_after": after}), flush=True)


def measure_clip(
    path: Path, detector: Detector, peer_ms: float | None, options: argparse.Namespace
) -> None:
    """Print "follow", then "smooth"."""
    frames = list(islice(video.with_cuts(video.open_clip(path)), options.frames))
    start = time.perf_counter()
    whole = {f.number: detector.detect(f.image, options.min_size) for f, _ in frames}
    whole_ms = (time.perf_counter() - start) / len(frames) * 1e3
    start = time.perf_counter()
    near = follow_in_parts(frames, detector, options.min_size)
    ours_ms = (time.perf_counter() - start) / len(frames) * 1e3
    line = {
        "name": "follow",
        "clip": path.name,
        "frames": len(frames),
        "ours_ms": round(ours_ms, 2),
        "whole_ms": round(whole_ms, 2),
        "ratio_to_whole": round(ours_ms / whole_ms, 3),
        "peer": "tensorflow, a frame",
        "peer_ms": peer_ms,
        "ratio": peer_ms and round(ours_ms / peer_ms, 3),
        **compare_faces(whole, near),
    }
    print(json.dumps(line), flush=True)
    starts = [frame.number for frame, cut in frames if cut]
    line = {"name": "smooth", "clip": path.name, **measure_smoothing(whole, starts)}
    print(json.dumps(line), flush=True)


def follow_in_parts(
    frames: list[tuple[video.Frame, bool]], detector: Detector, min_size: float
) -> dict[int, list[Face]]:
    """The faces by frame number, followed by a process for each thread, as in the program."""

    def follow_part(own: int, size: int) -> Iterator[tuple[int, list[Face]]]:
        part = frames[nn.parallel.slices(len(frames), size)[own]]
        return ((f.frame.number, f.faces) for f in follow(part, detector, min_size))

    return dict(nn.parallel.gather(follow_part, nn.parallel.thread_count()))


def compare_faces(whole: dict[int, list[Face]], near: dict[int, list[Face]]) -> dict:
    """Which faces of whole searches were followed, how many missed, and the largest differences."""
    missed: list[Face] = []
    overlaps, errors = [], []
    for number, faces in whole.items():
        for face in faces:
            best = max(near[number], key=lambda f, box=face.box: f.overlap(box), default=None)
            if best is None or best.overlap(face.box) < MATCHED_IOU:
                missed.append(face)
                continue
            overlaps.append(best.overlap(face.box))
            errors.append(float(np.abs(best.points - face.points).max() / face.interocular))
    return {
        "faces": len(overlaps),
        "missed": len(missed),
        "missed_above_.95": sum(face.score >= CERTAIN_SCORE for face in missed),
        "least_iou": round(min(overlaps), 4),
        "largest_point_error": round(max(errors), 5),
    }


def measure_smoothing(found: dict[int, list[Face]], starts: list[int]) -> dict:
    """How much the chosen face's centre shakes before and after smoothing, in pixels; the lag."""
    chosen = select.choose(found, None, starts)
    raw = {n: align.similarity(f.points) for n, f in chosen.items()}
    before, after = _centres(raw), _centres(smooth_matrices(raw, starts))
    numbers = [
        n for n in chosen if {n - 1, n + 1} <= chosen.keys() and not {n, n + 1} & set(starts)
    ]

    def shaking(p: dict[int, np.ndarray]) -> float:
        """The mean second difference over three frames."""
        return np.mean([np.linalg.norm(p[n - 1] - 2 * p[n] + p[n + 1]) for n in numbers])

    def mismatch(lag: int) -> float:
        """Mean square distance of the smoothed centre from the one found `lag` frames later."""
        pairs = [(after[n], before[n + lag]) for n in numbers if n + lag in before]
        return np.mean([np.sum((a - b) ** 2) for a, b in pairs])

    return {
        "second_difference_px": round(shaking(before), 3),
        "smoothed_px": round(shaking(after), 3),
        "ratio": round(shaking(after) / shaking(before), 3),
        "lag_frames": min(range(-3, 4), key=mismatch),
    }


def _centres(matrices: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
    """Where each frame has the centre of the face, (2,) pixels."""
    inverse = {n: align.invert(m) for n, m in matrices.items()}
    return {n: m[:, :2] @ FACE_CENTRE + m[:, 2] for n, m in inverse.items()}


if __name__ == "__main__":
    run_command(main)
