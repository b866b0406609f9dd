"""Still pictures of a finished output, beside the target and, in the demo, the true swap.

They are on the page itself, so it shows something where a browser cannot play the clips.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

import video
from faces.manifest import Row
from files import pick_evenly

from .folder import RunFolder
from .pictures import data_uri, fit

STILLS = 40  # frames, evenly spaced
LEFT_OUT_STILLS = 8  # frames more, of those that are left as they are
STILL_SIZE = 480  # pixels, longest side of a still
MAX_STILLS_BYTES = 2_500_000  # of all together; the page shall stay below 5 MB
TRUE_SWAP = Path("truth", "swap.mkv")  # in a demo's folder

Frames = dict[str, video.Frame]  # the same frame of each clip: "target", "swap", "truth"


def pick_stills(rows: dict[int, Row]) -> list[int]:
    """The frames to show, of the rows of all frames that are written; rising."""
    numbers, left_out = list(rows), [number for number, row in rows.items() if not row.ok]
    picked = {numbers[i] for i in pick_evenly(len(numbers), STILLS)}
    return sorted(picked | {left_out[i] for i in pick_evenly(len(left_out), LEFT_OUT_STILLS)})


def read_frames(run: RunFolder, wanted: set[int]) -> Iterator[Frames]:
    """The wanted frames of all clips, by the target's numbers; decodes each clip once.

    Raises video.VideoError for a clip that cannot be read.
    """
    target = run.select(video.open_clip(run.find("target")))
    clips = {"target": target, "swap": video.open_clip(run.find("output"))}
    if run.is_demo and (run.path / TRUE_SWAP).exists():
        clips["truth"] = run.select(video.open_clip(run.path / TRUE_SWAP))
    last = max(wanted, default=-1)
    for frames in zip(*clips.values(), strict=False):  # an output may lack the last, cut-off frames
        if frames[0].number > last:
            return
        if frames[0].number in wanted:
            yield dict(zip(clips, frames, strict=True))


class Stills:
    """Collects pictures of frames as data URIs, as long as they fit into MAX_STILLS_BYTES."""

    def __init__(self, count: int):
        self.pictures: dict[int, dict[str, str]] = {}  # by frame number, then by clip
        self.left, self.count = float(MAX_STILLS_BYTES), count

    def add(self, number: int, frames: Frames) -> None:
        """Add a frame. Each may take an equal share of what is left, and is made smaller for it."""
        share, size = self.left / max(self.count - len(self.pictures), 1), STILL_SIZE
        while True:
            shown = {name: _encode(frame.image, size) for name, frame in frames.items()}
            bytes_ = sum(map(len, shown.values()))
            if bytes_ <= share or size < STILL_SIZE // 3:
                break
            size = int(size * 0.8)
        self.left -= bytes_
        self.pictures[number] = shown


def _encode(image: np.ndarray, size: int) -> str:
    return data_uri(fit(image, size))
