"""A training step and an inference of our nets, today's and those of 2020, against PyTorch.

    python -m benchmarks.nets [NET...] [--threads 2] [--rounds 7] [--device cpu]

Prints a JSON line for each: the median times of interleaved runs in ms, their ratio, and the peak
memory in MB that three calls took beyond what the process had before. A process of its own measures
each peak.
"""

from __future__ import annotations

import argparse
import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import nn
from colorcorrect.net import COLOUR_INPUTS, make_colour_net
from colorcorrect.seed2020 import ColorNet
from colorcorrect.unet import UNet
from files import run_command
from intracoder import Intracoder
from intracoder.model import denormalise, normalise, unflatten
from intracoder.seed2020 import Intracoder as Intracoder2020

from .lines import print_line
from .timing import emit, interleaved

try:
    import torch
except ImportError:
    torch = None


@dataclass(frozen=True)
class Case:
    """A net, and what goes through it."""

    make: Callable[[np.random.Generator], nn.Module]
    input: tuple[int, int]  # side in pixels, channels
    output: int  # side in pixels, of three channels
    batches: tuple[int, ...]


CASES = {
    "intracoder": Case(lambda rng: Intracoder(rng).path("a"), (64, 3), 128, (2, 16)),
    "colour": Case(make_colour_net, (128, COLOUR_INPUTS), 128, (2, 4)),
    "intracoder 2020": Case(lambda rng: Intracoder2020(rng).path("a"), (32, 3), 32, (2, 16, 64)),
    "colour 2020": Case(lambda rng: ColorNet(rng).path("a"), (32, 3), 128, (2, 16)),
}

MEASURED_CALLS = "train", "inference"  # of each net


def ours(net: nn.Module, faces, targets) -> tuple:
    """(a training step, an inference) of our net; on a GPU each waits for its end."""
    xp, everything = nn.backend.of(faces), np.arange(len(faces))
    fused = nn.fast.fuse(net.train())
    steps = nn.train.epoch(
        itertools.repeat(everything), lambda i: nn.mse(fused(faces[i]), targets[i]), net, nn.Adam()
    )
    prepared = nn.fast.Prepared(net)
    wait = (lambda: None) if xp is np else (lambda: xp.cuda.Device().synchronize())

    def train():
        next(steps)
        wait()

    def infer():
        nn.train.infer(prepared, faces, len(faces))
        wait()

    return train, infer


def in_torch(step) -> torch.nn.Module:
    """A net or a layer of ours in PyTorch, with fresh weights. Raises KeyError if it has none.

    A personal layer (intracoder/personal.py) is there an ordinary one, which is less work.
    """
    if isinstance(step, nn.Sequential):
        return torch.nn.Sequential(*map(in_torch, step.steps))
    if isinstance(step, UNet):
        return _unet_in_torch(step)
    return torch.nn.Sequential(*_torch_layers(step))


