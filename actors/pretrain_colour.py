"""How colorcorrect/net.npz was made: by a net that has seen true swaps of rendered people.

    python -m actors.pretrain_colour NET.npz [--pairs 520] [--minutes 12] [--folder FOLDER]

Actors in pairs give moments of the one, and the same moments with the face of the other
(true_swaps.py). The net gets the target's frame and the donor's face as an intracoder might draw
it, and must give the true swap.

No intracoder is trained for each pair. What it would draw lies between two faces that are known:
the crossing by the weights that training starts from (intracoder/start.npz), and the true swap,
blurred. A random mixture of both, in a random light, stands for it. It is mostly the true swap:
what an intracoder draws after training can be trusted. And the pictures are blurred at random, so
that the net learns to give a face that is as sharp as the frame around it, not always sharp.

The pictures and the state of training are kept in the folder. Started again, the command goes on
where it was. NET.npz is written anew at every report.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage

import nn
from colorcorrect import light
from colorcorrect.net import ColourNet, Inputs
from faces import mask
from files import Parser, run_command
from intracoder import start
from intracoder.model import downsample
from nn import Tensor

from .casts import CAST_CANVAS
from .measures import psnr
from .pretraining import Pretraining, add_options, report_rounds
from .true_swaps import TrueSwaps, load_swaps, render_swaps

COLOUR_RATE = 2e-3  # Adam's highest learning rate; by eye
COLOUR_BATCH = 12  # faces in a step; by choice
COLOUR_EDGES = 2.0  # how much edges count in the loss beside levels; by eye
HELD_OUT_PAIRS = 20  # the last ones, which training does not see
MIXTURE_BLUR = 0.5, 2.5  # pixels: least and largest standard deviation; by eye
CLIP_BLUR = 1.5  # pixels: likewise the largest, of the pictures themselves; by eye


@dataclass(frozen=True)
class LightChange:
    """How much the light of a drawn face differs from the target's, as logarithms; by eye."""

    gain: float = 0.2  # standard deviation, of all channels
    tint: float = 0.08  # of each channel
    slope: float = 0.2  # from the middle to the right edge


LIGHT_CHANGE = LightChange()


@dataclass(frozen=True)
class Examples:
    """Faces (N, 128, 128, 3) uint8 in the order of the pairs."""

    target: np.ndarray
    swap: np.ndarray  # the true swap
    mask: np.ndarray  # (N, 128, 128) uint8: where both may differ
    drawn: np.ndarray  # the crossing by the weights that training starts from


def draw_examples(swaps: TrueSwaps) -> Examples:
    """Draw the faces of each pair's target as its donor, as a run would before training."""
    net, weights, drawn = start.load_start(), CAST_CANVAS.mask(), []
    for target, donor in zip(swaps.target, swaps.donor, strict=True):
        donor = light.before_training(donor, target, weights)
        with nn.no_grad():
            vector = net.encode(downsample(donor))[1].mean(axis=0, keepdims=True).data
            code = net.encode(downsample(target))[0]
            faces = net.draw(code, Tensor(np.repeat(vector, len(target), axis=0))).data
        drawn.append(np.rint(faces.clip(0, 1) * 255).astype(np.uint8))
    arrays = swaps.target, swaps.swap, swaps.mask, np.stack(drawn)
    return Examples(*(array.reshape(-1, *array.shape[2:]) for array in arrays))


def as_floats(faces: np.ndarray) -> np.ndarray:
    """Levels 0..255 -> 0..1, float32."""
    return faces * np.float32(1 / 255)


