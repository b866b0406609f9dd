"""What pretrain_visible and pretrain_colour share: they learn from the same pairs of actors."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import nn
from files import Parser

from .pretraining import add_options
from .true_swaps import HELD_OUT_PAIRS, TrueSwaps, load_swaps, render_swaps


def prepare_pairs(options: argparse.Namespace) -> TrueSwaps:
    """Render the pairs that the folder lacks, with a JSON line for each, and load all of them.

    Raises nn.CheckpointError where a file is damaged.
    """
    for number in render_swaps(options.pairs, options.folder, options.threads):
        print(json.dumps({"rendered pair": number}), flush=True)
    nn.set_threads(options.threads)
    return load_swaps(options.pairs, options.folder)


def run_with_pairs(
    name: str, description: str, minutes: float, pretrain: Callable[[argparse.Namespace], None]
) -> None:
    """Parse the options and call `pretrain` with them; exits with a line where a file is damaged.

    name         of the command
    description  for --help
    minutes      of training, by default
    """
    p = Parser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_options(p, minutes, Path("runs/pretrain_pairs"))
    p.add_argument("--pairs", type=_pair_count, default=520, help="of actors")
    try:
        pretrain(p.parse_args())
    except nn.CheckpointError as error:
        sys.exit(f"{name}: {error}")


def _pair_count(text: str) -> int:
    if (count := int(text)) <= HELD_OUT_PAIRS:
        raise argparse.ArgumentTypeError(f"{HELD_OUT_PAIRS} are held out, so take more")
    return count
