"""The pictures that pretraining learns from: casts of actors who play the same moments.

All actors of a cast play each of its moments, in front of walls of their own. So the same moment is
known on several faces: what one did is told apart from who it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from faces import Canvas, align
from intracoder import INTRACODER_OUTPUT_PX
from intracoder.model import downsample

from .background import render_background
from .kept import load_kept, render_missing
from .performance import Moment, Performance
from .person import sample_actor
from .photo import photograph
from .render import Model, encode

CAST_FILES = "cast"  # how the files' names begin
FIRST_CAST_SEED = 20_000  # of the first actor: far from those of the demo and the benchmarks
CAST_STREAM = 0x7200  # keeps the random numbers of casts apart from others
CAST_PICTURE_SIZE = (224, 224)  # (w, h) of a rendered picture in pixels; a face fills most of it
# The part of a face that is learnt, as in the preset "standard".
CAST_CANVAS = Canvas(align.WHOLE_FACE, (INTRACODER_OUTPUT_PX, INTRACODER_OUTPUT_PX))
PLAY_SECONDS = 4.0  # of a performance, from which one moment is taken
PLAY_BETWEEN_EPISODES = 1.8  # seconds: what is rare must still be seen often enough to be learnt
HEAD_ZOOM = 0.44  # half the height of the head, as a share of the picture's


@dataclass(frozen=True)
class CastSize:
    """How many actors a cast has, and how many moments they play."""

    actors: int = 4
    moments: int = 16


CAST_SIZE = CastSize()


@dataclass(frozen=True)
class CastPictures:
    """Aligned faces of C casts of A actors in M moments."""

    drawn: np.ndarray  # (C, M, A, 128, 128, 3) uint8, as rendered: what the net has to draw
    shown: np.ndarray  # (C, M, A, 64, 64, 3) uint8, as a camera took them: what the net sees


def render_cast(number: int, size: CastSize = CAST_SIZE) -> tuple[np.ndarray, np.ndarray]:
    """The faces of the number-th cast, from 0: (M, A, 128, 128, 3) and (M, A, 64, 64, 3) uint8.

    The same number gives the same pictures.
    """
    rng = np.random.default_rng([number, CAST_STREAM])
    first = FIRST_CAST_SEED + number * size.actors
    models = [Model(sample_actor(first + k)) for k in range(size.actors)]
    moments = [draw_moment(rng) for _ in range(size.moments)]
    pairs = [[_render_face(model, moment, rng) for model in models] for moment in moments]
    drawn = np.stack([[face for face, _ in row] for row in pairs])
    taken = np.stack([[face for _, face in row] for row in pairs])
    side = INTRACODER_OUTPUT_PX
    small = downsample(taken.reshape(-1, side, side, 3))
    shown = (small * 255 + np.float32(0.5)).astype(np.uint8)
    return drawn, shown.reshape(*drawn.shape[:2], side // 2, side // 2, 3)


def draw_moment(rng: np.random.Generator) -> Moment:
    """A moment of a performance, with the head in the middle of the picture."""
    play = Performance(int(rng.integers(1 << 30)), PLAY_SECONDS, PLAY_BETWEEN_EPISODES)
    moment = play.at(float(rng.uniform(0, PLAY_SECONDS)))
    return replace(moment, zoom=HEAD_ZOOM * rng.uniform(0.9, 1.1), shift_x=0.0, shift_y=0.05)


def _render_face(
    model: Model, moment: Moment, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The aligned face of an actor, (128, 128, 3) uint8: as rendered, and as a camera took it."""
    room = render_background(CAST_PICTURE_SIZE, int(rng.integers(1 << 30)))
    picture = model.render(moment, CAST_PICTURE_SIZE).over(room)
    to_canvas = align.similarity(model.points(moment, CAST_PICTURE_SIZE))
    pictures = encode(picture), photograph(picture, rng)
    return tuple(CAST_CANVAS.warp(p, to_canvas) for p in pictures)


def render_casts(count: int, folder: Path, processes: int) -> Iterator[int]:
    """Render the first `count` casts that `folder` lacks into it; yields the number of each."""
    return render_missing(CAST_FILES, _render_arrays, count, folder, processes)


def load_casts(count: int, folder: Path) -> CastPictures:
    """The first `count` casts. Raises nn.CheckpointError where a file is damaged."""
    return CastPictures(**load_kept(CAST_FILES, count, folder))


def _render_arrays(number: int) -> dict[str, np.ndarray]:
    drawn, shown = render_cast(number, CAST_SIZE)
    return {"drawn": drawn, "shown": shown}
