"""The masks of a swap as a clip, which loaders of FaceForensics++ read beside the clip itself."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

import video

MASK_CLIP = "mask.mp4"  # in the folder of a job
MASK_COMMENT = "Synthetic media: the mask of a face swap, white where a pixel was changed"
MASK_QUALITY = 0  # rate factor of H.264 at which it is lossless, so that the mask is exact


def write_mask_clip(job: Path) -> Path:
    """Write mask.mp4 into the folder of a finished job, from its truth/mask/*.png; returns it.

    Each frame is 255 where truth/index.csv's mask is, else 0, in all channels, without loss. Raises
    video.VideoError for a truth that cannot be read, and video.OutputError.
    """
    truth = job / "truth"
    shown = video.open_clip(truth / "crf18.mp4")
    with open(truth / "index.csv", encoding="utf-8", newline="") as file:
        rows = [(row["mask"], Fraction(row["time"])) for row in csv.DictReader(file)]
    with Image.open(truth / rows[0][0]) as first:
        size = first.size  # the clip has a row or a column more if its sides are odd
    like = video.Clip(shown.path, size, shown.rate, len(rows), shown.time_base)
    with video.open_writer(job / MASK_CLIP, like, MASK_QUALITY, MASK_COMMENT) as writer:
        for name, time in rows:
            with Image.open(truth / name) as picture:
                mask = np.asarray(picture.convert("L"))  # (H, W) 0 or 255
            writer.write(np.repeat(mask[..., None], 3, axis=2), time - rows[0][1])
    return job / MASK_CLIP
