"""What each idea in nn/fast gains, on the nets that the program uses.

    python -m benchmarks.kernels [--rounds 7] [--idea winograd] [--batch 8]

A training step or an inference runs with all fast kernels, in turn with the same where one idea is
switched off and its plain form takes its place. Prints a JSON line for each idea and net: both
median times in ms on one thread, and their ratio, which is below 1 where the idea gains.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from unittest import mock

import numpy as np

import colorcorrect
import intracoder
import nn
from examples.drawn import target_frame
from files import run_command
from mtcnn_np import Detector
from nn import activations, conv, losses, norm, optim, pool
from nn.fast.epilogue import NO_EPILOGUE
from nn.fast.layouts import FixedKernel

from .lines import print_line
from .timing import interleaved

DEFAULT_BATCH = 8  # faces of a step, pairs for today's net; the default of the program


def _array(w):
    return w.array if isinstance(w, FixedKernel) else w


def _plain_correlate_input(g, w, size, stride, pad_before, epilogue=NO_EPILOGUE):
    x = np.ascontiguousarray(conv.correlate_input(g, _array(w), size, stride, pad_before))
    epilogue.apply(x.reshape(-1, x.shape[3]))
    return x


def _plain_correlate(x, w, stride, pad_before, out, epilogue=NO_EPILOGUE):
    y = conv.correlate(x, _array(w), stride, pad_before, out)
    epilogue.apply(y.reshape(-1, y.shape[3]))
    return y


def _plain_correlate_both(x, w, g, kernel, stride, pad_before):
    gw = conv.correlate_weight(x, g, kernel, stride, pad_before)
    if w is None:
        return None, gw
    return conv.correlate(x, w, stride, pad_before, g.shape[1:3]), gw


def _plain_upsampled(x, w, b=None, slope=1.0):
    return nn.fast.conv_transpose2d(nn.upsample_nearest(x, 2), w, b, slope=slope)


def _plain_normalise(x, gamma, beta, epsilon, slope=1.0):
    op = norm.BatchNorm(epsilon)
    y = op(x, gamma, beta)
    return (y if slope == 1 else nn.leaky_relu(y, slope)), op


TRAINING = "today, training", "intracoder of 2020, training", "colour of 2020, training"
INFERENCE = "today, inference", "intracoder of 2020, inference", "colour of 2020, inference"
OF_2020 = TRAINING[1:] + INFERENCE[1:]


@dataclass(frozen=True)
class Idea:
    """Something that makes nn faster."""

    nets: tuple[str, ...]  # keys of `make_cases`, those that it makes faster
    plain: dict[str, Callable]  # "module.name" -> the plain form that takes its place


IDEAS = {
    "all": Idea((*TRAINING, *INFERENCE, "detection"), {}),
    "strips": Idea(
        TRAINING + INFERENCE,
        {
            "nn.fast.strips.correlate": _plain_correlate,
            "nn.fast.strips.correlate_both": _plain_correlate_both,
        },
    ),
    "bands": Idea(
        (*TRAINING, *INFERENCE, "detection"),
        {"nn.fast.strips.choose_group": lambda *_, **__: 1},
    ),
    "phases": Idea(
        TRAINING + INFERENCE, {"nn.fast.phases.correlate_input": _plain_correlate_input}
    ),
    "all phases": Idea(
        (TRAINING[0], TRAINING[2], INFERENCE[0], INFERENCE[2]),
        {"nn.fast.conv.use_all_phases": lambda *_: False},
    ),
    "layouts": Idea((*INFERENCE, "detection"), {"nn.fast.fuse.FixedKernel": lambda kernel: kernel}),
    "winograd": Idea(OF_2020, {"nn.fast.conv.use_winograd": lambda *_: False}),
    "upsampled": Idea(
        (TRAINING[0], TRAINING[2], INFERENCE[0], INFERENCE[2]),
        {"nn.fast.conv.upsampled_conv_transpose2d": _plain_upsampled},
    ),
    "fuse": Idea(
        (*TRAINING, *INFERENCE, "detection"),
        {"nn.fast.fuse": lambda net: net, "nn.fast.fuse.fuse_for_inference": lambda net: net},
    ),
    "leaky_relu": Idea(
        (TRAINING[2],), {"nn.fast.leaky_relu": lambda x, slope=0.3: activations.LeakyReLU(slope)(x)}
    ),
    "normalise": Idea(TRAINING[1:], {"nn.fast.norm.normalise": _plain_normalise}),
    "max_pool2d": Idea(
        (TRAINING[2], INFERENCE[2], "detection"), {"nn.fast.pool.MaxPool": pool.MaxPool}
    ),
    "avg_pool2d": Idea(
        (TRAINING[2],),
        {"nn.fast.pool.TiledAvgPool": lambda size: pool.AvgPool(size, size, "valid")},
    ),
    "update_adam": Idea(TRAINING, {"nn.fast.update_adam": optim.update_adam.__wrapped__}),
    "edge_l1": Idea((TRAINING[0],), {"nn.fast.edge_l1": losses.edge_l1.__wrapped__}),
}


_replaced: str | None = None  # the idea whose plain form is in place


@contextmanager
def without(idea: str) -> Iterator[None]:
    """Inside this block the plain form takes the place of an idea, or of all ideas for "all"."""
    if idea == "all":
        nn.use_fast(False)
        yield
        nn.use_fast(True)
        return
    with ExitStack() as patches:
        patches.enter_context(mock.patch(f"{__name__}._replaced", idea))
        for name, plain in IDEAS[idea].plain.items():
            patches.enter_context(mock.patch(name, plain))
        yield


def train_today(batch: int) -> Callable[[], object]:
    """A step of today's nets."""
    rng = np.random.default_rng(0)
    model, adam = intracoder.Intracoder(rng), nn.Adam()
    faces = rng.random((2 * batch, 64, 64, 3), np.float32)
    targets = rng.random((2, batch, 128, 128, 3), np.float32)
    weights = np.ones((1, 128, 128, 1), np.float32)

    def loss_of(_):
        fused = nn.fast.fuse(model.train())
        codes = fused.encoder(faces)
        a, b = fused.decoder_a(codes[:batch]), fused.decoder_b(codes[batch:])
        return nn.edge_l1(a, targets[0], weights, 2.0) + nn.edge_l1(b, targets[1], weights, 2.0)

    return lambda: nn.train.step(loss_of, np.arange(batch), model, adam)


