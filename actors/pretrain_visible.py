"""How colorcorrect/visible.npz was made: by a net that has seen rendered people and their masks.

    python -m actors.pretrain_visible VISIBLE.npz [--pairs 520] [--minutes 17] [--folder FOLDER]

The pictures are those of pretrain_colour, and the same folder serves both: faces with hair, hats
and glasses, hands and other things in front of them, in any light and before any background
(true_swaps.py). The net gets a face, blurred and relit at random, and must give its mask. Random
patches of another colour lie over faces and everything else, and do not change the mask: so a cast
shadow or a moustache is not taken for a thing in front of the face.

The pictures and the state of training are kept in the folder. Started again, the command goes on
where it was. VISIBLE.npz is written anew at every report.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np

import nn
from colorcorrect.visible import make_visible_net
from files import run_command
from nn import Tensor

from .casts import CAST_CANVAS
from .pretrain_pairs import prepare_pairs, run_with_pairs
from .pretraining import Pretraining, report_rounds
from .true_swaps import HELD_OUT_PAIRS, TrueSwaps
from .vary import add_patches, as_floats, change_light, draw_blur, draw_mirroring, soften

VISIBLE_STATE = "visible_state.npz"  # in the folder of the pictures
VISIBLE_RATE = 2e-3  # Adam's highest learning rate; by eye
VISIBLE_BATCH = 12  # faces in a step; by choice
VISIBLE_EDGES = 1.0  # how much edges count in the loss beside levels; by choice
OUTSIDE_WEIGHT = 0.2  # in the loss, of what is never replaced; by choice


def train(state: Pretraining, swaps: TrueSwaps) -> Iterator[float]:
    """Train to the end on all but the pairs that are held out; yields the loss of each round."""
    faces = np.stack([swaps.target, swaps.swap])  # (2, P, M, 128, 128, 3)
    faces = faces.reshape(2, -1, *faces.shape[3:])
    masks = swaps.mask.reshape(-1, *swaps.mask.shape[2:])
    within = CAST_CANVAS.reach() > 0
    weights = np.where(within, 1, OUTSIDE_WEIGHT).astype(np.float32)[None, ..., None]

    def loss_of(rows: np.ndarray) -> Tensor:
        picked, rng = rows[:, 0], np.random.default_rng(rows[:, 1])
        columns = draw_mirroring(rng)
        which = rng.integers(0, 2, len(picked))  # the target's or the true swap
        shown = change_light(as_floats(faces[which, picked][:, :, columns]), rng)
        shown = soften(add_patches(shown, rng), draw_blur(len(shown), rng))
        wanted = as_floats(masks[picked][:, :, columns])[..., None]
        return nn.edge_l1(state.net(shown) + 0.5, wanted, weights, VISIBLE_EDGES)

    moments = swaps.mask.shape[1]
    return state.train(loss_of, len(masks) - HELD_OUT_PAIRS * moments, VISIBLE_BATCH)


def measure_held_out(net: nn.Module, swaps: TrueSwaps) -> dict[str, float]:
    """The overlap (intersection over union) of what is found and the truth, 0..1.

    Of pairs that are held out, and of what is replaced of a face. "fixed" is that of the outline
    that all faces have, "net" that of the net.
    """
    fixed, reach = CAST_CANVAS.mask(), CAST_CANVAS.reach()
    faces = as_floats(swaps.target[-HELD_OUT_PAIRS:].reshape(-1, *swaps.target.shape[2:]))
    masks = as_floats(swaps.mask[-HELD_OUT_PAIRS:].reshape(-1, *swaps.mask.shape[2:])) * reach
    found = (nn.train.infer(net, faces, 4)[..., 0] + np.float32(0.5)).clip(0, 1) * reach
    results = {"fixed": np.broadcast_to(fixed, masks.shape), "net": found}
    return {name: round(_overlap(mask, masks), 4) for name, mask in results.items()}


def _overlap(found: np.ndarray, truth: np.ndarray) -> float:
    shared, either = np.minimum(found, truth), np.maximum(found, truth)
    return float(np.mean(shared.sum((1, 2)) / either.sum((1, 2))))


def pretrain(options: argparse.Namespace) -> None:
    """Render what is missing, train on from where it was, and write the weights.

    Raises nn.CheckpointError for a state or a pair in the folder that is damaged.
    """
    net = make_visible_net(np.random.default_rng(0))
    state = Pretraining(net, options.minutes, VISIBLE_RATE, options.folder / VISIBLE_STATE)
    state.resume()
    swaps = prepare_pairs(options)
    made_from = {"pairs": options.pairs, "pictures": swaps.mask[..., 0, 0].size}
    losses = train(state, swaps)
    report_rounds(state, losses, lambda: measure_held_out(net, swaps), options.output, made_from)


def main() -> None:
    """Run the command."""
    run_with_pairs("pretrain_visible", __doc__, 17, pretrain)


if __name__ == "__main__":
    run_command(main)
