"""How long the 2020 nets train to the losses that their author reached.

    python -m benchmarks.time_to_loss TARGET DONOR [--faces 125] [--colours 490]

The nets, the data and the losses are those of the preset `seed`; batch size and step size are free here: batches of four and
two, and a step that falls along a half cosine, first over so many seconds on the faces, then on the colours. On its own two clips the
author of 2020 reached, in 3,766 s on a graphics card: face a .000557, face b .000517, colour a .000834, colour b .000565.
Prints a JSON line for each epoch and one for the end.
"""

from __future__ import annotations

import argparse
import json
import math
import time

import numpy as np

import nn
from colorcorrect import seed2020 as colour
from intracoder import seed2020 as intracoder
from stages.presets import PRESETS
from stages.trainers.seed2020 import Seed2020Trainer

from .parity import faces_of

LAST = {"face a": 0.000557, "face b": 0.000517, "colour a": 0.000834, "colour b": 0.000565}
THEIR_SECONDS = 3765.65


def main() -> None:
    p = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    p.add_argument("target")
    p.add_argument("donor")
    p.add_argument("--batch", type=int, default=4, help="of faces")
    p.add_argument("--colour-batch", type=int, default=2)
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--faces", type=float, default=125, help="seconds")
    p.add_argument("--colours", type=float, default=490, help="seconds")
    p.add_argument("--threads", type=int, default=2)
    options = p.parse_args()
    nn.set_threads(options.threads)
    preset = PRESETS["seed"]
    trainer = Seed2020Trainer(
        {
            k: faces_of(path, preset.aligned)
            for k, path in (("a", options.target), ("b", options.donor))
        },
        preset,
        0,
    )
    start, losses, spent = time.perf_counter(), {}, {}
    for what, seconds in (("face", options.faces), ("colour", options.colours)):
        losses |= _train(trainer, what, seconds, options, start)
        spent[what] = round(time.perf_counter() - start, 1)
    seconds = spent["colour"]
    print(
        json.dumps(
            {
                "name": "seconds to the losses of 2020",
                "losses": {k: round(v, 6) for k, v in losses.items()},
                "bars": LAST,
                "reached": all(losses[k] <= bar for k, bar in LAST.items()),
                "seconds": seconds,
                "seconds_faces": spent["face"],
                "peer": "2020 program, its author's measurement",
                "peer_seconds": THEIR_SECONDS,
                "ratio": round(seconds / THEIR_SECONDS, 3),
            }
        )
    )


def _train(
    trainer: Seed2020Trainer, what: str, seconds: float, options, start: float
) -> dict[str, float]:
    """Epochs of both identities in turn until their time is over; the mean losses of the last."""
    begun, drawn, share, losses = time.perf_counter(), {}, 0.0, {}
    batch = options.batch if what == "face" else options.colour_batch
    if what == "colour":
        drawn = {k: intracoder.draw_as(trainer.intracoder, trainer.small[k], k) for k in "ab"}
    while share < 1:
        for k in "ab":
            share = min(1.0, (time.perf_counter() - begun) / seconds)
            trainer.adam.rate = options.rate * (
                0.02 + 0.98 * (0.5 + 0.5 * math.cos(math.pi * share))
            )
            batches = nn.train.minibatches(len(trainer.small[k]), batch, trainer.rng)
            if what == "face":
                path = trainer.intracoder.path(k)
                steps = intracoder.epoch(path, trainer.small[k], batches, trainer.adam)
            else:
                path = trainer.colour_net.path(k)
                steps = colour.epoch(path, drawn[k], trainer.large[k], batches, trainer.adam)
            values, weights = zip(*steps, strict=True)
            losses[f"{what} {k}"] = float(np.average(values, weights=weights))
        print(
            json.dumps(
                {"seconds": round(time.perf_counter() - start, 1)}
                | {k: round(v, 6) for k, v in losses.items()}
            ),
            flush=True,
        )
    return losses


if __name__ == "__main__":
    main()
