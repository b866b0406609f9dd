"""Detection on single frames against the frozen TensorFlow graph of 2020, and on clips against itself.

    python -m benchmarks.detect [FRAME_OR_CLIP...] [--peer-python PYTHON --graph mtcnn.pb]

A frame of each input (a clip's 100th, or its last), or drawn faces at three sizes, is searched whole, in turns with the peer: a JSON line of
medians each. PYTHON is one that has TensorFlow. Every clip is also followed with tracks, and compared with the search of every frame.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import nn
import video
from examples.drawn import target_frame
from mtcnn_np import Detector

from .timing import emit, interleaved


class Peer:
    """The TensorFlow program, started once and asked frame by frame."""

    def __init__(self, python: str, graph: str, threads: int):
        command = [python, str(Path(__file__).with_name("tf_graph.py")), graph, str(threads)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

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
    return {f"drawn {w}x{h}": np.asarray(image.resize((w, h), Image.Resampling.BICUBIC)) for w, h in ((430, 500), (856, 432), (1920, 1080))}


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("inputs", nargs="*", type=Path)
    p.add_argument("--peer-python")
    p.add_argument("--graph")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rounds", type=int, default=15)
    p.add_argument("--min-size", type=float, default=40)
    options = p.parse_args()
    if (options.peer_python is None) != (options.graph is None):
        p.error("--peer-python and --graph go together")
    nn.set_threads(options.threads)
    detector = Detector()
    peer = Peer(options.peer_python, options.graph, options.threads) if options.peer_python else None
    frames = {path.name: frame_of(path) for path in options.inputs} or drawn()
    with tempfile.TemporaryDirectory() as folder:
        for name, image in frames.items():
            path = Path(folder) / f"{len(list(Path(folder).iterdir()))}.npy"
            np.save(path, image)
            single(name, image, path, detector, peer, options)


def single(name: str, image: np.ndarray, path: Path, detector: Detector, peer: Peer | None, options) -> None:
    inner: list[float] = []
    candidates = {"ours": lambda: detector.detect(image, options.min_size)}
    if peer:
        candidates["tensorflow"] = lambda: inner.append(peer.ask(path, options.min_size)["ms"])
    medians = interleaved(candidates, options.rounds)
    if peer:
        medians["tensorflow"] = float(np.median(inner[1:]))  # without the way there and back
    size = f"{image.shape[1]}x{image.shape[0]}"
    emit("detect", medians, "tensorflow", frame=name, size=size, faces=len(detector.detect(image, options.min_size)), threads=options.threads)


if __name__ == "__main__":
    main()
