"""A training step and an inference of both nets against PyTorch on the same cores.

    python -m benchmarks.nets [--threads 2] [--rounds 7] [--device cpu]

Prints a JSON line for each: medians of interleaved runs in ms, their ratio, and the peak memory in MB that three of them took beyond what
the process had before, each measured in a process of its own.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np

import colorcorrect
import intracoder
import nn

from .timing import emit, interleaved

try:
    import torch
except ImportError:
    torch = None

CASES = {
    "intracoder": (intracoder.seed2020.Intracoder, 32, (2, 16, 64)),
    "colour": (colorcorrect.seed2020.ColorNet, 128, (2, 16)),
}


def ours(path: nn.Sequential, faces, targets) -> tuple:
    """(a training step, an inference) of one path of our model; on a GPU each waits until it is done."""
    xp, everything = nn.backend.of(faces), np.arange(len(faces))
    fused = nn.fast.fuse(path.train())
    steps = nn.train.epoch(
        itertools.repeat(everything), lambda i: nn.mse(fused(faces[i]), targets[i]), path, nn.Adam()
    )
    wait = (lambda: None) if xp is np else (lambda: xp.cuda.Device().synchronize())

    def train():
        next(steps)
        wait()

    def infer():
        nn.train.infer(path, faces, len(faces))
        wait()

    return train, infer


def peers(
    path: nn.Sequential, faces: np.ndarray, targets: np.ndarray, device: str = "cpu"
) -> tuple:
    """The same in PyTorch, layer by layer from ours, NHWC in memory (channels_last)."""
    layers = []
    for step in _flat(path):
        if isinstance(step, nn.Conv2d):
            kh, _, i, o = step.kernel.shape
            layers.append(torch.nn.Conv2d(i, o, kh, step.stride, padding=kh // 2))
        elif isinstance(step, nn.ConvTranspose2d):
            kh, _, o, i = step.kernel.shape
            layers += [torch.nn.Upsample(scale_factor=2)] * step.upsampled
            extra = step.stride - 1
            layers.append(
                torch.nn.ConvTranspose2d(
                    i, o, kh, step.stride, padding=kh // 2, output_padding=extra, bias=False
                )
            )
        elif isinstance(step, nn.BatchNorm):
            layers.append(
                torch.nn.BatchNorm2d(
                    step.gamma.shape[0], eps=step.epsilon, momentum=1 - step.momentum
                )
            )
        elif isinstance(step, nn.AvgPool2d):
            layers.append(torch.nn.AvgPool2d(step.size))
        elif isinstance(step, nn.LeakyReLU):
            layers.append(torch.nn.LeakyReLU(step.slope))
        else:
            kind = getattr(getattr(step, "func", step), "__name__", "")
            layers.append(
                {"max_pool2d": torch.nn.MaxPool2d(2), "sigmoid": torch.nn.Sigmoid()}[kind]
            )
    net = torch.nn.Sequential(*layers).to(device, memory_format=torch.channels_last)
    x, y = (
        torch.from_numpy(a.transpose(0, 3, 1, 2)).to(device, memory_format=torch.channels_last)
        for a in (faces, targets)
    )
    adam = torch.optim.Adam(net.parameters())
    wait = torch.cuda.synchronize if device != "cpu" else (lambda: None)

    def train():
        net.train()
        adam.zero_grad()
        torch.nn.functional.mse_loss(net(x), y).backward()
        adam.step()
        wait()

    def infer():
        net.eval()
        with torch.no_grad():
            net(x)
        wait()

    return train, infer


def _flat(step):
    if isinstance(step, nn.Sequential):
        for s in step.steps:
            yield from _flat(s)
    else:
        yield step


def calls(side: str, name: str, batch: int, device: str, threads: int) -> tuple:
    """(train, infer) of "ours" or "torch" for a net and a batch size."""
    build, out, _ = CASES[name]
    rng = np.random.default_rng(0)
    path = build(rng).path("a")
    faces, targets = (
        rng.random((batch, 32, 32, 3), np.float32),
        rng.random((batch, out, out, 3), np.float32),
    )
    if side == "torch":
        torch.set_num_threads(threads)
        return peers(path, faces, targets, "cuda" if device == "gpu" else "cpu")
    nn.set_threads(threads)
    xp = nn.backend.device(device)
    path.to(xp)
    return ours(path, xp.asarray(faces), xp.asarray(targets))


def peak_mb(side: str, name: str, batch: int, what: str, threads: int) -> float | None:
    """The peak of the proportional set size of a fresh process and its children over three calls, less what it was before; Linux only."""
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    command = [
        sys.executable,
        "-m",
        __spec__.name,
        "--peak",
        json.dumps([side, name, batch, what, threads]),
    ]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _measure_peak(side: str, name: str, batch: int, what: str, threads: int) -> None:
    both = calls(side, name, batch, "cpu", threads)
    call = both[("train", "inference").index(what)]
    before, highest, done = _memory(), 0.0, threading.Event()

    def watch():
        nonlocal highest
        while not done.is_set():
            highest = max(highest, _memory())
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for _ in range(3):
        call()
    done.set()
    watcher.join()
    print(highest - before)


def _memory() -> float:
    """MB of this process and its children, shared pages counted once."""
    children = Path("/proc/self/task").glob("*/children")
    pids = ["self"] + [pid for file in children for pid in file.read_text().split()]
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--device", choices=("cpu", "gpu"), default="cpu")
    p.add_argument("--peak", help=argparse.SUPPRESS)
    options = p.parse_args()
    if options.peak:
        return _measure_peak(*json.loads(options.peak))
    if options.device == "gpu":
        try:
            nn.backend.device("gpu")
        except nn.DeviceError as error:
            return print(json.dumps({"name": "nets", "device": "gpu", "skipped": str(error)}))
    sides = ["ours"] + ["torch"] * (
        torch is not None and (options.device == "cpu" or torch.cuda.is_available())
    )
    for name, (*_, batches) in CASES.items():
        for batch in batches:
            both = {
                side: calls(side, name, batch, options.device, options.threads) for side in sides
            }
            for i, what in enumerate(("train", "inference")):
                medians = interleaved(
                    {side: pair[i] for side, pair in both.items()}, options.rounds
                )
                more = {}
                if options.device == "cpu":
                    peaks = {
                        side: peak_mb(side, name, batch, what, options.threads) for side in sides
                    }
                    more = {
                        "threads": options.threads,
                        "peak_mb": peaks["ours"],
                        "peer_peak_mb": peaks.get("torch"),
                    }
                    more = {k: round(v, 1) if isinstance(v, float) else v for k, v in more.items()}
                emit(f"{name} {what}", medians, "torch", batch=batch, **more)


if __name__ == "__main__":
    main()