def imitate_drawing(drawn: np.ndarray, swap: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Faces (N, 128, 128, 3), 0..1, as intracoders might draw them after some training."""
    sigma = rng.uniform(*MIXTURE_BLUR)
    blurred = ndimage.gaussian_filter(swap, (0, sigma, sigma, 0), truncate=3)
    share = rng.uniform(0, 1, (len(drawn), 1, 1, 1)).astype(np.float32) ** 2  # mostly the truth
    return change_light(drawn * share + blurred * (1 - share), rng)


def soften(faces: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """Faces (N, h, w, 3), blurred by (N,) pixels each."""
    pairs = zip(faces, deviations, strict=True)
    return np.stack([ndimage.gaussian_filter(f, (d, d, 0), truncate=3) for f, d in pairs])


def change_light(faces: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Faces (N, h, w, 3), 0..1, in other light: brighter, tinted, and lit from the side."""
    n, change = len(faces), LIGHT_CHANGE
    across = np.linspace(-1, 1, faces.shape[2])[None, None, :, None]
    log_gain = rng.normal(0, change.gain, (n, 1, 1, 1)) + rng.normal(0, change.tint, (n, 1, 1, 3))
    log_gain = log_gain + across * rng.normal(0, change.slope, (n, 1, 1, 1))
    return (faces * np.exp(log_gain).astype(np.float32)).clip(0, 1)


def train(state: Pretraining, examples: Examples, held_out: int) -> Iterator[float]:
    """Train to the end on all but the last `held_out` examples; yields the loss of each round."""
    inputs = Inputs(CAST_CANVAS)
    weights = mask.loss_weights(CAST_CANVAS)[None, ..., None]

    def loss_of(rows: np.ndarray) -> Tensor:
        picked, rng = rows[:, 0], np.random.default_rng(rows[:, 1])
        columns = slice(None, None, -1 if rng.random() < 0.5 else 1)
        arrays = examples.target, examples.swap, examples.drawn
        target, swap, drawn = (as_floats(array[picked][:, :, columns]) for array in arrays)
        drawn = imitate_drawing(drawn, swap, rng)
        blur = rng.uniform(0, CLIP_BLUR, len(target))
        target, swap = soften(target, blur), soften(swap, blur)
        relit = inputs.relight(drawn, target).clip(0, 1)
        result = state.net(inputs(relit, target)) + relit
        return nn.edge_l1(result, swap, weights, COLOUR_EDGES)

    return state.train(loss_of, len(examples.target) - held_out, COLOUR_BATCH)


def measure_held_out(net: ColourNet, examples: Examples, held_out: int) -> dict[str, float]:
    """PSNR in the face against the true swap, dB, of the last `held_out` examples.

    "nothing" is the target as it was, "relit" the crossing in its light, "net" what the net makes
    of that.
    """
    inputs, rows = Inputs(CAST_CANVAS), []
    for i in range(len(examples.target) - held_out, len(examples.target)):
        one = slice(i, i + 1)
        target, drawn = as_floats(examples.target[one]), as_floats(examples.drawn[one])
        relit = inputs.relight(drawn, target).clip(0, 1)
        with net.inference():
            result = net(inputs(relit, target)).data + relit
        levels = (np.rint(x[0].clip(0, 1) * 255).astype(np.uint8) for x in (target, relit, result))
        face = as_floats(examples.mask[i])
        rows.append([psnr(image, examples.swap[i], face) for image in levels])
    return dict(zip(("nothing", "relit", "net"), np.mean(rows, axis=0).round(3), strict=True))


def pretrain(options: argparse.Namespace) -> None:
    """Render what is missing, train on from where it was, and write the weights.

    Raises nn.CheckpointError for a state or a pair in the folder that is damaged.
    """
    net = ColourNet(np.random.default_rng(0))
    state = Pretraining(net, options.minutes, COLOUR_RATE)
    state.resume(options.folder)
    for number in render_swaps(options.pairs, options.folder, options.threads):
        print(json.dumps({"rendered pair": number}), flush=True)
    nn.set_threads(options.threads)
    examples = draw_examples(load_swaps(options.pairs, options.folder))
    held_out = len(examples.target) // options.pairs * HELD_OUT_PAIRS
    losses = train(state, examples, held_out)
    made_from = {"pairs": options.pairs, "pictures": len(examples.target)}
    report_rounds(
        state, losses, lambda: measure_held_out(net, examples, held_out), options, made_from
    )


def main() -> None:
    options = _parse()
    try:
        pretrain(options)
    except nn.CheckpointError as error:
        sys.exit(f"pretrain_colour: {error}")


def _parse() -> argparse.Namespace:
    p = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(p, minutes=12, folder=Path("runs/pretrain_colour"))
    p.add_argument("--pairs", type=int, default=520, help="of actors")
    options = p.parse_args()
    if options.pairs <= HELD_OUT_PAIRS:
        p.error(f"--pairs {options.pairs}: {HELD_OUT_PAIRS} are held out, so take more")
    return options


if __name__ == "__main__":
    run_command(main)
