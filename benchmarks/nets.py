"""A training step and an inference of both nets against PyTorch on the same cores.

    python -m benchmarks.nets [--threads 2] [--rounds 7]
"""

from __future__ import annotations

import argparse
import itertools

import numpy as np

import colorcorrect
import intracoder
import nn

from .timing import emit, interleaved

try:
    import torch
except ImportError:
    torch = None


def ours(model, identity: str, faces: np.ndarray, targets: np.ndarray):
    """(a training step, an inference) of one path of our model."""
    path, adam, everything = model.path(identity), nn.Adam(), np.arange(len(faces))

    model.train()
    steps = nn.train.epoch(itertools.repeat(everything), lambda i: nn.mse(path(faces[i]), targets[i]), path, adam)

    def train():
        next(steps)

    def infer():
        nn.train.infer(path, faces, len(faces))

    return train, infer


def peers(path: nn.Sequential, faces: np.ndarray, targets: np.ndarray):
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
            layers.append(torch.nn.ConvTranspose2d(i, o, kh, step.stride, padding=kh // 2, output_padding=extra, bias=False))
        elif isinstance(step, nn.BatchNorm):
            layers.append(torch.nn.BatchNorm2d(step.gamma.shape[0], eps=step.epsilon, momentum=1 - step.momentum))
        elif isinstance(step, nn.LeakyReLU):
            layers.append(torch.nn.LeakyReLU(step.slope))
        else:
            kind = getattr(getattr(step, "func", step), "__name__", "")
            layers.append({"max_pool2d": torch.nn.MaxPool2d(2), "avg_pool2d": torch.nn.AvgPool2d(2), "sigmoid": torch.nn.Sigmoid()}[kind])
    net = torch.nn.Sequential(*layers).to(memory_format=torch.channels_last)
    x, y = (torch.from_numpy(a.transpose(0, 3, 1, 2)).contiguous(memory_format=torch.channels_last) for a in (faces, targets))
    adam = torch.optim.Adam(net.parameters())

    def train():
        net.train()
        adam.zero_grad()
        torch.nn.functional.mse_loss(net(x), y).backward()
        adam.step()

    def infer():
        net.eval()
        with torch.no_grad():
            net(x)

    return train, infer


def _flat(step):
    if isinstance(step, nn.Sequential):
        for s in step.steps:
            yield from _flat(s)
    else:
        yield step


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rounds", type=int, default=7)
    options = p.parse_args()
    rng = np.random.default_rng(0)
    for name, model, out, batches in (("intracoder", intracoder.Intracoder(rng), 32, (2, 16, 64)), ("colour", colorcorrect.ColorNet(rng), 128, (2, 16))):
        for batch in batches:
            faces, targets = rng.random((batch, 32, 32, 3), np.float32), rng.random((batch, out, out, 3), np.float32)
            sides = {"ours": ours(model, "a", faces, targets)}
            if torch:
                torch.set_num_threads(options.threads)
                sides["torch"] = peers(model.path("a"), faces, targets)
            nn.set_threads(options.threads)
            for i, what in enumerate(("train", "inference")):
                medians = interleaved({side: calls[i] for side, calls in sides.items()}, options.rounds)
                emit(f"{name} {what}", medians, "torch", batch=batch, threads=options.threads)


if __name__ == "__main__":
    main()
