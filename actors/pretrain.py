"""How intracoder/start.npz was made: by a net that has seen rendered people, and nobody real.

    python -m actors.pretrain START.npz [--casts 164] [--minutes 60] [--folder FOLDER]

It learns the swap itself. Casts of actors play the same moments (casts.py). The net sees one actor,
as a camera takes him, and must draw another of the cast in the same moment, as rendered. What that
moment is comes from the actor who is seen (the code); who is to be drawn comes from other moments
of that one (the vector). So neither can hold what belongs to the other.

The pictures and the state of training are kept in the folder. Started again, the command goes on
where it was. START.npz is written anew at every report. `--from` continues with the weights of an
earlier START.npz.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import nn
from faces import mask
from files import Parser, run_command
from intracoder import start
from intracoder.augment import relight_randomly, warp_randomly
from intracoder.start import StartNet
from intracoder.train import FEATURE_WEIGHT, reconstruction_loss
from nn import Tensor

from .casts import CAST_CANVAS, CastPictures, load_casts, render_casts
from .pretraining import Pretraining, add_options, report_rounds

PRETRAIN_CASTS = 2  # of a step; each shows all its actors
PRETRAIN_MOMENTS = 3  # of each of these casts in a step
STATE_FILE = "state.npz"  # in the folder of the pictures
PRETRAIN_RATE = 1.5e-3  # Adam's highest learning rate; by eye
PRETRAIN_RELIGHT_STRENGTH = 0.1  # of relight_randomly; by eye
AGREEMENT_WEIGHT = 0.02  # in the loss, of measure_disagreement; by eye
HELD_OUT_CASTS = 4  # the last ones, which training does not see


def train(state: Pretraining, pictures: CastPictures) -> Iterator[float]:
    """Train to the end; yields the mean loss of each round. The last casts are held out."""
    weights = mask.loss_weights(CAST_CANVAS, features=FEATURE_WEIGHT)[None, ..., None]
    casts = len(pictures.drawn) - HELD_OUT_CASTS

    def loss_of(batch: np.ndarray) -> Tensor:
        scene = pick_scene(pictures, batch)
        own_rng = np.random.default_rng(batch[:, 1])
        inputs = warp_randomly(scene.shown, own_rng)
        inputs = relight_randomly(inputs, own_rng, PRETRAIN_RELIGHT_STRENGTH)
        codes, drawn = cross(state.net, scene, inputs)
        agreement = measure_disagreement(codes, len(batch) * PRETRAIN_MOMENTS)
        return reconstruction_loss(drawn, scene.drawn, weights) + agreement * AGREEMENT_WEIGHT

    return state.train(loss_of, casts, PRETRAIN_CASTS)


@dataclass(frozen=True)
class CastScene:
    """N faces of some casts: ordered by cast, then moment, then actor."""

    drawn: np.ndarray  # (N, 128, 128, 3) uint8
    shown: np.ndarray  # (N, 64, 64, 3) float32, 0..1
    seen: np.ndarray  # (N, N) float32: row n is 1 at the actor who is seen where n is to be drawn
    known: np.ndarray  # (N, N) float32: row n averages over other moments of the actor of n


def pick_scene(pictures: CastPictures, batch: np.ndarray) -> CastScene:
    """Moments of casts, `batch` (casts, 2): whose they are, and a seed for which, and mirrored."""
    moments, actors = PRETRAIN_MOMENTS, pictures.drawn.shape[2]
    drawn, shown, seen = [], [], []
    for cast, seed in batch:
        rng = np.random.default_rng(int(seed))
        played = rng.permutation(pictures.drawn.shape[1])[:moments]
        columns = slice(None, None, -1 if rng.random() < 0.5 else 1)
        drawn.append(pictures.drawn[cast, played][:, :, :, columns])
        shown.append(pictures.shown[cast, played][:, :, :, columns])
        seen += [np.eye(actors, dtype=np.float32)[rng.permutation(actors)] for _ in played]
    other_moments = (1 - np.eye(moments, dtype=np.float32)) / (moments - 1)
    known = np.kron(other_moments, np.eye(actors, dtype=np.float32))
    return CastScene(
        np.concatenate(drawn).reshape(-1, *pictures.drawn.shape[3:]),
        np.concatenate(shown).reshape(-1, *pictures.shown.shape[3:]) * np.float32(1 / 255),
        _block_diagonal(seen),
        _block_diagonal([known] * len(batch)),
    )


def _block_diagonal(blocks: list[np.ndarray]) -> np.ndarray:
    """Square matrices along the diagonal of one."""
    side, count = len(blocks[0]), len(blocks)
    out = np.zeros((count, side, count, side), np.float32)
    for k, block in enumerate(blocks):
        out[k, :, k] = block
    return out.reshape(count * side, count * side)


def cross(net: StartNet, scene: CastScene, inputs: np.ndarray) -> tuple[Tensor, Tensor]:
    """The codes of inputs (N, h, w, 3), and each face drawn from another actor's code."""
    codes, vectors = net.encode(inputs)
    return codes, net.draw(Tensor(scene.seen) @ codes, Tensor(scene.known) @ vectors)