def _torch_layers(step) -> list:
    match step:
        case nn.Dense():
            return [torch.nn.Linear(*step.kernel.shape)]
        case nn.Flatten():
            return [torch.nn.Flatten()]
        case nn.PixelShuffle():
            return [torch.nn.PixelShuffle(step.factor)]
        case nn.Conv2d():
            size, _, inputs, outputs = step.kernel.shape
            return [torch.nn.Conv2d(inputs, outputs, size, step.stride, size // 2)]
        case nn.ConvTranspose2d():
            size, _, outputs, inputs = step.kernel.shape
            how = {"padding": size // 2, "output_padding": step.stride - 1}
            how["bias"] = step.bias is not None
            layer = torch.nn.ConvTranspose2d(inputs, outputs, size, step.stride, **how)
            return [torch.nn.Upsample(scale_factor=2)] * step.upsampled + [layer]
        case nn.BatchNorm():
            return [torch.nn.BatchNorm2d(len(step.gamma.data), step.epsilon, 1 - step.momentum)]
        case nn.MaxPool2d():
            return [torch.nn.MaxPool2d(step.size, step.stride)]
        case nn.AvgPool2d():
            return [torch.nn.AvgPool2d(step.size)]
        case nn.LeakyReLU():
            return [torch.nn.LeakyReLU(step.slope)]
    if step is unflatten:
        return [torch.nn.Unflatten(1, (192, 4, 4))]
    if step in (normalise, denormalise):
        return [_Apply(lambda x: x * 4 - 2 if step is normalise else x * 0.25 + 0.5)]
    return [{"sigmoid": torch.nn.Sigmoid}[step.__name__]()]


class _Apply(torch.nn.Module if torch else object):
    """A function as a layer."""

    def __init__(self, function):
        super().__init__()
        self.forward = function


def _unet_in_torch(net: UNet) -> torch.nn.Module:
    """The U-Net of colorcorrect/unet.py in PyTorch."""
    first, middle, last = map(in_torch, (net.first, net.middle, net.last))
    down, up, mix = (
        torch.nn.ModuleList(map(in_torch, part)) for part in (net.down, net.up, net.mix)
    )

    def forward(inputs):
        x, sizes = first(inputs * 2 - 1), []
        for halve in down:
            sizes.append(x)
            x = halve(x)
        x = middle(x)
        for double, same in zip(reversed(up), reversed(mix), strict=True):
            x = same(double(x) + sizes.pop())
        return last(x) * 0.25

    whole = _Apply(forward)
    whole.parts = torch.nn.ModuleList([first, middle, last, down, up, mix])  # their parameters
    return whole


def peers(net: nn.Module, faces: np.ndarray, targets: np.ndarray, device: str) -> tuple:
    """`ours` in PyTorch, layer by layer from our net, NHWC in memory (channels_last)."""
    net = in_torch(net).to(device, memory_format=torch.channels_last)
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


def calls(side: str, name: str, batch: int, device: str, threads: int) -> tuple:
    """(train, infer) of "ours" or "torch" for a net and a batch size."""
    case, rng = CASES[name], np.random.default_rng(0)
    net, (side_px, channels) = case.make(rng), case.input
    faces = rng.random((batch, side_px, side_px, channels), np.float32)
    targets = rng.random((batch, case.output, case.output, 3), np.float32)
    if side == "torch":
        torch.set_num_threads(threads)
        return peers(net, faces, targets, "cuda" if device == "gpu" else "cpu")
    nn.set_threads(threads)
    xp = nn.backend.device(device)
    net.to(xp)
    return ours(net, xp.asarray(faces), xp.asarray(targets))


def peak_mb(side: str, name: str, batch: int, what: str, threads: int) -> float | None:
    """MB that three calls take at their peak in a fresh process and its children, or None.

    It is the proportional set size, less what it was before the calls; only Linux tells it.
    """
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    case = json.dumps([side, name, batch, what, threads])
    command = [sys.executable, "-m", __spec__.name, "--peak", case]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _measure_peak(side: str, name: str, batch: int, what: str, threads: int) -> None:
    """Print what `peak_mb` reads, in the process that it starts."""
    call = calls(side, name, batch, "cpu", threads)[MEASURED_CALLS.index(what)]
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
    nn.parallel.add_threads_option(p, default="2")
    p.add_argument("nets", nargs="*", metavar="NET", help=f"of {', '.join(CASES)} (default: all)")
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
            return print_line(name="nets", device="gpu", skipped=str(error))
    has_torch = torch and (options.device == "cpu" or torch.cuda.is_available())
    sides = ["ours", "torch"] if has_torch else ["ours"]
    if unknown := set(options.nets) - set(CASES):
        p.error(f"unknown nets: {', '.join(sorted(unknown))}")
    for name in options.nets or CASES:
        for batch in CASES[name].batches:
            measure(name, batch, sides, options)


def measure(name: str, batch: int, sides: list[str], options: argparse.Namespace) -> None:
    """Print the lines of one net and batch size."""
    device, threads = options.device, options.threads
    pairs = {side: calls(side, name, batch, device, threads) for side in sides}
    for i, what in enumerate(MEASURED_CALLS):
        medians = interleaved({side: pair[i] for side, pair in pairs.items()}, options.rounds)
        memory = {}
        if device == "cpu":
            peaks = {side: peak_mb(side, name, batch, what, threads) for side in sides}
            memory = {"peak_mb": peaks["ours"], "peer_peak_mb": peaks.get("torch")}
            memory = {k: v if v is None else round(v, 1) for k, v in memory.items()}
            memory = {"threads": threads, **memory}
        emit(f"{name} {what}", medians, "torch", batch=batch, **memory)


if __name__ == "__main__":
    run_command(main)
