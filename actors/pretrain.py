"""How intracoder/start.npz was made: a coder that has seen a few hundred rendered people.

    python -m actors.pretrain START.npz [--actors 360] [--minutes 30] [--pictures FILE]

Groups of actors play the same moments. The encoder sees one actor of a group; the decoder, told another's number, must show that one
in the same moment. So the code cannot say who it was, only what they did: the swap itself is what is learnt. Every actor has a vector, which shifts the biases
of the decoder; in the end their mean is added to the biases, and what remains is the decoder of nobody in particular, from which a
person's own is learnt quickly. No picture of a real person was used.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

import nn
from faces import Canvas, align, mask
from intracoder import augment, model
from nn import Module, Tensor

from .performance import Performance
from .person import draw
from .render import Model, encode
from .scene import background

FIRST = 20_000  # the first actor's seed: far from those of the demo and the benchmarks
TROUPE, GROUP, MOMENTS = (
    12,
    4,
    60,
)  # actors at a time; of them play the same moment; moments a troupe
SIZE = 224
CANVAS = Canvas(
    align.WHOLE_FACE, (model.INTRACODER_OUTPUT_PX, model.INTRACODER_OUTPUT_PX)
)  # what the coder sees
VECTOR = 48


def troupe(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Aligned faces (N, 128, 128, 3) uint8 of the number-th dozen actors, who each is (N,), and which moment it is (N,)."""
    rng = np.random.default_rng([number, 0x7200])
    models = [Model(draw(FIRST + number * TROUPE + k)) for k in range(TROUPE)]
    rooms = [background((SIZE, SIZE), int(rng.integers(1 << 30))) for _ in range(6)]
    faces, who, when = [], [], []
    for k in range(MOMENTS):
        moment = Performance(int(rng.integers(1 << 30)), 4.0).at(float(rng.uniform(0, 4)))
        moment = replace(moment, zoom=0.44 * rng.uniform(0.9, 1.1), shift_x=0.0, shift_y=0.05)
        for j in rng.permutation(TROUPE)[:GROUP]:
            picture = encode(
                models[j].render(moment, (SIZE, SIZE)).over(rooms[rng.integers(len(rooms))])
            )
            points = models[j].points(moment, (SIZE, SIZE))
            faces.append(CANVAS.warp(picture, align.similarity(points)))
            who.append(number * TROUPE + j)
            when.append(number * MOMENTS + k)
    return np.stack(faces), np.array(who), np.array(when)


class ForAnyone(Module):
    """The coder with one decoder whose biases a vector shifts: (faces (N, 64, 64, 3), vectors (N, VECTOR)) -> faces (N, 128, 128, 3)."""

    def __init__(self, people: int, rng: np.random.Generator):
        whole = model.Intracoder(rng)
        self.encoder, self.decoder = whole.encoder, whole.decoder_a
        self.vectors = Tensor(
            0.3 * rng.standard_normal((people, VECTOR)).astype(np.float32), requires_grad=True
        )
        biased = [s for s in self.decoder.steps if isinstance(s, nn.Dense | nn.ConvTranspose2d)]
        self.shifts = [nn.Dense(VECTOR, s.bias.data.size, rng=rng) for s in biased]

    def forward(self, faces, people: np.ndarray) -> Tensor:
        chosen = np.zeros((len(people), len(self.vectors.data)), np.float32)
        chosen[np.arange(len(people)), people] = 1
        vectors = Tensor(chosen) @ self.vectors
        x = self.encoder(faces)
        shifts = iter(self.shifts)
        for step in self.decoder.steps:
            x = step(x)
            if isinstance(step, nn.Dense):
                x = x + next(shifts)(vectors)
            elif isinstance(step, nn.ConvTranspose2d):
                x = x + next(shifts)(vectors).reshape(len(people), 1, 1, -1)
        return x

    def start(self) -> dict[str, np.ndarray]:
        """The weights to start from, float16, with the mean vector's shifts added to the biases."""
        mean = self.vectors.data.mean(0)
        biased = [s for s in self.decoder.steps if isinstance(s, nn.Dense | nn.ConvTranspose2d)]
        arrays = nn.checkpoint.module_arrays(
            self.encoder, "encoder."
        ) | nn.checkpoint.module_arrays(self.decoder, "decoder.")
        for shift, step in zip(self.shifts, biased, strict=True):
            name = next(n for n, a in arrays.items() if a is step.bias.data)
            arrays[name] = step.bias.data + shift.bias.data + mean @ shift.kernel.data
        return {name: a.astype(np.float16) for name, a in arrays.items()}


def train(
    faces: np.ndarray,
    who: np.ndarray,
    when: np.ndarray,
    minutes: float,
    rng: np.random.Generator,
    batch: int = 32,
    rate: float = 1.5e-3,
) -> Iterator[tuple[ForAnyone, float, float]]:
    """Yields (net, share of the time, loss) after each step."""
    net = ForAnyone(int(who.max()) + 1, rng)
    adam = nn.Adam(rate)
    weights = mask.loss_weights(CANVAS)[None, ..., None]
    groups = [np.flatnonzero(when == w) for w in np.unique(when)]
    group_of = {i: g for g in groups for i in g}
    started = time.perf_counter()

    def batches():
        while True:
            yield rng.integers(0, len(faces), batch)

    def loss_of(shown):
        own = np.random.default_rng([*shown])
        asked = np.array([own.choice(group_of[i]) for i in shown])
        inputs = augment.relight_randomly(
            augment.warp_randomly(model.downsample(faces[shown]), own), own, 0.15
        )
        return nn.edge_l1(
            net.forward(inputs, who[asked]),
            faces[asked].astype(np.float32) / np.float32(255),
            weights,
            2.0,
        )

    for count, (loss, _) in enumerate(nn.train.epoch(batches(), loss_of, net, adam)):
        share = (time.perf_counter() - started) / (60 * minutes)
        adam.rate = (
            rate * min(1, count / 50) * (0.01 + 0.99 * (0.5 + 0.5 * np.cos(np.pi * min(share, 1))))
        )
        yield net, share, loss
        if share >= 1:
            return


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("output", type=Path)
    p.add_argument("--actors", type=int, default=360)
    p.add_argument("--minutes", type=float, default=30)
    p.add_argument(
        "--pictures", type=Path, help="where the rendered faces are kept for the next time"
    )
    p.add_argument("--threads", type=int, default=os.cpu_count())
    options = p.parse_args()
    nn.set_threads(options.threads)
    if options.pictures and options.pictures.exists():
        kept = np.load(options.pictures)
        faces, who, when = kept["faces"], kept["who"], kept["when"]
    else:
        with ProcessPoolExecutor(options.threads) as pool:
            parts = list(pool.map(troupe, range(options.actors // TROUPE)))
        faces, who, when = (np.concatenate(p) for p in zip(*parts, strict=True))
        if options.pictures:
            np.savez(options.pictures, faces=faces, who=who, when=when)
    losses = []
    for net, share, loss in train(faces, who, when, options.minutes, np.random.default_rng(0)):
        losses.append(loss)
        if len(losses) % 100 == 0:
            print(
                json.dumps(
                    {
                        "steps": len(losses),
                        "share": round(share, 3),
                        "loss": round(float(np.mean(losses[-100:])), 5),
                    }
                ),
                flush=True,
            )
            nn.checkpoint.write_arrays(
                options.output, net.start(), {"pictures": len(faces), "steps": len(losses)}
            )
    nn.checkpoint.write_arrays(
        options.output, net.start(), {"pictures": len(faces), "steps": len(losses)}
    )


if __name__ == "__main__":
    main()