def measure_disagreement(codes: Tensor, moments: int) -> Tensor:
    """The share of the variance of codes (N, c) between actors in the same moment, 0..1.

    A share, since a difference could be made small by making all codes small.
    """
    by_moment = codes.reshape(moments, -1, codes.shape[1])
    apart = by_moment - by_moment.mean(axis=1, keepdims=True)
    spread = codes - codes.mean(axis=0, keepdims=True)
    return (apart * apart).mean() / (spread * spread).mean()


def measure_held_out(net: StartNet, pictures: CastPictures) -> float:
    """The loss of crossings among actors that training has not seen, without random changes."""
    weights = mask.loss_weights(CAST_CANVAS, features=FEATURE_WEIGHT)[None, ..., None]
    losses = []
    with nn.no_grad():
        for cast in range(len(pictures.drawn) - HELD_OUT_CASTS, len(pictures.drawn)):
            for seed in range(2):
                scene = pick_scene(pictures, np.array([[cast, seed]]))
                drawn = cross(net, scene, scene.shown)[1]
                losses.append(float(reconstruction_loss(drawn, scene.drawn, weights).data))
    return float(np.mean(losses))


def main() -> None:
    """Run the command."""
    options = _parse()
    try:
        pretrain(options)
    except nn.CheckpointError as error:
        sys.exit(f"pretrain: {error}")


def load_earlier(path: Path) -> StartNet:
    """The net of an earlier START.npz; exits where the file is none."""
    try:
        return start.load_start(path)
    except (nn.CheckpointError, OSError):
        sys.exit(f"pretrain: --from {path}: this is no file that pretrain wrote; name one")


def pretrain(options: argparse.Namespace) -> None:
    """Render what is missing, train on from where it was, and write the start.

    Raises nn.CheckpointError for a state or a cast in the folder that is damaged.
    """
    net = load_earlier(options.begin) if options.begin else StartNet(np.random.default_rng(0))
    state = Pretraining(net, options.minutes, PRETRAIN_RATE, options.folder / STATE_FILE)
    state.resume()
    for number in render_casts(options.casts, options.folder, options.threads):
        print(json.dumps({"rendered cast": number}), flush=True)
    pictures = load_casts(options.casts, options.folder)
    nn.set_threads(min(options.threads, PRETRAIN_CASTS))  # a process takes whole casts of a step
    made_from = {"casts": options.casts, "pictures": pictures.drawn[..., 0, 0, 0].size}

    def measure() -> dict[str, float]:
        return {"held out": round(measure_held_out(net, pictures), 5)}

    report_rounds(state, train(state, pictures), measure, options.output, made_from)


def _parse() -> argparse.Namespace:
    p = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(p, minutes=60, folder=Path("runs/pretrain"))
    p.add_argument("--casts", type=int, default=164, help="of four actors each")
    p.add_argument("--from", dest="begin", type=Path, metavar="START", help="earlier weights")
    options = p.parse_args()
    if options.casts <= HELD_OUT_CASTS:
        p.error(f"--casts {options.casts}: {HELD_OUT_CASTS} are held out, so take more")
    return options


if __name__ == "__main__":
    run_command(main)