def train_2020(build: Callable, size_out: int, batch: int) -> Callable[[], object]:
    """A step of a net of 2020."""
    rng = np.random.default_rng(0)
    path, adam = build(rng).path("a"), nn.Adam()
    faces = rng.random((batch, 32, 32, 3), np.float32)
    targets = rng.random((batch, size_out, size_out, 3), np.float32)

    def loss_of(_):
        return nn.mse(nn.fast.fuse(path.train())(faces), targets)

    return lambda: nn.train.step(loss_of, np.arange(batch), path, adam)


def infer(net: nn.Module, size_in: int, batch: int) -> Callable[[], object]:
    """An inference of a net for `batch` faces, prepared anew for each idea that is replaced."""
    faces = np.random.default_rng(0).random((batch, size_in, size_in, 3), np.float32)
    prepared = cache(lambda idea: nn.fast.Prepared(net))
    return lambda: nn.train.infer(prepared(_replaced), faces, batch)


def make_cases(batch: int) -> dict[str, Callable[[], object]]:
    """What is timed, by the name of the net."""
    rng = np.random.default_rng(0)
    of_2020, colour = intracoder.seed2020.Intracoder, colorcorrect.seed2020.ColorNet
    return {
        "today, training": train_today(batch),
        "today, inference": infer(intracoder.Intracoder(rng).path("b"), 64, batch),
        "intracoder of 2020, training": train_2020(of_2020, 32, batch),
        "intracoder of 2020, inference": infer(of_2020(rng).path("b"), 32, batch),
        "colour of 2020, training": train_2020(colour, 128, batch),
        "colour of 2020, inference": infer(colour(rng).path("b"), 32, batch),
        "detection": partial(Detector().detect, target_frame(0)),
    }


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("--rounds", type=int, default=7)
    p.add_argument("--batch", type=int, default=DEFAULT_BATCH, help="faces of a step")
    p.add_argument("--idea", choices=IDEAS, help="only this one")
    options = p.parse_args()
    nn.set_threads(1)
    cases = make_cases(options.batch)
    for idea in [options.idea] if options.idea else IDEAS:
        for net in IDEAS[idea].nets:

            def run(context, call=cases[net]):
                with context:
                    call()

            candidates = {
                "with": lambda: run(nullcontext()),
                "without": lambda idea=idea: run(without(idea)),
            }
            medians = interleaved(candidates, options.rounds)
            line = {"name": "kernels", "idea": idea, "net": net}
            line |= {f"{k}_ms": round(v, 2) for k, v in medians.items()}
            line["ratio"] = round(medians["with"] / medians["without"], 3)
            print_line(**line)


if __name__ == "__main__":
    run_command(main)
