"""How intracoder/start.npz was made: by a net that has seen rendered people, and nobody real.

    python -m actors.pretrain START.npz [--actors 360] [--minutes 30] [--pictures FILE]

It learns the swap itself. Groups of actors play the same moments. The encoder sees one actor of a
group; the decoder is told the number of another and must draw that one in the same moment. So the
code cannot say who it was, only what they did.

One decoder serves all actors. Each actor has a learnt vector that shifts the decoder's biases. In
the end the shifts of the mean vector are added to the biases for good: what remains is a decoder
of nobody in particular, from which a person's own is learnt quickly.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import nn
from faces import Canvas, align, mask
from files import Parser, ignore_stop_signals, run_command
from intracoder import INTRACODER_OUTPUT_PX, Intracoder
from intracoder.augment import relight_randomly, warp_randomly
from intracoder.model import downsample
from intracoder.train import reconstruction_loss
from nn import Module, Tensor

from .background import render_background
from .performance import Performance
from .person import sample_actor
from .render import Model, encode

FIRST_PRETRAIN_SEED = 20_000  # of the first actor: far from those of the demo and the benchmarks
PRETRAIN_RENDER_SIZE = (224, 224)  # (w, h) of a picture in pixels; a face fills most of it
PRETRAIN_ROOMS = 6  # backgrounds that a troupe plays in front of
# The part of a face that is learnt, as in the preset "standard".
PRETRAIN_CANVAS = Canvas(align.WHOLE_FACE, (INTRACODER_OUTPUT_PX, INTRACODER_OUTPUT_PX))
IDENTITY_VECTOR_SIZE = 48  # numbers in an actor's vector; by eye
PRETRAIN_BATCH = 32  # faces a step
PRETRAIN_RATE = 1.5e-3  # Adam's highest learning rate; by eye
PRETRAIN_WARMUP_STEPS = 50  # steps in which the learning rate rises from 0 to that; by eye
PRETRAIN_LAST_RATE = 0.01  # the learning rate at the end, as a fraction of the highest; by eye
PRETRAIN_RELIGHT_STRENGTH = 0.15  # of relight_randomly; by eye
PRETRAIN_REPORT_STEPS = 100  # steps between two lines of output; the weights are saved as often


@dataclass(frozen=True)
class Troupe:
    """Actors who are rendered together, in one process."""

    actors: int = 12
    group: int = 4  # of them play the same moment; chosen anew for each moment
    moments: int = 60  # that they play


PRETRAIN_TROUPE = Troupe()


@dataclass(frozen=True)
class Pictures:
    """Aligned faces of actors."""

    faces: np.ndarray  # (N, 128, 128, 3) uint8
    actors: np.ndarray  # (N,) int: whose face it is
    moments: np.ndarray  # (N,) int: which moment it shows; equal for actors who play the same


def render_troupe(number: int, troupe: Troupe = PRETRAIN_TROUPE) -> Pictures:
    """The faces of the number-th troupe, from 0; the same number gives the same pictures."""
    rng = np.random.default_rng([number, 0x7200])
    first = number * troupe.actors
    models = [Model(sample_actor(FIRST_PRETRAIN_SEED + first + k)) for k in range(troupe.actors)]
    seeds = [int(rng.integers(1 << 30)) for _ in range(PRETRAIN_ROOMS)]
    rooms = [render_background(PRETRAIN_RENDER_SIZE, seed) for seed in seeds]
    faces, actors, moments = [], [], []
    for k in range(troupe.moments):
        moment = Performance(int(rng.integers(1 << 30)), 4.0).at(float(rng.uniform(0, 4)))
        moment = replace(moment, zoom=0.44 * rng.uniform(0.9, 1.1), shift_x=0.0, shift_y=0.05)
        for j in rng.permutation(troupe.actors)[: troupe.group]:
            faces.append(_render_face(models[j], moment, rooms[rng.integers(len(rooms))]))
            actors.append(first + j)
            moments.append(number * troupe.moments + k)
    return Pictures(np.stack(faces), np.array(actors), np.array(moments))


def _render_face(model: Model, moment, room: np.ndarray) -> np.ndarray:
    """The aligned face (128, 128, 3) uint8 of an actor in front of a background."""
    picture = encode(model.render(moment, PRETRAIN_RENDER_SIZE).over(room))
    points = model.points(moment, PRETRAIN_RENDER_SIZE)
    return PRETRAIN_CANVAS.warp(picture, align.similarity(points))


class ConditionedAutoencoder(Module):
    """One encoder and one decoder, whose biases each actor's vector shifts."""

    def __init__(self, actors: int, rng: np.random.Generator):
        whole = Intracoder(rng)
        self.encoder, self.decoder = whole.encoder, whole.decoder_a
        vectors = 0.3 * rng.standard_normal((actors, IDENTITY_VECTOR_SIZE)).astype(np.float32)
        self.vectors = Tensor(vectors, requires_grad=True)
        self.shifts = [
            nn.Dense(IDENTITY_VECTOR_SIZE, layer.bias.data.size, rng=rng)
            for layer in self._shifted_layers()
        ]

    def _shifted_layers(self) -> list[Module]:
        return [s for s in self.decoder.steps if isinstance(s, nn.Dense | nn.ConvTranspose2d)]

    def forward(self, faces, actors: np.ndarray) -> Tensor:
        """Faces (N, 64, 64, 3), drawn as the actors with these numbers (N,): (N, 128, 128, 3)."""
        one_hot = np.zeros((len(actors), len(self.vectors.data)), np.float32)
        one_hot[np.arange(len(actors)), actors] = 1
        vectors = Tensor(one_hot) @ self.vectors  # (N, IDENTITY_VECTOR_SIZE)
        x = self.encoder(faces)
        shifts = iter(self.shifts)
        for step in self.decoder.steps:
            x = step(x)
            if isinstance(step, nn.Dense):
                x = x + next(shifts)(vectors)
            elif isinstance(step, nn.ConvTranspose2d):
                x = x + next(shifts)(vectors).reshape(len(actors), 1, 1, -1)
        return x

    def start_weights(self) -> dict[str, np.ndarray]:
        """The weights to start from, float16, with the mean vector's shifts added to the biases."""
        arrays = nn.checkpoint.module_arrays(self.encoder, "encoder.")
        arrays |= nn.checkpoint.module_arrays(self.decoder, "decoder.")
        mean = self.vectors.data.mean(0)
        for shift, layer in zip(self.shifts, self._shifted_layers(), strict=True):
            name = next(n for n, array in arrays.items() if array is layer.bias.data)
            arrays[name] = layer.bias.data + shift.bias.data + mean @ shift.kernel.data
        return {name: array.astype(np.float16) for name, array in arrays.items()}


