"""How colorcorrect/net.npz was made: by a net that has seen true swaps of rendered people.

    python -m actors.pretrain_colour NET.npz [--pairs 520] [--minutes 28] [--folder FOLDER]

Actors in pairs give moments of the one, and the same moments with the face of the other
(true_swaps.py). The net gets the target's frame and the donor's face as an intracoder might draw
it, and must give the true swap. Where the face can be seen is found by colorcorrect/visible.py, so
its net is trained before this one.

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
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy

import nn
from colorcorrect import light
from colorcorrect.net import make_colour_net, show_net
from colorcorrect.visible import find_visible
from faces import mask
from files import run_command
from intracoder import start
from intracoder.model import downsample
from nn import Tensor

from .casts import CAST_CANVAS
from .measures import psnr
from .pretrain_pairs import prepare_pairs, run_with_pairs
from .pretraining import Pretraining, report_rounds
from .true_swaps import HELD_OUT_PAIRS, TrueSwaps
from .vary import as_floats, change_light, draw_blur, draw_mirroring, soften

COLOUR_STATE = "colour_state.npz"  # in the folder of the pictures
COLOUR_RATE = 1e-3  # Adam's highest learning rate; by eye
COLOUR_BATCH = 12  # faces in a step; by choice
COLOUR_EDGES = 2.0  # how much edges count in the loss beside levels; by eye
MIXTURE_BLUR = 0.5, 2.5  # pixels: least and largest standard deviation; by eye
FEATURES_COUNT = 3.0  # how much more eyes and mouth count in the loss; by choice


@dataclass(frozen=True)
class Examples:
    """Faces (N, 128, 128, 3) uint8 in the order of the pairs."""

    target: np.ndarray
    swap: np.ndarray  # the true swap
    mask: np.ndarray  # (N, 128, 128) uint8: where both may differ
    drawn: np.ndarray  # the crossing by the weights that training starts from
    visible: np.ndarray  # (N, 128, 128) uint8: where the target's face is found


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
    visible = [find_visible(as_floats(target)) for target in swaps.target]
    levels = np.rint(np.stack(visible) * 255).astype(np.uint8)
    arrays = swaps.target, swaps.swap, swaps.mask, np.stack(drawn), levels
    return Examples(*(array.reshape(-1, *array.shape[2:]) for array in arrays))


def imitate_drawing(drawn: np.ndarray, swap: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Faces (N, 128, 128, 3), 0..1, as intracoders might draw them after some training."""
    sigma = rng.uniform(*MIXTURE_BLUR)
    blurred = scipy.ndimage.gaussian_filter(swap, (0, sigma, sigma, 0), truncate=3)
    share = rng.uniform(0, 1, (len(drawn), 1, 1, 1)).astype(np.float32) ** 2  # mostly the truth
    return change_light(drawn * share + blurred * (1 - share), rng)


def train(state: Pretraining, examples: Examples, held_out: int) -> Iterator[float]:
    """Train to the end on all but the last `held_out` examples; yields the loss of each round."""
    relight = light.for_clip(CAST_CANVAS)
    everywhere = mask.loss_weights(CAST_CANVAS, features=FEATURES_COUNT)

    def loss_of(rows: np.ndarray) -> Tensor:
        picked, rng = rows[:, 0], np.random.default_rng(rows[:, 1])
        columns = draw_mirroring(rng)
        arrays = examples.target, examples.swap, examples.drawn, examples.visible
        arrays = (as_floats(array[picked][:, :, columns]) for array in arrays)
        target, swap, drawn, visible = arrays
        drawn, blur = imitate_drawing(drawn, swap, rng), draw_blur(len(picked), rng)
        target, swap = soften(target, blur), soften(swap, blur)
        relit = relight(drawn, target, visible).clip(0, 1)
        result = state.net(show_net(relit, target, visible[..., None])) + relit
        weights = np.maximum(everywhere, visible)[..., None]
        return nn.edge_l1(result, swap, weights, COLOUR_EDGES)

    return state.train(loss_of, len(examples.target) - held_out, COLOUR_BATCH)


def measure_held_out(net: nn.Module, examples: Examples, held_out: int) -> dict[str, float]:
    """PSNR in the face against the true swap, dB, of the last `held_out` examples.

    "nothing" is the target as it was, "relit" the crossing in its light, pasted where the face is
    found, and "net" what the net makes of that.
    """
    rows, relight = [], light.for_clip(CAST_CANVAS)
    for i in range(len(examples.target) - held_out, len(examples.target)):
        arrays = examples.target, examples.drawn, examples.visible
        target, drawn, visible = (as_floats(array[i : i + 1]) for array in arrays)
        relit = relight(drawn, target, visible).clip(0, 1)
        with net.inference():
            coloured = net(show_net(relit, target, visible[..., None])).data + relit
        pasted = (target + (new - target) * visible[..., None] for new in (target, relit, coloured))
        levels = (np.rint(picture[0].clip(0, 1) * 255).astype(np.uint8) for picture in pasted)
        face = as_floats(examples.mask[i])
        rows.append([psnr(picture, examples.swap[i], face) for picture in levels])
    return dict(zip(("nothing", "relit", "net"), np.mean(rows, axis=0).round(3), strict=True))


def pretrain(options: argparse.Namespace) -> None:
    """Render what is missing, train on from where it was, and write the weights.

    Raises nn.CheckpointError for a state or a pair in the folder that is damaged.
    """
    net = make_colour_net(np.random.default_rng(0))
    state = Pretraining(net, options.minutes, COLOUR_RATE, options.folder / COLOUR_STATE)
    state.resume()
    examples = draw_examples(prepare_pairs(options))
    held_out = len(examples.target) // options.pairs * HELD_OUT_PAIRS
    made_from = {"pairs": options.pairs, "pictures": len(examples.target)}

    def measure() -> dict[str, float]:
        return measure_held_out(net, examples, held_out)

    report_rounds(state, train(state, examples, held_out), measure, options.output, made_from)


def main() -> None:
    """Run the command."""
    run_with_pairs("pretrain_colour", __doc__, 28, pretrain)


if __name__ == "__main__":
    run_command(main)
