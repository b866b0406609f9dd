"""Frames of several candidates side by side, with what is known of the true swap."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from PIL import Image

import video

from .performance import Moment

MIN_VISIBLE = 0.5  # a face of which less can be seen is not scored


@dataclass(frozen=True, eq=False)
class ComparedFrame:
    """A frame of all candidates, and its truth."""

    number: int
    images: dict[str, np.ndarray]  # (h, w, 3) uint8 by candidate; "truth" and "nothing" among them
    mask: np.ndarray  # (h, w) 0..1: the face
    visible: np.ndarray  # (h, w) 0..1: the part of the mask that nothing hides
    points: np.ndarray  # (5, 2) pixels, of the true swap
    moment: Moment

    @property
    def hidden(self) -> np.ndarray:
        """Where something hides the face: (h, w) bool."""
        return self.mask - self.visible > 0.5


def read_compared(
    truth: Path, clips: Iterable[Iterable[video.Frame]], names=("nothing", "swap", "truth")
) -> Iterator[ComparedFrame]:
    """The frames that can be scored: the face is in the picture and more than half visible.

    `clips` are those of the candidates `names`, in this order; `truth` is the folder that `film`
    wrote.
    """
    rows = (truth / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    for line, *frames in zip(rows, *clips, strict=True):
        row = json.loads(line)
        if row["present"] and row["visible"] > MIN_VISIBLE:
            name = f"{row['frame']:06d}.png"
            mask, visible = (Image.open(truth / kind / name) for kind in ("mask", "visible"))
            yield ComparedFrame(
                number=row["frame"],
                images={name: f.image for name, f in zip(names, frames, strict=True)},
                mask=np.array(mask, np.float32) / 255,
                visible=np.array(visible, np.float32) / 255,
                points=np.array(row["swap_points"]),
                moment=_read_moment(row),
            )


def _read_moment(row: dict) -> Moment:
    values = {f.name: row[f.name] for f in fields(Moment)}
    return Moment(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