def train(
    pictures: Pictures, minutes: float, rng: np.random.Generator
) -> Iterator[tuple[ConditionedAutoencoder, float, float]]:
    """Yields (net, fraction of the time that is over, loss) after each step."""
    net = ConditionedAutoencoder(int(pictures.actors.max()) + 1, rng)
    adam = nn.Adam(PRETRAIN_RATE)
    weights = mask.loss_weights(PRETRAIN_CANVAS)[None, ..., None]
    groups = [np.flatnonzero(pictures.moments == m) for m in np.unique(pictures.moments)]
    group_of = {i: group for group in groups for i in group}
    started = time.perf_counter()

    def draw_batches() -> Iterator[np.ndarray]:
        while True:
            yield rng.integers(0, len(pictures.faces), PRETRAIN_BATCH)

    def loss_of(shown: np.ndarray) -> Tensor:
        own_rng = np.random.default_rng([*shown])
        asked = np.array([own_rng.choice(group_of[i]) for i in shown])  # the same moments
        inputs = warp_randomly(downsample(pictures.faces[shown]), own_rng)
        inputs = relight_randomly(inputs, own_rng, PRETRAIN_RELIGHT_STRENGTH)
        drawn = net.forward(inputs, pictures.actors[asked])
        return reconstruction_loss(drawn, pictures.faces[asked], weights)

    for count, (loss, _) in enumerate(nn.train.epoch(draw_batches(), loss_of, net, adam)):
        progress = (time.perf_counter() - started) / (60 * minutes)
        warmup = min(1, count / PRETRAIN_WARMUP_STEPS)
        annealing = nn.cosine_annealing(min(progress, 1), PRETRAIN_LAST_RATE)
        adam.rate = PRETRAIN_RATE * warmup * annealing
        yield net, progress, loss
        if progress >= 1:
            return


def render(actors: int, processes: int) -> Pictures:
    """The faces of so many actors, in whole troupes."""
    with ProcessPoolExecutor(processes, initializer=ignore_stop_signals) as pool:
        try:
            parts = list(pool.map(render_troupe, range(actors // PRETRAIN_TROUPE.actors)))
        except BaseException:  # the pool would wait for the troupes that are being rendered
            for process in multiprocessing.active_children():
                process.kill()
            raise
    fields = zip(*(vars(part).values() for part in parts), strict=True)
    return Pictures(*(np.concatenate(field) for field in fields))


def main() -> None:
    options = _parse()
    nn.set_threads(options.threads)
    if options.pictures and options.pictures.exists():
        pictures = Pictures(**np.load(options.pictures))
    else:
        pictures = render(options.actors, options.threads)
        if options.pictures:
            np.savez(options.pictures, **vars(pictures))
    losses = []
    for net, progress, loss in train(pictures, options.minutes, np.random.default_rng(0)):
        losses.append(loss)
        done = progress >= 1
        if len(losses) % PRETRAIN_REPORT_STEPS == 0 or done:
            recent = float(np.mean(losses[-PRETRAIN_REPORT_STEPS:]))
            line = {"steps": len(losses), "progress": round(progress, 3), "loss": round(recent, 5)}
            print(json.dumps(line), flush=True)
            made_from = {"pictures": len(pictures.faces), "steps": len(losses)}
            nn.checkpoint.write_arrays(options.output, net.start_weights(), made_from)


def _parse() -> argparse.Namespace:
    p = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("output", type=Path)
    p.add_argument("--actors", type=int, default=360)
    p.add_argument("--minutes", type=float, default=30)
    p.add_argument("--pictures", type=Path, metavar="FILE", help="keeps the rendered faces")
    nn.parallel.add_threads_option(p)
    return p.parse_args()


if __name__ == "__main__":
    run_command(main)
